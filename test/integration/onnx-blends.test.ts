import { describe, expect, test } from 'vitest'
import { onnxScorer } from '../../shared/adapters/onnx-scorer.ts'
import type { Blend, Member } from '../../shared/blend/blend.ts'
import { predictBlend } from '../../shared/blend/predict.ts'
import type { Calibrator } from '../../shared/calibration/calibrator.ts'
import { sigmoid } from '../../shared/kernel/numeric.ts'
import { createRng } from '../../shared/kernel/random.ts'
import { encodeBlend } from '../../shared/onnx/encode-blend.ts'
import { encodeEnsemble } from '../../shared/onnx/encode-ensemble.ts'
import { describeOnnx } from '../../shared/onnx/read.ts'
import { readTreeEnsembles } from '../../shared/onnx/read-trees.ts'
import { thresholdRows, treesOfBlend } from '../../shared/onnx/threshold-rows.ts'
import type { Link, TreeEnsemble } from '../../shared/trees/ensemble.ts'
import { ensembleScores, singleOutput } from '../../shared/trees/ensemble.ts'
import type { FeatureMatrix } from '../../shared/trees/matrix.ts'
import type { Tree } from '../../shared/trees/tree.ts'
import {
  CODE_COLUMN,
  EXPORT,
  largestDifference,
  randomCalibrator,
  randomMatrix,
  randomMember,
  randomTrees,
} from '../support/onnx-models.ts'
import { runOnnx } from '../support/onnx-session.ts'
import { stumpTree } from '../support/onnx-trees.ts'
import { leafTree } from '../support/trees.ts'

const N_FEATURES = 6
const TOLERANCE = 1e-5

const rng = createRng(31)
const rows = randomMatrix(rng, 1000, N_FEATURES)

const NO_CALIBRATOR: Calibrator = { kind: 'none' }

function blendOf(members: readonly (readonly [weight: number, Member])[], calibrator = NO_CALIBRATOR): Blend {
  return {
    nFeatures: N_FEATURES,
    members: members.map(([weight, member], k) => ({ name: `member ${k}`, weight, member })),
    intercept: -0.125,
    calibrator,
  }
}

/** Largest difference between the exported blend in ONNX Runtime and our own arithmetic. */
async function parity(blend: Blend, matrix: FeatureMatrix): Promise<number> {
  return largestDifference(await runOnnx(encodeBlend(blend, EXPORT), matrix), predictBlend(blend, matrix))
}

/** A member that gives every row the same log-odds, missing features or not. */
function level(intercept: number): Member {
  return { kind: 'linear', score: { columns: [], means: [], scales: [], coefficients: [], intercept } }
}

const PRICE: Member = { kind: 'column', score: { column: 0, slope: 1.1, intercept: 0.05 } }

