import { describe, expect, test } from 'vitest'
import type { Blend, Member } from '../../../shared/blend/blend.ts'
import { createBlendExplainer } from '../../../shared/blend/explain.ts'
import { blendScores } from '../../../shared/blend/predict.ts'
import { createRng } from '../../../shared/kernel/random.ts'
import { singleOutput } from '../../../shared/trees/ensemble.ts'
import type { FeatureMatrix } from '../../../shared/trees/matrix.ts'
import type { Tree } from '../../../shared/trees/tree.ts'
import { CODE_COLUMN, randomBlend, randomMatrix, randomMember, randomTrees } from '../../support/onnx-models.ts'
import { stumpTree } from '../../support/onnx-trees.ts'
import { leafTree } from '../../support/trees.ts'

const NaN_ = Number.NaN
const WIDTH = 5

const blendOf = (member: Member, overrides: Partial<Blend> = {}): Blend => ({
  ...{ nFeatures: WIDTH, members: [{ name: 'one', weight: 1, member }], intercept: 0, calibrator: { kind: 'none' } },
  ...overrides,
})
const rowOf = ({ columns }: FeatureMatrix, r: number) => Float32Array.from(columns, (column) => column[r] ?? NaN_)
const sumOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0)
const explain = (blend: Blend, ...row: number[]) =>
  Array.from(createBlendExplainer(blend).explain(Float32Array.from(row)))

/** Shares of the training rows at each node: all of them, and at a leaf as many as came there. */
const withCover = (tree: Tree, ...cover: number[]): Tree => ({ ...tree, cover: Float32Array.from(cover) })

function expectToAddUp(blend: Blend, matrix: FeatureMatrix): void {
  const explainer = createBlendExplainer(blend)
  const scores = blendScores(blend, matrix)
  for (let r = 0; r < matrix.nRows; r++) {
    const score = scores[r] ?? NaN_
    const sum = sumOf(explainer.explain(rowOf(matrix, r)))
    if (Number.isNaN(score)) expect(sum).toBeNaN()
    else expect(Math.abs(sum - score)).toBeLessThan(1e-9)
  }
}

