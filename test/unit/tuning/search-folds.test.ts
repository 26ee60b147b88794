import { describe, expect, it } from 'vitest'
import { searchedRows, searchFolds } from '../../../shared/tuning/search-folds.ts'

/** Twenty rows an hour apart, known half an hour later but for those named. */
function times(known: Record<number, number> = {}) {
  const madeAtMs = Float64Array.from({ length: 20 }, (_, r) => r)
  return { madeAtMs, knownAtMs: madeAtMs.map((start, r) => known[r] ?? start + 0.5) }
}

function rows(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
}

function plain(folds: ReturnType<typeof searchFolds>) {
  return folds.map(({ learn, test }) => ({ learn: [...learn], test: [...test] }))
}

describe('searchFolds', () => {
  it('cuts the second half of the first 60 % of rows, each part learned from all rows before it', () => {
    expect(plain(searchFolds(times(), 3))).toEqual([
      { learn: rows(0, 6), test: [6, 7] },
      { learn: rows(0, 8), test: [8, 9] },
      { learn: rows(0, 10), test: [10, 11] },
    ])
  })

  it('learns from no row whose label was not known before the first test row', () => {
    // Row 2 is known at 7.2, after row 6 and before row 8; row 5 at the very instant of row 6.
    const [first, second] = plain(searchFolds(times({ 2: 7.2, 5: 6 }), 3))
    expect(first?.learn).toEqual([0, 1, 3, 4])
    expect(second?.learn).toEqual(rows(0, 8))
  })

  it('tests on no row whose label was known only when the untouched rows had begun', () => {
    expect(plain(searchFolds(times({ 8: 12, 9: 11.9 }), 3))[1]?.test).toEqual([9])
  })

  it('never names a row of the last 40 %', () => {
    for (const n of [20, 21, 33, 1000]) {
      const madeAtMs = Float64Array.from({ length: n }, (_, r) => r)
      const folds = searchFolds({ madeAtMs, knownAtMs: madeAtMs }, 3)
      expect(Math.max(...folds.flatMap(({ learn, test }) => [...learn, ...test]))).toBe(Math.floor(n * 0.6) - 1)
    }
    expect(searchedRows(5)).toBe(3)
  })

  it.each([
    ['no row', 0, 3],
    ['too few rows', 6, 4],
    ['no fold', 20, 0],
    ['no number of folds', 20, Number.NaN],
  ])('refuses %s', (_, n, count) => {
    const madeAtMs = Float64Array.from({ length: n }, (_row, r) => r)
    expect(() => searchFolds({ madeAtMs, knownAtMs: madeAtMs }, count)).toThrow(
      expect.objectContaining({ code: 'too_few_rows' }),
    )
  })

  it('refuses rows of which no label was known in time', () => {
    const { madeAtMs } = times()
    const never = { madeAtMs, knownAtMs: madeAtMs.map(() => Number.POSITIVE_INFINITY) }
    expect(() => searchFolds(never, 2)).toThrow(expect.objectContaining({ code: 'too_few_rows' }))
  })

  it('refuses times that are none', () => {
    const { madeAtMs } = times()
    const unknown = { madeAtMs, knownAtMs: madeAtMs.map(() => Number.NaN) }
    expect(() => searchFolds(unknown, 2)).toThrow(expect.objectContaining({ code: 'instant_not_finite' }))
  })
})