describe('an exported blend in ONNX Runtime agrees with our arithmetic', () => {
  test.each(['column', 'linear', 'boosted', 'forest', 'segments'] as const)('for a %s member', async (kind) => {
    const members = Array.from({ length: 4 }, () => [rng.normal(), randomMember(rng, N_FEATURES, kind)] as const)
    for (const member of members) expect(await parity(blendOf([member]), rows)).toBeLessThan(TOLERANCE)
    expect(await parity(blendOf(members), rows)).toBeLessThan(TOLERANCE)
  })

  test.each(['none', 'platt', 'temperature', 'beta', 'isotonic'] as const)(
    'through the calibrator %s',
    async (kind) => {
      const member = randomMember(rng, N_FEATURES, 'boosted')
      for (let i = 0; i < 4; i++) {
        expect(await parity(blendOf([[1, member]], randomCalibrator(rng, kind)), rows)).toBeLessThan(TOLERANCE)
      }
    },
  )

  test('for segments of which several have one code', async () => {
    const cases = [1, 2, 1, 2].map((code, k) => ({ code, member: level(k - 1.5) }))
    const member: Member = { kind: 'segments', column: CODE_COLUMN, cases, fallback: PRICE }
    expect(await parity(blendOf([[1, member]]), rows)).toBeLessThan(TOLERANCE)
  })

  test('on rows at every threshold, above it and missing there', async () => {
    const members = (['boosted', 'forest', 'segments', 'segments'] as const).map(
      (kind) => [1, randomMember(rng, N_FEATURES, kind)] as const,
    )
    const blend = blendOf(members, { kind: 'platt', slope: 1.2, intercept: 0.1 })
    let asked = 0
    for (const batch of thresholdRows(treesOfBlend(blend), rows)) {
      asked += batch.nRows
      expect(await parity(blend, batch)).toBeLessThan(TOLERANCE)
    }
    expect(asked).toBeGreaterThan(500)
  })

  test('on one row and on ten thousand', async () => {
    const blend = blendOf([
      [0.7, randomMember(rng, N_FEATURES, 'boosted')],
      [0.3, randomMember(rng, N_FEATURES, 'linear')],
    ])
    const many = randomMatrix(rng, 10_000, N_FEATURES)
    const one = { nRows: 1, columns: many.columns.map((column) => column.subarray(0, 1)) }
    const together = await runOnnx(encodeBlend(blend, EXPORT), many)
    expect(largestDifference(together, predictBlend(blend, many))).toBeLessThan(TOLERANCE)
    expect([...(await runOnnx(encodeBlend(blend, EXPORT), one))]).toEqual([together[0]])
  })

  test('through an isotone of 125 steps as steep as 1e6 a unit, on scores within the steps', async () => {
    const feet = Array.from({ length: 125 }, (_, i) => -2 + i / 32)
    const scores = feet.flatMap((x) => [x, x + 4e-9])
    const probabilities = scores.map((_, i) => (i + 1) / (scores.length + 1))
    const calibrator: Calibrator = { kind: 'isotonic', scores, probabilities }
    const shares = [0, 1, 2, 3, 4]
    const columns = [
      Float32Array.from(feet.flatMap((x) => shares.map(() => x + 0.125))),
      Float32Array.from(feet.flatMap(() => shares)),
    ]
    const on = (column: number): Member => ({ kind: 'column', score: { column, slope: 1, intercept: 0 } })
    const matrix = { nRows: 625, columns: rows.columns.map((_, f) => columns[f % 2] ?? new Float32Array()) }
    const blend = blendOf(
      [
        [1, on(0)],
        [1e-9, on(1)],
      ],
      calibrator,
    )
    expect(new Set(predictBlend(blend, matrix)).size).toBeGreaterThan(600)
    expect(await parity(blend, matrix)).toBeLessThan(TOLERANCE)
  })

  test('through the same kind of isotone after hundreds of trees', async () => {
    const calibrator: Calibrator = {
      kind: 'isotonic',
      scores: Array.from({ length: 4000 }, (_, i) => Math.floor(i / 2) / 500 - 2 + (i % 2) * 1e-6),
      probabilities: Array.from({ length: 4000 }, (_, i) => Math.ceil(i / 2) / 2000),
    }
    const trees = singleOutput(randomTrees(rng, N_FEATURES, 300, 0.05), N_FEATURES)
    const start = { column: 0, slope: 0, intercept: 0 }
    expect(await parity(blendOf([[1, { kind: 'boosted', start, trees }]], calibrator), rows)).toBeLessThan(TOLERANCE)
  })

  test('with large coefficients over large values that nearly cancel', async () => {
    const score = {
      columns: [0, 2],
      means: [1e6, 1e6],
      scales: [1, 1],
      coefficients: [1000, -1000],
      intercept: 0.5,
    }
    const near = Float32Array.from({ length: 500 }, () => 1e6 + 0.0625 * rng.integer(50))
    const far = near.map((x) => x + 0.0625 * (rng.integer(3) - 1))
    const matrix = { nRows: 500, columns: rows.columns.map((_, f) => (f === 2 ? far : near)) }
    const blend = blendOf([[0.01, { kind: 'linear', score }]])
    expect(new Set(predictBlend(blend, matrix)).size).toBeGreaterThan(2)
    expect(await parity(blend, matrix)).toBeLessThan(TOLERANCE)
  })
})

