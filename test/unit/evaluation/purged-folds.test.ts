import { describe, expect, test } from 'vitest'
import { purgedBlocks, purgedLearningRows, purgedWalkForward } from '../../../shared/evaluation/purged-folds.ts'

const refusal = (code: string) => expect.objectContaining({ name: 'DomainError', code })
/** Ten rows, one every 10 ms; each label is known 15 ms later. */
const times = {
  madeAtMs: Float64Array.from({ length: 10 }, (_, r) => 10 * r),
  knownAtMs: Float64Array.from({ length: 10 }, (_, r) => 10 * r + 15),
}
const test56 = { testBegin: 5, testEnd: 7 }
const learned = (...options: Parameters<typeof purgedLearningRows>) => Array.from(purgedLearningRows(...options))

describe('purgedLearningRows', () => {
  test('leaves out rows whose label is not known before the block begins', () => {
    // The block begins at 50. Row 3 is known at 45, row 4 at 55.
    expect(learned(times, test56)).toEqual([0, 1, 2, 3])
  })

  test('widens the gap by the embargo, exclusive', () => {
    expect(learned(times, test56, { embargoMs: 4.9 })).toEqual([0, 1, 2, 3])
    expect(learned(times, test56, { embargoMs: 5 })).toEqual([0, 1, 2])
  })

  test('takes rows after the block once its last label is known, where asked', () => {
    // The last label of the block is known at 75; row 8 is made at 80.
    expect(learned(times, test56, { learnAfter: true })).toEqual([0, 1, 2, 3, 8, 9])
    expect(learned(times, test56, { learnAfter: true, embargoMs: 4.9 })).toEqual([0, 1, 2, 3, 8, 9])
    expect(learned(times, test56, { learnAfter: true, embargoMs: 5 })).toEqual([0, 1, 2, 9])
  })

  test('counts a label known at the very moment of the first test row as too late', () => {
    const knownAtMs = times.knownAtMs.with(3, 50)
    expect(learned({ ...times, knownAtMs }, test56)).toEqual([0, 1, 2])
  })

  test('leaves out rows made at the very moment of the first test row', () => {
    const madeAtMs = times.madeAtMs.with(4, 50)
    const knownAtMs = times.knownAtMs.with(4, 49)
    expect(learned({ madeAtMs, knownAtMs }, test56)).toEqual([0, 1, 2, 3])
  })

  test('waits for the slowest label of the block, not the last', () => {
    const knownAtMs = times.knownAtMs.with(5, 85)
    expect(learned({ ...times, knownAtMs }, test56, { learnAfter: true })).toEqual([0, 1, 2, 3, 9])
  })

  test('waits for the last row of the block where its labels are recorded early', () => {
    const knownAtMs = times.madeAtMs.map((made) => made - 100)
    expect(learned({ ...times, knownAtMs }, test56, { learnAfter: true })).toEqual([0, 1, 2, 3, 4, 7, 8, 9])
    const madeAtMs = times.madeAtMs.with(7, 60)
    expect(learned({ madeAtMs, knownAtMs }, test56, { learnAfter: true })).toEqual([0, 1, 2, 3, 4, 8, 9])
  })

  test('learns nothing from a label that is not known yet', () => {
    const knownAtMs = times.knownAtMs.with(1, Number.POSITIVE_INFINITY)
    expect(learned({ ...times, knownAtMs }, test56)).toEqual([0, 2, 3])
    expect(
      learned({ ...times, knownAtMs: times.knownAtMs.with(6, Number.POSITIVE_INFINITY) }, test56, { learnAfter: true }),
    ).toEqual([0, 1, 2, 3])
  })

  test('has nothing before the first row', () => {
    expect(learned(times, { testBegin: 0, testEnd: 2 })).toEqual([])
  })
})

test('purgedWalkForward tests the blocks of a walk forward, each from the past alone', () => {
  const folds = purgedWalkForward(times, 2)
  expect(folds.map(({ learn, ...fold }) => ({ ...fold, learn: Array.from(learn) }))).toEqual([
    { testBegin: 6, testEnd: 8, learn: [0, 1, 2, 3, 4] },
    { testBegin: 8, testEnd: 10, learn: [0, 1, 2, 3, 4, 5, 6] },
  ])
  expect(purgedWalkForward(times, 1, { embargoMs: 20 })[0]?.learn).toEqual(Int32Array.of(0, 1, 2))
})

test('purgedBlocks tests every row once, from both sides', () => {
  const folds = purgedBlocks(times, 3)
  expect(folds.map(({ learn, ...fold }) => ({ ...fold, learn: Array.from(learn) }))).toEqual([
    { testBegin: 0, testEnd: 3, learn: [4, 5, 6, 7, 8, 9] },
    { testBegin: 3, testEnd: 6, learn: [0, 1, 7, 8, 9] },
    { testBegin: 6, testEnd: 10, learn: [0, 1, 2, 3, 4] },
  ])
})

describe('purged folds refuse', () => {
  test.each<[string, string, Partial<typeof times>]>([
    ['columns of different lengths', 'length_mismatch', { knownAtMs: times.knownAtMs.subarray(1) }],
    ['a missing instant of a row', 'instant_not_finite', { madeAtMs: times.madeAtMs.with(9, Number.NaN) }],
    ['a missing instant of a label', 'instant_not_finite', { knownAtMs: times.knownAtMs.with(2, Number.NaN) }],
    ['a row at no time', 'instant_not_finite', { madeAtMs: times.madeAtMs.with(9, Number.POSITIVE_INFINITY) }],
    ['rows out of order', 'not_in_time_order', { madeAtMs: times.madeAtMs.with(4, 5) }],
  ])('%s', (_, code, change) => {
    const bad = { ...times, ...change }
    expect(() => purgedLearningRows(bad, test56)).toThrow(refusal(code))
    expect(() => purgedWalkForward(bad, 2)).toThrow(refusal(code))
    expect(() => purgedBlocks(bad, 2)).toThrow(refusal(code))
  })

  test.each([
    [-1, 3],
    [5, 5],
    [5, 11],
    [Number.NaN, 5],
  ])('a block from %d to %d', (testBegin, testEnd) => {
    expect(() => purgedLearningRows(times, { testBegin, testEnd })).toThrow(refusal('fold_out_of_range'))
  })

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('an embargo of %d ms', (embargoMs) => {
    expect(() => purgedLearningRows(times, test56, { embargoMs })).toThrow(refusal('embargo_out_of_range'))
  })

  test('folds that nothing is left to learn for', () => {
    expect(() => purgedWalkForward(times, 2, { embargoMs: 60 })).toThrow(refusal('too_few_rows'))
    expect(() => purgedBlocks(times, 2, { embargoMs: 60 })).toThrow(refusal('too_few_rows'))
    const three = { madeAtMs: times.madeAtMs.subarray(0, 3), knownAtMs: times.knownAtMs.subarray(0, 3) }
    expect(() => purgedWalkForward(three, 4)).toThrow(refusal('too_few_rows'))
  })

  test.each([1, 0, 11, 2.5, Number.NaN])('%d blocks of ten rows', (count) => {
    expect(() => purgedBlocks(times, count)).toThrow(refusal('too_few_rows'))
  })
})
