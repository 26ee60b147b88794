import { describe, expect, test } from 'vitest'
import { onnxScorer } from '../../shared/adapters/onnx-scorer.ts'
import type { Blend } from '../../shared/blend/blend.ts'
import { predictBlend } from '../../shared/blend/predict.ts'
import { UpstreamError } from '../../shared/kernel/errors.ts'
import { createRng } from '../../shared/kernel/random.ts'
import { encodeBlend } from '../../shared/onnx/encode-blend.ts'
import { thresholdRows, treesOfBlend } from '../../shared/onnx/threshold-rows.ts'
import { MODEL_INPUT, MODEL_OUTPUT } from '../../shared/recipe/model-ports.ts'
import { singleOutput } from '../../shared/trees/ensemble.ts'
import type { FeatureMatrix } from '../../shared/trees/matrix.ts'
import { toRowMajor } from '../../shared/trees/matrix.ts'
import { largestDifference, randomMatrix, randomTree } from '../support/onnx-models.ts'

const N_FEATURES = 26
const TOLERANCE = 1e-5
const PRICE = 0

const rng = createRng(30)

/** A price recalibrated, with trees whose leaves are far apart, so that a row on the wrong side of any split shows. */
const trees = Array.from({ length: 80 }, () => randomTree(rng, N_FEATURES, { leaves: 16, scale: 0.15 }))
const start = { column: PRICE, slope: 0.2, intercept: -0.05 }
const blend: Blend = {
  nFeatures: N_FEATURES,
  members: [
    { name: 'boosted', weight: 0.65, member: { kind: 'boosted', start, trees: singleOutput(trees, N_FEATURES) } },
  ],
  intercept: 0,
  calibrator: { kind: 'none' },
}
const onnx = encodeBlend(blend, { input: MODEL_INPUT, output: MODEL_OUTPUT, graphName: 'test' })

const data = randomMatrix(rng, 1000, N_FEATURES)
const known = data.columns[PRICE]?.map((x) => (Number.isNaN(x) ? 0.3 : x)) ?? new Float32Array()
const priced: FeatureMatrix = { nRows: data.nRows, columns: data.columns.with(PRICE, known) }

async function scoreWithOnnx(matrix: FeatureMatrix): Promise<Float32Array> {
  const scorer = await onnxScorer(onnx, N_FEATURES)
  try {
    return await scorer.score(toRowMajor(matrix), matrix.nRows)
  } finally {
    await scorer.release()
  }
}

describe('a model in ONNX Runtime', () => {
  test('agrees with our arithmetic on a thousand rows, some without a price', async () => {
    expect(largestDifference(await scoreWithOnnx(data), predictBlend(blend, data))).toBeLessThan(TOLERANCE)
  })

  test('agrees at every threshold and beside it, where the score differs: the agreement is no accident', async () => {
    let asked = 0
    let differing = 0
    for (const batch of thresholdRows(treesOfBlend(blend), priced, { batchRows: 1800 })) {
      const ours = predictBlend(blend, batch)
      expect(largestDifference(await scoreWithOnnx(batch), ours)).toBeLessThan(TOLERANCE)
      // Rows come in threes: at the threshold, above it, missing.
      for (let r = 0; r < batch.nRows; r += 3) {
        asked++
        if (Math.abs((ours[r] ?? Number.NaN) - (ours[r + 1] ?? Number.NaN)) > 100 * TOLERANCE) differing++
      }
    }
    expect(asked).toBe(80 * 15)
    expect(differing).toBeGreaterThan(0.9 * asked)
  })

  test('gives NaN where the price is missing, and only there', async () => {
    const scored = await scoreWithOnnx(data)
    const isPriceMissing = Array.from(data.columns[PRICE] ?? [], Number.isNaN)
    expect(isPriceMissing).toContain(true)
    expect(Array.from(scored, Number.isNaN)).toEqual(isPriceMissing)
  })

  test('scores one row as it scores many', async () => {
    const one = { nRows: 1, columns: priced.columns.map((column) => column.subarray(0, 1)) }
    expect((await scoreWithOnnx(one))[0]).toBe((await scoreWithOnnx(priced))[0])
  })
})

describe('onnxScorer refuses', () => {
  test.each([
    ['garbage', new Uint8Array(500).map(() => rng.integer(256))],
    ['no bytes', new Uint8Array()],
    ['a model cut short', onnx.subarray(0, onnx.length - 40)],
    ['text', new TextEncoder().encode('not found')],
  ])('%s', async (_, garbage) => {
    const refusal = onnxScorer(garbage, N_FEATURES)
    await expect(refusal).rejects.toBeInstanceOf(UpstreamError)
    await expect(refusal).rejects.toMatchObject({ vendor: 'onnxruntime', retryable: false })
  })

  test('rows of another width than the model', async () => {
    const scorer = await onnxScorer(onnx, N_FEATURES + 1)
    await expect(scorer.score(new Float32Array(N_FEATURES + 1), 1)).rejects.toBeInstanceOf(UpstreamError)
    await scorer.release()
  })
})
