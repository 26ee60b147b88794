import { describe, expect, test } from 'vitest'
import type { Blend, Member } from '../../shared/blend/blend.ts'
import type { Calibrator } from '../../shared/calibration/calibrator.ts'
import { createRng } from '../../shared/kernel/random.ts'
import { encodeBlend } from '../../shared/onnx/encode-blend.ts'
import { encodeEnsemble } from '../../shared/onnx/encode-ensemble.ts'
import { encodeOnnx, FLOAT } from '../../shared/onnx/graph.ts'
import { createGraphBuilder } from '../../shared/onnx/graph-builder.ts'
import { createRowEvaluator } from '../../shared/onnx/row-evaluator.ts'
import { thresholdRows, treesOfBlend } from '../../shared/onnx/threshold-rows.ts'
import { MARKET_LOG_ODDS_INDEX } from '../../shared/recipe/inputs.ts'
import { encodeRoi } from '../../shared/recipe/roi-graph.ts'
import { roiHead } from '../../shared/recipe/roi-head.ts'
import { singleOutput } from '../../shared/trees/ensemble.ts'
import type { FeatureMatrix } from '../../shared/trees/matrix.ts'
import { toRowMajor } from '../../shared/trees/matrix.ts'
import { EXPORT, randomCalibrator, randomMatrix, randomMember, randomTrees } from '../support/onnx-models.ts'
import { runOnnx } from '../support/onnx-session.ts'

const N_FEATURES = 6
const rng = createRng(61)
const rows = randomMatrix(rng, 2000, N_FEATURES)
const NO_CALIBRATOR: Calibrator = { kind: 'none' }

function blendOf(members: readonly Member[], calibrator = NO_CALIBRATOR): Blend {
  return {
    nFeatures: N_FEATURES,
    members: members.map((member, k) => ({ name: `member ${k}`, weight: rng.normal(), member })),
    intercept: -0.125,
    calibrator,
  }
}

/** Where a sigmoid comes to less, the last bits are those of a number that nobody can tell from 0. */
const NOTHING = 1e-14

/** Rows in which the two differ in any bit that is worth {@link NOTHING} or more; one NaN is like another. */
async function differing(onnx: Uint8Array, matrix: FeatureMatrix): Promise<number> {
  const own = createRowEvaluator(onnx)?.evaluate(toRowMajor(matrix), matrix.nRows)
  const theirs = await runOnnx(onnx, matrix)
  expect(own).toHaveLength(theirs.length)
  return theirs.filter((value, r) => {
    const ours = own?.[r] ?? Number.POSITIVE_INFINITY
    return !Object.is(value, ours) && !(Math.abs(value - ours) < NOTHING)
  }).length
}

describe('a row evaluator gives what ONNX Runtime gives, to the bit', () => {
  test.each(['column', 'linear', 'boosted', 'forest', 'segments'] as const)('for a %s member', async (kind) => {
    for (let i = 0; i < 6; i++) {
      const members = Array.from({ length: 1 + (i % 3) }, () => randomMember(rng, N_FEATURES, kind))
      expect(await differing(encodeBlend(blendOf(members), EXPORT), rows)).toBe(0)
    }
  })

  test.each(['none', 'platt', 'temperature', 'beta', 'isotonic'] as const)(
    'through the calibrator %s',
    async (kind) => {
      for (let i = 0; i < 6; i++) {
        const blend = blendOf([randomMember(rng, N_FEATURES, 'boosted')], randomCalibrator(rng, kind))
        expect(await differing(encodeBlend(blend, EXPORT), rows)).toBe(0)
      }
    },
  )

  test('for trees by themselves', async () => {
    const ensemble = singleOutput(randomTrees(rng, N_FEATURES, 60), N_FEATURES, { baseScore: 0.2 })
    expect(await differing(encodeEnsemble(ensemble, EXPORT), rows)).toBe(0)
  })

  test('on rows at every threshold, above it and missing there', async () => {
    const blend = blendOf(
      (['boosted', 'forest', 'segments'] as const).map((kind) => randomMember(rng, N_FEATURES, kind)),
    )
    const onnx = encodeBlend(blend, EXPORT)
    for (const batch of thresholdRows(treesOfBlend(blend), rows)) expect(await differing(onnx, batch)).toBe(0)
  })

  test('for one row as for many', () => {
    const blend = blendOf([randomMember(rng, N_FEATURES, 'boosted'), randomMember(rng, N_FEATURES, 'linear')])
    const evaluator = createRowEvaluator(encodeBlend(blend, EXPORT))
    const features = toRowMajor(rows)
    const alone = Array.from({ length: rows.nRows }, (_, r) => {
      return evaluator?.evaluate(features.subarray(r * N_FEATURES, (r + 1) * N_FEATURES), 1)[0]
    })
    expect([...(evaluator?.evaluate(features, rows.nRows) ?? [])]).toEqual(alone)
  })

  test('for a head of returns', async () => {
    const base: Member = { kind: 'column', score: { column: MARKET_LOG_ODDS_INDEX, slope: 0.9, intercept: 0.02 } }
    const trees = randomTrees(rng, N_FEATURES, 30, 0.02)
    const onnx = encodeRoi(roiHead(trees, { nFeatures: N_FEATURES, base, weight: 0.5 }), EXPORT)
    expect(await differing(onnx, rows)).toBe(0)
  })
})

describe('a row evaluator leaves to ONNX Runtime', () => {
  test('a graph with an operator that it does not know', () => {
    const graph = createGraphBuilder(N_FEATURES, EXPORT)
    const tangent = graph.add('Tanh', [graph.columns([0])])
    expect(createRowEvaluator(encodeOnnx(graph.finish(tangent, 1)))).toBeUndefined()
  })

  test('arithmetic in 32 bits, which it would do in 64', () => {
    const graph = createGraphBuilder(N_FEATURES, EXPORT)
    const narrow = graph.add('Cast', [graph.columns([0])], { to: { int: FLOAT } })
    const doubled = graph.add('Add', [narrow, narrow])
    expect(createRowEvaluator(encodeOnnx(graph.finish(doubled, 1)))).toBeUndefined()
  })

  test('several outputs a row', () => {
    const graph = createGraphBuilder(N_FEATURES, EXPORT)
    expect(createRowEvaluator(encodeOnnx(graph.finish(graph.columns([0, 1]), 2)))).toBeUndefined()
  })
})
