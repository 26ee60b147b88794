import { describe, expect, test } from 'vitest'
import type { Blend, Member } from '../../../shared/blend/blend.ts'
import { blendScores, memberScores, predictBlend } from '../../../shared/blend/predict.ts'
import { singleOutput } from '../../../shared/trees/ensemble.ts'
import type { FeatureMatrix } from '../../../shared/trees/matrix.ts'
import { stumpTree } from '../../support/onnx-trees.ts'
import { leafTree } from '../../support/trees.ts'

const NaN_ = Number.NaN
const LN_3 = Math.log(3)

function matrixOf(...rows: number[][]): FeatureMatrix {
  const columns = (rows[0] ?? []).map((_, f) => Float32Array.from(rows, (row) => row[f] ?? NaN_))
  return { nRows: rows.length, columns }
}

const COLUMN: Member = { kind: 'column', score: { column: 0, slope: 2, intercept: 1 } }
const stump = stumpTree({ feature: 1, threshold: 0.5, left: 0.25, right: 0.75, missingLeft: true })

describe('memberScores', () => {
  const rows = matrixOf([1.5, 0.5], [NaN_, 1], [-1, NaN_])

  test('a column is sloped and shifted, and missing where it is', () => {
    expect([...memberScores(COLUMN, rows)]).toEqual([4, NaN_, -1])
  })

  test('a missing input of a linear score adds nothing', () => {
    const score = { columns: [1, 0], means: [0.25, 0.5], scales: [0.5, 2], coefficients: [3, 4], intercept: 10 }
    // 3 · (x1 − 0.25)/0.5 + 4 · (x0 − 0.5)/2 + 10
    expect([...memberScores({ kind: 'linear', score }, rows)]).toEqual([1.5 + 2 + 10, 4.5 + 10, -3 + 10])
  })

  test('boosted trees are added to their start and their base score', () => {
    const trees = singleOutput([stump, leafTree(2)], 2, { baseScore: 100 })
    const start = { column: 0, slope: 1, intercept: 0 }
    expect([...memberScores({ kind: 'boosted', start, trees }, rows)]).toEqual([
      1.5 + 100 + 2.25,
      NaN_,
      -1 + 100 + 2.25,
    ])
  })

  test("a forest's vote becomes log-odds", () => {
    const trees = singleOutput([stump], 2)
    const scores = memberScores({ kind: 'forest', trees }, rows)
    for (const [r, expected] of [-LN_3, LN_3, -LN_3].entries()) expect(scores[r]).toBeCloseTo(expected, 14)
  })

  test.each([
    [-0.2, -Math.log(999)],
    [0.0005, -Math.log(999)],
    [1, Math.log(999)],
    [7, Math.log(999)],
  ])('a forest that votes %d is held to one in a thousand', (vote, expected) => {
    const member: Member = { kind: 'forest', trees: singleOutput([leafTree(vote)], 2) }
    expect(memberScores(member, rows)[0]).toBeCloseTo(expected, 12)
  })

  test('the sum of trees is rounded to 32 bits once', () => {
    const trees = singleOutput([leafTree(1), leafTree(2 ** -24), leafTree(2 ** -24)], 2)
    const member: Member = { kind: 'boosted', start: { column: 0, slope: 0, intercept: 0 }, trees }
    // 1 + 2^−24 alone would round to 1; together the two make 2^−23, which 32 bits hold.
    expect(memberScores(member, matrixOf([0, 0]))[0]).toBe(1 + 2 ** -23)
    const lone: Member = { ...member, trees: singleOutput([leafTree(1), leafTree(2 ** -25)], 2) }
    expect(memberScores(lone, matrixOf([0, 0]))[0]).toBe(1)
  })

  test('a segment is decided by the first case of the 32-bit code; the fallback takes the rest', () => {
    const constant = (value: number): Member => ({
      kind: 'boosted',
      start: ZERO,
      trees: singleOutput([leafTree(value)], 2),
    })
    const ZERO = { column: 1, slope: 0, intercept: 0 }
    const member: Member = {
      kind: 'segments',
      column: 0,
      cases: [
        { code: 0.1, member: constant(1) },
        { code: 2, member: constant(2) },
        { code: 2, member: constant(3) },
        { code: NaN_, member: constant(4) },
      ],
      fallback: constant(5),
    }
    const asked = matrixOf([2, 0], [0.1, 0], [NaN_, 0], [2.0000002384185791, 0], [-0.1, 0])
    expect([...memberScores(member, asked)]).toEqual([2, 1, 5, 5, 5])
  })

  test('what the other cases would say of a row does not matter, missing values included', () => {
    const member: Member = { kind: 'segments', column: 1, cases: [{ code: 1, member: LEVEL }], fallback: COLUMN }
    expect([...memberScores(member, matrixOf([NaN_, 1], [NaN_, 0], [3, 0]))]).toEqual([-2, NaN_, 7])
  })
})

const LEVEL: Member = {
  kind: 'linear',
  score: { columns: [], means: [], scales: [], coefficients: [], intercept: -2 },
}

describe('a blend', () => {
  const blend: Blend = {
    nFeatures: 2,
    members: [
      { name: 'price', weight: 0.5, member: COLUMN },
      { name: 'level', weight: -1, member: LEVEL },
    ],
    intercept: 0.25,
    calibrator: { kind: 'none' },
  }

  test('is the weighted sum of its members and its intercept', () => {
    expect([...blendScores(blend, matrixOf([1.5, 0], [-4, 0]))]).toEqual([2 + 2 + 0.25, -3.5 + 2 + 0.25])
  })

  test('is calibrated', () => {
    const platt: Blend = { ...blend, calibrator: { kind: 'platt', slope: 0, intercept: LN_3 } }
    const [known, missing] = predictBlend(platt, matrixOf([1.5, 0], [NaN_, 0]))
    expect(known).toBeCloseTo(0.75, 14)
    expect(missing).toBeNaN()
  })

  test('does not ask a member without weight', () => {
    const [price, level] = blend.members
    const without: Blend = {
      ...blend,
      members: [{ ...price, name: 'price', weight: 0, member: COLUMN }, ...(level ? [level] : [])],
    }
    expect([...blendScores(without, matrixOf([NaN_, 0]))]).toEqual([2.25])
  })

  test('of no member is its intercept', () => {
    expect([...blendScores({ ...blend, members: [] }, matrixOf([NaN_, NaN_], [1, 1]))]).toEqual([0.25, 0.25])
  })

  test('refuses rows of another width and trees of several outputs', () => {
    const refusal = expect.objectContaining({ name: 'InvariantError' })
    expect(() => blendScores(blend, matrixOf([1, 2, 3]))).toThrow(refusal)
    const trees = { ...singleOutput([leafTree(1)], 2), nOutputs: 2 }
    expect(() => memberScores({ kind: 'forest', trees }, matrixOf([1, 2]))).toThrow(refusal)
  })
})
