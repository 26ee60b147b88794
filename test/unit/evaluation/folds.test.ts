import { describe, expect, test } from 'vitest'
import { walkForwardFolds } from '../../../shared/evaluation/folds.ts'

describe('walkForwardFolds', () => {
  test.each([
    [10, [6, 7, 8, 9, 10]],
    [90, [54, 63, 72, 81, 90]],
    [1000, [600, 700, 800, 900, 1000]],
    [27_209, [16_325, 19_046, 21_767, 24_488, 27_209]],
    [15, [9, 10, 12, 13, 15]],
  ])('cuts %d rows at six, seven, eight and nine tenths', (nRows, cuts) => {
    expect(walkForwardFolds(nRows, 4)).toEqual(cuts.slice(1).map((testEnd, k) => ({ testBegin: cuts[k], testEnd })))
  })

  test.each([1, 2, 3, 4, 7])('tests every row of the last 40 %% once in %d folds', (count) => {
    const folds = walkForwardFolds(997, count)
    expect(folds).toHaveLength(count)
    expect(folds[0]?.testBegin).toBe(598)
    expect(folds.at(-1)?.testEnd).toBe(997)
    expect(folds.slice(1).map(({ testBegin }) => testBegin)).toEqual(folds.slice(0, -1).map(({ testEnd }) => testEnd))
  })

  test.each([
    [0, 4],
    [1, 1],
    [5, 4],
    [Number.NaN, 4],
    [100, 0],
    [100, Number.NaN],
  ])('refuses %d rows in %d folds', (nRows, count) => {
    expect(() => walkForwardFolds(nRows, count)).toThrow(expect.objectContaining({ code: 'too_few_rows' }))
  })
})
