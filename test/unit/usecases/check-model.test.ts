import { describe, expect, it } from 'vitest'
import { onnxScorer } from '../../../shared/adapters/onnx-scorer.ts'
import type { Blend } from '../../../shared/blend/blend.ts'
import { predictBlend } from '../../../shared/blend/predict.ts'
import { InvariantError, UpstreamError } from '../../../shared/kernel/errors.ts'
import { silentProgress } from '../../../shared/kernel/ports.ts'
import { encodeBlend } from '../../../shared/onnx/encode-blend.ts'
import { treesOfBlend } from '../../../shared/onnx/threshold-rows.ts'
import type { LoadScorer } from '../../../shared/registry/scorer.ts'
import { singleOutput } from '../../../shared/trees/ensemble.ts'
import type { FeatureMatrix } from '../../../shared/trees/matrix.ts'
import { canRun, tryModel } from '../../../shared/usecases/check-model.ts'
import { drawnRows } from '../../support/learning-rows.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { fixedScorer, MODELS_MADE_MS, modelVersion, PLAIN_MARKET } from '../../support/models.ts'
import { EXPORT } from '../../support/onnx-models.ts'
import { stumpTree } from '../../support/onnx-trees.ts'

const { matrix } = drawnRows(50)
const SPLIT = { feature: 3, threshold: 100, left: 0.1, right: 2, missingLeft: true }

/** The market and a tree whose split no row comes near. */
const STUMPED: Blend = {
  ...PLAIN_MARKET,
  members: [
    ...PLAIN_MARKET.members,
    {
      name: 'boosted',
      weight: 1,
      member: {
        kind: 'boosted',
        start: { column: 0, slope: 0, intercept: 0 },
        trees: singleOutput([stumpTree(SPLIT)], PLAIN_MARKET.nFeatures, { link: 'identity' }),
      },
    },
  ],
}

function attempt(blend: Blend, loadScorer: LoadScorer = onnxScorer, rows: FeatureMatrix = matrix) {
  const deps = { loadScorer, clock: () => MODELS_MADE_MS, progress: silentProgress }
  const predict = (of: FeatureMatrix) => predictBlend(blend, of)
  return tryModel(deps, { onnx: encodeBlend(blend, EXPORT), predict, trees: treesOfBlend(blend), rows })
}

describe('tryModel', () => {
  it('finds a file that says what the blend says, on rows and around splits', async () => {
    const trial = await attempt(STUMPED)
    expect(trial.parity).toMatchObject({ rows: 50, thresholdRows: 3 })
    expect(trial.parity.largestDifference).toBeLessThan(1e-6)
    expect(Array.from(trial.probabilities)).toEqual(
      Array.from(predictBlend(STUMPED, matrix), (p) => expect.closeTo(p, 6)),
    )
  })

  it('keeps the latest row and what the file says of it', async () => {
    const { probe, probabilities } = await attempt(PLAIN_MARKET)
    expect(probe.features).toEqual(matrix.columns.map((column) => column.at(-1)))
    expect(probe.probability).toBe(probabilities.at(-1))
    const columns = matrix.columns.map((column, f) => (f === 4 ? column.map(() => Number.NaN) : column))
    expect((await attempt(PLAIN_MARKET, onnxScorer, { nRows: 50, columns })).probe.features[4]).toBeNull()
  })

  it('finds a difference that shows on one side of a split alone', async () => {
    const wrongAbove: LoadScorer = async (onnx, nFeatures) => {
      const scorer = await onnxScorer(onnx, nFeatures)
      return {
        ...scorer,
        score: async (features, nRows) => {
          const said = await scorer.score(features, nRows)
          return said.map((p, r) => ((features[r * nFeatures + 3] ?? 0) > 100 ? p - 0.01 : p))
        },
      }
    }
    expect((await attempt(STUMPED, wrongAbove)).parity.largestDifference).toBeCloseTo(0.01, 5)
    expect((await attempt(PLAIN_MARKET, wrongAbove)).parity.largestDifference).toBeLessThan(1e-6)
  })

  it('counts an answer where none should be as the largest difference', async () => {
    const trees = treesOfBlend(STUMPED)
    const deps = { loadScorer: fixedScorer(0.5), clock: () => 0, progress: silentProgress }
    const predict = (of: FeatureMatrix) => new Float64Array(of.nRows).fill(Number.NaN)
    const { parity } = await tryModel(deps, { onnx: new Uint8Array(), predict, trees, rows: matrix })
    expect(parity.largestDifference).toBe(1)
  })

  it('holds a file alone against nothing', async () => {
    const deps = { loadScorer: fixedScorer(0.3), clock: () => 0, progress: silentProgress }
    const { parity, probabilities } = await tryModel(deps, {
      ...{ onnx: new Uint8Array(), predict: undefined, trees: treesOfBlend(STUMPED), rows: matrix },
    })
    expect(parity).toEqual({ rows: 50, thresholdRows: 0, largestDifference: 0 })
    expect(probabilities).toEqual(new Float64Array(50).fill(Math.fround(0.3)))
  })

  it('takes the mean time of single predictions', async () => {
    const clock = manualClock(0)
    let singles = 0
    const slow: LoadScorer = async () => ({
      score: async (_, nRows) => {
        if (nRows === 1) {
          singles++
          clock.advance(singles % 2 === 0 ? 2 : 4)
        } else clock.advance(1000)
        return new Float32Array(nRows).fill(0.5)
      },
      release: async () => {},
    })
    const deps = { loadScorer: slow, clock, progress: silentProgress }
    const model = { onnx: new Uint8Array(), predict: undefined, trees: [], rows: matrix }
    expect((await tryModel(deps, model)).latencyMs).toBe(3)
    expect(singles).toBeGreaterThanOrEqual(100)
  })

  it.each([Number.NaN, -0.1, 1.1])('refuses a model that says %d of a bet, and frees it', async (p) => {
    const scorer = fixedScorer(p)
    await expect(attempt(PLAIN_MARKET, scorer)).rejects.toMatchObject({ name: 'DomainError', code: 'no_probability' })
    expect(scorer.released).toBe(1)
  })

  it('frees a model that fails', async () => {
    let released = 0
    const failing: LoadScorer = async () => ({
      score: () => Promise.reject(new UpstreamError('onnxruntime', 'out of memory')),
      release: async () => {
        released++
      },
    })
    await expect(attempt(PLAIN_MARKET, failing)).rejects.toBeInstanceOf(UpstreamError)
    expect(released).toBe(1)
  })
})

describe('canRun', () => {
  it('holds for a model that gives an even-money bet a probability', async () => {
    expect(await canRun(onnxScorer, await modelVersion())).toBe(true)
    expect(await canRun(onnxScorer, await modelVersion(STUMPED))).toBe(true)
  })

  it('does not for one that does not load', async () => {
    const { manifest } = await modelVersion()
    expect(await canRun(onnxScorer, { manifest, onnx: new TextEncoder().encode('no model') })).toBe(false)
  })

  it.each([0, 1, Number.NaN])('nor for one that says %d, and frees it', async (p) => {
    const scorer = fixedScorer(p)
    expect(await canRun(scorer, await modelVersion())).toBe(false)
    expect(scorer.released).toBe(1)
  })

  it('hides no error of our own', async () => {
    const broken: LoadScorer = () => Promise.reject(new InvariantError('a bug'))
    await expect(canRun(broken, await modelVersion())).rejects.toBeInstanceOf(InvariantError)
  })
})
