import { describe, expect, test } from 'vitest'
import { onnxScorer } from '../../shared/adapters/onnx-scorer.ts'
import { UpstreamError } from '../../shared/kernel/errors.ts'
import { sigmoid } from '../../shared/kernel/numeric.ts'
import { createRng } from '../../shared/kernel/random.ts'
import { MARKET_LOG_ODDS_INDEX, WIN_PROBABILITY_INPUTS } from '../../shared/recipe/inputs.ts'
import type { MarketModel } from '../../shared/recipe/market-model.ts'
import { predictWinProbabilities } from '../../shared/recipe/market-model.ts'
import { encodeMarketModel } from '../../shared/recipe/to-onnx.ts'
import { trainBoostedTrees } from '../../shared/trees/boosting.ts'
import type { FeatureMatrix } from '../../shared/trees/matrix.ts'
import { toRowMajor } from '../../shared/trees/matrix.ts'
import type { Tree } from '../../shared/trees/tree.ts'

const N_FEATURES = WIN_PROBABILITY_INPUTS.length
const TOLERANCE = 1e-5

const rng = createRng(30)

function randomRow(): number[] {
  return Array.from({ length: N_FEATURES }, (_, f) =>
    f !== MARKET_LOG_ODDS_INDEX && rng.next() < 0.15 ? Number.NaN : Math.fround(rng.normal()),
  )
}

function matrixOf(rows: number[][]): FeatureMatrix {
  const columns = WIN_PROBABILITY_INPUTS.map((_, f) => Float32Array.from(rows, (row) => row[f] ?? Number.NaN))
  return { nRows: rows.length, columns }
}

/** Trees with strong leaves, so that a row on the wrong side of any split shows. */
function strongModel(): MarketModel {
  const matrix = matrixOf(Array.from({ length: 4000 }, randomRow))
  const trained = trainBoostedTrees(
    {
      matrix,
      labels: Float64Array.from({ length: 4000 }, (_, r) => {
        const score = WIN_PROBABILITY_INPUTS.reduce(
          (sum, _name, f) => sum + (matrix.columns[f]?.[r] || 0) * (f % 3 === 0 ? 0.6 : 0.2),
          0,
        )
        return rng.next() < sigmoid(score) ? 1 : 0
      }),
      initialScores: new Float64Array(4000),
    },
    {
      rounds: 80,
      learningRate: 0.15,
      maxDepth: 4,
      minChildWeight: 2,
      lambdaL2: 1,
      gamma: 0,
      subsample: 0.7,
      colsample: 0.4,
      earlyStoppingRounds: 1,
      seed: 3,
    },
  )
  return { market: { slope: 0.9, intercept: -0.05 }, trees: trained.trees, treeWeight: 0.65 }
}

/** The next 32-bit float above (step 1) or below (step −1) `x`. */
function neighbour(x: number, step: 1 | -1): number {
  const bits = new DataView(new ArrayBuffer(4))
  bits.setFloat32(0, x === 0 ? 0 : x)
  if (x === 0) return step * 2 ** -149
  bits.setInt32(0, bits.getInt32(0) + (x > 0 ? step : -step))
  return bits.getFloat32(0)
}

/** For each split of a tree three rows that reach it: at its threshold, one float above, one float below. */
function rowsAroundSplits(tree: Tree): { at: number[]; above: number[]; below: number[] }[] {
  const found: { at: number[]; above: number[]; below: number[] }[] = []
  const visit = (node: number, row: number[]) => {
    const left = tree.left[node] ?? -1
    if (left === -1) return
    const feature = tree.feature[node] ?? -1
    const threshold = tree.threshold[node] ?? Number.NaN
    const at = row.with(feature, threshold)
    const above = row.with(feature, neighbour(threshold, 1))
    found.push({ at, above, below: row.with(feature, neighbour(threshold, -1)) })
    visit(left, at)
    visit(tree.right[node] ?? -1, above)
  }
  visit(0, randomRow())
  return found
}

async function scoreWithOnnx(model: MarketModel, matrix: FeatureMatrix): Promise<Float32Array> {
  const scorer = await onnxScorer(encodeMarketModel(model, {}), N_FEATURES)
  try {
    return await scorer.score(toRowMajor(matrix), matrix.nRows)
  } finally {
    await scorer.release()
  }
}

