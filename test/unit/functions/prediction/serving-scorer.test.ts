import { describe, expect, test } from 'vitest'
import { servingRoiScorer, servingScorer } from '../../../../functions/prediction/serving-scorer.ts'
import { onnxScorer } from '../../../../shared/adapters/onnx-scorer.ts'
import { sigmoid } from '../../../../shared/kernel/numeric.ts'
import { createRng } from '../../../../shared/kernel/random.ts'
import { encodeBlend } from '../../../../shared/onnx/encode-blend.ts'
import { encodeOnnx } from '../../../../shared/onnx/graph.ts'
import { createGraphBuilder } from '../../../../shared/onnx/graph-builder.ts'
import { WIN_PROBABILITY_INPUTS } from '../../../../shared/recipe/inputs.ts'
import { toRowMajor } from '../../../../shared/trees/matrix.ts'
import { EXPORT, randomMatrix } from '../../../support/onnx-models.ts'
import { flatHead, headFile } from '../../../support/roi-heads.ts'
import { blendOfAllKinds } from '../../../support/serving.ts'

const WIDTH = WIN_PROBABILITY_INPUTS.length
const OURS = encodeBlend(blendOfAllKinds(), EXPORT)

/** A probability by an operator that no model of ours has. */
function foreignFile(): Uint8Array {
  const graph = createGraphBuilder(WIDTH, EXPORT)
  return encodeOnnx(graph.finish(graph.add('Sigmoid', [graph.add('Tanh', [graph.columns([0])])]), 1))
}

describe('what answers callers', () => {
  test('says of bets, one or many, what ONNX Runtime says, to the bit', async () => {
    const matrix = randomMatrix(createRng(7), 500, WIDTH)
    const features = toRowMajor(matrix)
    const [serving, runtime] = [await servingScorer(OURS, WIDTH), await onnxScorer(OURS, WIDTH)]
    const judged = await runtime.score(features, matrix.nRows)
    expect(await serving.score(features, matrix.nRows)).toEqual(judged)
    for (const r of [0, 1, 499]) {
      expect(await serving.score(features.subarray(r * WIDTH, (r + 1) * WIDTH), 1)).toEqual(judged.slice(r, r + 1))
    }
    await Promise.all([serving.release(), runtime.release()])
  })

  test('expects of bets what an ROI head does', async () => {
    const head = await servingRoiScorer(headFile(flatHead(0.07)), WIDTH)
    expect(await head.score(new Float32Array(WIDTH), 1)).toEqual(Float32Array.of(0.07))
  })

  test('runs a file of other operators in ONNX Runtime, questions of one time together', async () => {
    const scorer = await servingScorer(foreignFile(), WIDTH)
    const asked = [0.5, -1, 2].map((x) => new Float32Array(WIDTH).fill(x))
    const answers = await Promise.all(asked.map((row) => scorer.score(row, 1)))
    for (const [i, [probability]] of answers.entries()) {
      expect(probability).toBeCloseTo(sigmoid(Math.tanh(asked[i]?.[0] ?? Number.NaN)), 6)
    }
    await scorer.release()
  })

  test('has ONNX Runtime say what is wrong with a file that nobody can read', async () => {
    const refusal = { name: 'UpstreamError', message: expect.stringContaining('does not load') }
    await expect(servingScorer(new TextEncoder().encode('no model'), WIDTH)).rejects.toMatchObject(refusal)
  })

  test('takes no file of another width, and no head for a model', async () => {
    const wider = await servingScorer(OURS, WIDTH + 1)
    await expect(wider.score(new Float32Array(WIDTH + 1), 1)).rejects.toMatchObject({ name: 'UpstreamError' })
    const head = await servingScorer(headFile(flatHead(0.07)), WIDTH)
    await expect(head.score(new Float32Array(WIDTH), 1)).rejects.toMatchObject({ name: 'UpstreamError' })
  })
})