describe('createBlendExplainer', () => {
  test('a column adds its slope times the value, the intercept is left', () => {
    const member: Member = { kind: 'column', score: { column: 1, slope: 0.5, intercept: 0.25 } }
    expect(explain(blendOf(member), 9, 3, 9, 9, NaN_)).toEqual([0, 1.5, 0, 0, 0, 0.25])
  })

  test('a linear score adds each input by its distance from the mean, a missing one nothing', () => {
    const score = { columns: [0, 3], means: [1, 2], scales: [2, 4], coefficients: [3, 8], intercept: -1 }
    expect(explain(blendOf({ kind: 'linear', score }), 5, NaN_, NaN_, 3, 0)).toEqual([6, 0, 0, 2, 0, -1])
    expect(explain(blendOf({ kind: 'linear', score }), NaN_, 0, 0, 3, 0)).toEqual([0, 0, 0, 2, 0, -1])
  })

  test('members count by their weight, those of none not at all', () => {
    const column = (slope: number): Member => ({ kind: 'column', score: { column: 0, slope, intercept: 1 } })
    const members = [
      { name: 'a', weight: 0.25, member: column(2) },
      { name: 'b', weight: 0.5, member: column(4) },
      { name: 'c', weight: 0, member: { kind: 'column', score: { column: 4, slope: 1, intercept: 1 } } as const },
    ]
    // 0.25·2·3 + 0.5·4·3 = 7.5; 0.1 + 0.25 + 0.5 is left. The last column is missing, and nobody asks for it.
    expect(explain(blendOf(column(0), { members, intercept: 0.1 }), 3, 0, 0, 0, NaN_)).toEqual([7.5, 0, 0, 0, 0, 0.85])
  })

  test('a stump of boosted trees adds its distance from the mean over the rows it was grown on', () => {
    // One of four rows went left, to −1, three right, to 1: the mean is 0.5.
    const stump = withCover(stumpTree({ feature: 2, threshold: 0, left: -1, right: 1, missingLeft: true }), 4, 1, 3)
    const start = { column: 0, slope: 2, intercept: 0.25 }
    const blend = blendOf({ kind: 'boosted', start, trees: singleOutput([stump], WIDTH, { link: 'identity' }) })
    expect(explain(blend, 1, 0, 5, 0, 0)).toEqual([2, 0, 0.5, 0, 0, 0.75])
    expect(explain(blend, 1, 0, NaN_, 0, 0)).toEqual([2, 0, -1.5, 0, 0, 0.75])
  })

  test("a forest's contributions are stretched from its probability to its log-odds", () => {
    const stump = withCover(
      stumpTree({ feature: 1, threshold: 0, left: 0.25, right: 0.75, missingLeft: false }),
      2,
      1,
      1,
    )
    const blend = blendOf({ kind: 'forest', trees: singleOutput([stump], WIDTH) })
    const [, own = NaN_, , , , left = NaN_] = explain(blend, 0, 5, 0, 0, 0)
    expect(own).toBeCloseTo(Math.log(3), 12)
    expect(left).toBeCloseTo(0, 12)
  })

  test('a forest whose contributions cancel is not stretched beyond measure', () => {
    const one = withCover(stumpTree({ feature: 1, threshold: 0, left: 0.1, right: 0.3, missingLeft: false }), 2, 1, 1)
    const other = withCover(stumpTree({ feature: 2, threshold: 0, left: 0.3, right: 0.1, missingLeft: false }), 2, 1, 1)
    const blend = blendOf({ kind: 'forest', trees: singleOutput([one, other], WIDTH) })
    const said = explain(blend, 0, 5, 5, 0, 0)
    // 0.3 + 0.1 with an expectation of 0.4: ±0.1 of probability at a slope of 1/(0.4·0.6).
    expect(said[1]).toBeCloseTo(0.1 / 0.24, 5)
    expect(said[2]).toBeCloseTo(-0.1 / 0.24, 5)
    expectToAddUp(blend, { nRows: 1, columns: [0, 5, 5, 0, 0].map((x) => Float32Array.of(x)) })
  })

  test.each([-0.5, 0, 1, 3])('a forest that votes %d is explained as it is held', (vote) => {
    const stump = withCover(
      stumpTree({ feature: 1, threshold: 0, left: 0.5, right: vote, missingLeft: false }),
      2,
      1,
      1,
    )
    const blend = blendOf({ kind: 'forest', trees: singleOutput([stump], WIDTH) })
    expectToAddUp(blend, { nRows: 2, columns: [0, 5, 0, 0, 0].map((x) => Float32Array.of(x, -1)) })
  })

  test('the first segment of a code explains, as it is the one that scores; a missing code is of the fallback', () => {
    const constant = (intercept: number): Member => ({ kind: 'column', score: { column: 1, slope: 0, intercept } })
    const cases = [
      { code: 0.1, member: constant(1) },
      { code: 0.1, member: constant(2) },
      { code: NaN_, member: constant(3) },
    ]
    const blend = blendOf({ kind: 'segments', column: 0, cases, fallback: constant(4) })
    const columns = [Float32Array.of(0.1, 0.2, NaN_), ...new Array(4).fill(new Float32Array(3))]
    expectToAddUp(blend, { nRows: 3, columns })
    expect([0.1, 0.2, NaN_].map((code) => explain(blend, code, 0, 0, 0, 0).at(-1))).toEqual([1, 4, 4])
  })

  test('the 32-bit rounding of a sum of trees is told too', () => {
    const trees = singleOutput([leafTree(1), leafTree(2 ** -25)], WIDTH, { link: 'identity', baseScore: 100 })
    const start = { column: 0, slope: 0, intercept: 0 }
    expectToAddUp(blendOf({ kind: 'boosted', start, trees }), {
      nRows: 1,
      columns: new Array(5).fill(new Float32Array(1)),
    })
  })

  test.each(['column', 'linear', 'boosted', 'forest', 'segments'] as const)(
    'contributions of a %s add up to the score, missing values or not',
    (kind) => {
      const rng = createRng(kind.length)
      for (let trial = 0; trial < 20; trial++) {
        const matrix = randomMatrix(rng, 20, WIDTH)
        matrix.columns[CODE_COLUMN]?.forEach((_, r, codes) => {
          codes[r] = [1, 2, 3, NaN_][rng.integer(4)] ?? NaN_
        })
        expectToAddUp(blendOf(randomMember(rng, WIDTH, kind)), matrix)
      }
    },
  )

  test('so do those of blends', () => {
    const rng = createRng(8)
    for (let trial = 0; trial < 40; trial++) expectToAddUp(randomBlend(rng, WIDTH), randomMatrix(rng, 10, WIDTH))
  })

  test('and those of a large forest', () => {
    const rng = createRng(4)
    const trees = singleOutput(randomTrees(rng, WIDTH, 100, 0.01), WIDTH, { baseScore: 0.5 })
    expectToAddUp(blendOf({ kind: 'forest', trees }), randomMatrix(rng, 100, WIDTH))
  })
})
