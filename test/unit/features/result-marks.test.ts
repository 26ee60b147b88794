import { describe, expect, test } from 'vitest'
import {
  createResultMarks,
  exportResultMarks,
  importResultMarks,
  keptMarks,
  LONGEST_RESULT_WINDOW,
  type ResultMarks,
  resultsIn,
  resultWindowStart,
  slotOfNext,
} from '../../../shared/features/result-marks.ts'
import { RESULT_TOTALS, TOTALS } from '../../../shared/features/totals.ts'

/** The totals after n results: total i is n·(i + 1), plus n², so that no two windows are alike. */
function totalsAfter(n: number): Float64Array {
  return Float64Array.from({ length: TOTALS }, (_, i) => n * (i + 1) + n * n)
}

function marksAfter(n: number, marks = createResultMarks()): ResultMarks {
  for (let k = marks.results + 1; k <= n; k++) {
    const slot = slotOfNext(marks)
    marks.rows.set(totalsAfter(k).subarray(0, RESULT_TOTALS), slot)
  }
  return marks
}

function markOf(marks: ResultMarks, length: number): number[] {
  const start = resultWindowStart(marks, length)
  return [...marks.rows.subarray(start, start + RESULT_TOTALS)]
}

function expectedMark(n: number, length: number): number[] {
  return [...totalsAfter(Math.max(0, n - length)).subarray(0, RESULT_TOTALS)]
}

function wrongWindows(marks: ResultMarks): number[] {
  const lengths = Array.from({ length: LONGEST_RESULT_WINDOW }, (_, i) => i + 1)
  return lengths.filter((length) => markOf(marks, length).join() !== expectedMark(marks.results, length).join())
}

describe('marks of results', () => {
  test('start every window of up to fifty where it starts, over two hundred results', () => {
    const marks = createResultMarks()
    for (let n = 0; n <= 200; n++) {
      marksAfter(n, marks)
      expect(wrongWindows(marks)).toEqual([])
    }
  })

  test.each([
    [0, 8],
    [7, 8],
    [8, 16],
    [15, 16],
    [16, 32],
    [31, 32],
    [32, 64],
    [63, 64],
    [64, 64],
    [1000, 64],
  ])('after %d results have room for %d', (n, capacity) => {
    expect(marksAfter(n).rows.length / RESULT_TOTALS).toBe(capacity)
  })

  test('know how many results a window has', () => {
    expect([0, 3, 10, 11].map((n) => resultsIn(marksAfter(n), 10))).toEqual([0, 3, 10, 10])
  })

  test.each([0, 1, 7, 8, 9, 15, 16, 31, 32, 49, 50, 51, 63, 64, 65, 130, 200])(
    'after %d results are read back as they were written, and go on alike',
    (n) => {
      const marks = marksAfter(n)
      const written = new Float64Array(keptMarks(marks) * RESULT_TOTALS + 2).fill(-1)
      exportResultMarks(marks, written, 1)
      expect([written[0], written.at(-1)]).toEqual([-1, -1])
      const readBack = importResultMarks(written.subarray(1, -1), n)
      expect(wrongWindows(readBack)).toEqual([])
      expect(readBack.rows.length).toBe(marks.rows.length)
      for (let k = n; k <= n + 70; k++) expect(wrongWindows(marksAfter(k, readBack))).toEqual([])
    },
  )

  test('keep no more than the longest window can start from', () => {
    expect([0, 1, 49, 50, 51, 1000].map((n) => keptMarks(marksAfter(n)))).toEqual([1, 2, 50, 51, 51, 51])
  })
})