/** Largest difference; infinite where one is missing and the other is not. */
function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a).toHaveLength(b.length)
  return Array.from(a).reduce((largest, x, r) => {
    const y = b[r] ?? Number.NaN
    if (Number.isNaN(x) || Number.isNaN(y))
      return Number.isNaN(x) && Number.isNaN(y) ? largest : Number.POSITIVE_INFINITY
    return Math.max(largest, Math.abs(x - y))
  }, 0)
}

const model = strongModel()
const around = model.trees.flatMap(rowsAroundSplits)
const withNaN = Array.from({ length: 10 }, randomRow).flatMap((row) => row.map((_, f) => row.with(f, Number.NaN)))
const allMissing = WIN_PROBABILITY_INPUTS.map(() => Number.NaN)
const rows = [
  ...around.flatMap(({ at, above, below }) => [at, above, below]),
  ...withNaN,
  allMissing,
  allMissing.with(MARKET_LOG_ODDS_INDEX, 0.3),
  ...Array.from({ length: 1000 }, randomRow),
]
const matrix = matrixOf(rows)

describe('a model in ONNX Runtime', () => {
  test('agrees with the trees on thousands of rows, those at every threshold and beside it included', async () => {
    expect(around.length).toBeGreaterThan(800)
    expect(rows.length).toBeGreaterThan(4000)
    const ours = predictWinProbabilities(model, matrix)
    expect(largestDifference(await scoreWithOnnx(model, matrix), ours)).toBeLessThan(TOLERANCE)
  })

  test('agrees without trees', async () => {
    const marketOnly: MarketModel = { ...model, trees: [], treeWeight: 0 }
    const ours = predictWinProbabilities(marketOnly, matrix)
    expect(largestDifference(await scoreWithOnnx(marketOnly, matrix), ours)).toBeLessThan(TOLERANCE)
  })

  test('gives NaN where the price is missing, and only there', async () => {
    const asked = matrixOf([allMissing, ...withNaN.slice(0, N_FEATURES)])
    const scored = Array.from(await scoreWithOnnx(model, asked))
    const isPriceMissing = Array.from(asked.columns[MARKET_LOG_ODDS_INDEX] ?? [], Number.isNaN)
    expect(scored.map(Number.isNaN)).toEqual(isPriceMissing)
  })

  test('a row one float above a threshold often gets another score: the agreement is no accident', () => {
    const at = predictWinProbabilities(model, matrixOf(around.map((rowsAt) => rowsAt.at)))
    const above = predictWinProbabilities(model, matrixOf(around.map((rowsAt) => rowsAt.above)))
    const differing = at.filter((p, i) => Math.abs(p - (above[i] ?? Number.NaN)) > 100 * TOLERANCE)
    expect(differing.length).toBeGreaterThan(0.9 * around.length)
  })

  test('scores one row as it scores many', async () => {
    const first = matrixOf(rows.slice(0, 1))
    const [alone] = await scoreWithOnnx(model, first)
    const [together] = await scoreWithOnnx(model, matrix)
    expect(alone).toBe(together)
  })
})

describe('onnxScorer refuses', () => {
  const bytes = encodeMarketModel(model, {})
  test.each([
    ['garbage', new Uint8Array(500).map(() => rng.integer(256))],
    ['no bytes', new Uint8Array()],
    ['a model cut short', bytes.subarray(0, bytes.length - 40)],
    ['text', new TextEncoder().encode('not found')],
  ])('%s', async (_, garbage) => {
    const refusal = onnxScorer(garbage, N_FEATURES)
    await expect(refusal).rejects.toBeInstanceOf(UpstreamError)
    await expect(refusal).rejects.toMatchObject({ vendor: 'onnxruntime', retryable: false })
  })

  test('rows of another width than the model', async () => {
    const scorer = await onnxScorer(bytes, N_FEATURES + 1)
    await expect(scorer.score(new Float32Array(N_FEATURES + 1), 1)).rejects.toBeInstanceOf(UpstreamError)
    await scorer.release()
  })
})