describe('the least blends run', () => {
  const none = singleOutput([], N_FEATURES, { baseScore: 0.25 })
  test.each<[string, Blend]>([
    ['no member', blendOf([])],
    ['no member of weight, isotonic', blendOf([[0, PRICE]], { kind: 'isotonic', scores: [1], probabilities: [0.4] })],
    ['no member, beta without weights', blendOf([], { kind: 'beta', a: 0, b: 0, c: 1 })],
    ['level members', blendOf([[2, level(0.5)]])],
    [
      'boosting without trees',
      blendOf([[1, { kind: 'boosted', start: { column: 0, slope: 1, intercept: 0 }, trees: none }]]),
    ],
    ['a forest without trees', blendOf([[1, { kind: 'forest', trees: none }]])],
    ['a lone leaf', blendOf([[1, { kind: 'forest', trees: singleOutput([leafTree(0.3)], N_FEATURES) }]])],
    ['segments without cases', blendOf([[1, { kind: 'segments', column: 1, cases: [], fallback: PRICE }]])],
  ])('%s', async (_, blend) => {
    expect(await parity(blend, rows)).toBeLessThan(TOLERANCE)
  })

  test('a row goes left at infinite thresholds exactly where it does in our trees', async () => {
    const thresholds = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0]
    const trees = thresholds.map((threshold, f) => stumpTree({ feature: f, threshold, left: 0.5, right: -0.75 }))
    const values = [
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      0,
      -0,
      2 ** -149,
      -(2 ** -149),
      3e38,
      Number.NaN,
    ]
    const matrix = { nRows: values.length, columns: rows.columns.map(() => Float32Array.from(values)) }
    const start = { column: 5, slope: 0, intercept: 0 }
    const ensemble = singleOutput(trees, N_FEATURES)
    expect(await parity(blendOf([[1, { kind: 'boosted', start, trees: ensemble }]]), matrix)).toBeLessThan(TOLERANCE)
    expect(await parity(blendOf([[1, { kind: 'forest', trees: ensemble }]]), matrix)).toBeLessThan(TOLERANCE)
  })
})

describe('missing values', () => {
  const missing = { nRows: 1, columns: rows.columns.map(() => Float32Array.of(Number.NaN)) }

  test.each<[string, Blend]>([
    ['no calibrator', blendOf([[1, PRICE]])],
    ['platt of slope 0', blendOf([[1, PRICE]], { kind: 'platt', slope: 0, intercept: 1 })],
    ['beta without weights', blendOf([[1, PRICE]], { kind: 'beta', a: 0, b: 0, c: 1 })],
    ['isotonic', blendOf([[1, PRICE]], { kind: 'isotonic', scores: [0, 1], probabilities: [0.2, 0.7] })],
  ])('of a member that needs them make the probability missing: %s', async (_, blend) => {
    expect([...(await runOnnx(encodeBlend(blend, EXPORT), missing))]).toEqual([Number.NaN])
  })

  test('of members without weight, and of cases that do not decide, do not', async () => {
    const segments: Member = {
      kind: 'segments',
      column: CODE_COLUMN,
      cases: [{ code: 2, member: PRICE }],
      fallback: level(0.125),
    }
    const blend = blendOf([
      [0, PRICE],
      [1, segments],
    ])
    expect([...(await runOnnx(encodeBlend(blend, EXPORT), missing))]).toEqual([0.5])
  })
})

describe('an exported ensemble in ONNX Runtime agrees with our trees', () => {
  function ensembleOf(link: Link, nOutputs: number, trees: readonly Tree[]): TreeEnsemble {
    // The last output has no tree of its own.
    const outputOf = Int32Array.from(trees, (_, t) => t % Math.max(1, nOutputs - 1))
    const baseScores = Float64Array.from({ length: nOutputs }, (_, k) => 0.5 - k)
    return { nFeatures: N_FEATURES, nOutputs, link, trees, outputOf, baseScores }
  }

  test.each<[Link, number]>([
    ['identity', 1],
    ['logistic', 1],
    ['identity', 3],
    ['softmax', 4],
  ])('%s of %d outputs', async (link, nOutputs) => {
    for (const trees of [randomTrees(rng, N_FEATURES, 40), []]) {
      const ensemble = ensembleOf(link, nOutputs, trees)
      const scores = ensembleScores(ensemble, rows)
      const expected = Array.from({ length: rows.nRows }, (_, r) => {
        const raw = scores.map((output) => output[r] ?? Number.NaN)
        const total = raw.reduce((sum, score) => sum + Math.exp(score), 0)
        return raw.map((s) => ({ identity: s, logistic: sigmoid(s), softmax: Math.exp(s) / total })[link])
      }).flat()
      const theirs = await runOnnx(encodeEnsemble(ensemble, EXPORT), rows)
      expect(largestDifference(theirs, expected)).toBeLessThan(TOLERANCE)
    }
  })
})

describe('an exported file', () => {
  test('runs in the scorer that serves, under the names that it declares', async () => {
    const blend = blendOf([[1, randomMember(rng, N_FEATURES, 'forest')]])
    const onnx = encodeBlend(blend, EXPORT)
    const { inputs, outputs } = describeOnnx(onnx)
    expect([inputs, outputs]).toEqual([
      [{ name: 'features', elementType: 'float', shape: ['rows', N_FEATURES] }],
      [{ name: 'win_probability', elementType: 'float', shape: ['rows', 1] }],
    ])
    const scorer = await onnxScorer(onnx, N_FEATURES)
    await expect(scorer.score(new Float32Array(N_FEATURES), 1)).resolves.toHaveLength(1)
    await scorer.release()
  })

  test('gives its trees back, and they agree with it', async () => {
    const member = randomMember(rng, N_FEATURES, 'boosted')
    const blend = blendOf([[1, member]])
    const [read] = readTreeEnsembles(encodeBlend(blend, EXPORT))
    if (member.kind !== 'boosted' || read === undefined) throw new Error('boosted trees were exported')
    expect(read.ensemble.trees).toEqual(member.trees.trees)
  })

  test.each<[string, Blend, string]>([
    ['NaN among its numbers', blendOf([[Number.NaN, PRICE]]), 'model_not_finite'],
    [
      'an infinite leaf',
      blendOf([[1, { kind: 'forest', trees: singleOutput([leafTree(1 / 0)], 1) }]]),
      'model_not_finite',
    ],
    [
      'a split at NaN',
      blendOf([
        [
          1,
          {
            kind: 'forest',
            trees: singleOutput([stumpTree({ feature: 0, threshold: Number.NaN, left: 0, right: 1 })], 1),
          },
        ],
      ]),
      'model_not_finite',
    ],
    [
      'a tree that reads beyond the features',
      blendOf([
        [1, { kind: 'forest', trees: singleOutput([stumpTree({ feature: 6, threshold: 0, left: 0, right: 1 })], 1) }],
      ]),
      'model_column_unknown',
    ],
    [
      'a column beyond the features',
      blendOf([[1, { ...PRICE, score: { column: 6, slope: 1, intercept: 0 } } as Member]]),
      'model_column_unknown',
    ],
  ])('is not made of a model with %s', (_, blend, code) => {
    expect(() => encodeBlend(blend, EXPORT)).toThrow(expect.objectContaining({ name: 'DomainError', code }))
  })

  test('is not made with names for other features', () => {
    expect(() => encodeBlend(blendOf([]), { ...EXPORT, featureNames: ['a'] })).toThrow('1 names for 6 features')
  })

  test('may name its tensors as names in between are formed', async () => {
    const blend = blendOf([[1, PRICE]])
    const names = { ...EXPORT, input: 'cast_0', output: 'mul_2' }
    expect(largestDifference(await runOnnx(encodeBlend(blend, names), rows), predictBlend(blend, rows))).toBeLessThan(
      TOLERANCE,
    )
  })
})
