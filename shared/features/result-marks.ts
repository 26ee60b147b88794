import { RESULT_TOTALS } from './totals.ts'

/** The longest window over results. */
export const LONGEST_RESULT_WINDOW = 50

const FIRST_CAPACITY = 8
/** A power of two above the longest window, so that its first mark is still there. */
const FULL_CAPACITY = 64

/**
 * The first {@link RESULT_TOTALS} totals of a group as they were after each of its latest settled bets.
 *
 * The mark after n results stands in slot n modulo the capacity; that after none is all zeros.
 */
export interface ResultMarks {
  /** `[capacity, RESULT_TOTALS]`, row-major. */
  rows: Float64Array
  /** The capacity less one, a mask since the capacity is a power of two. */
  mask: number
  /** Results so far. */
  results: number
}

export function createResultMarks(): ResultMarks {
  return { rows: new Float64Array(FIRST_CAPACITY * RESULT_TOTALS), mask: FIRST_CAPACITY - 1, results: 0 }
}

/** Counts one more result. @returns where in `rows` the totals after it are to be written */
export function slotOfNext(marks: ResultMarks): number {
  marks.results += 1
  if (marks.results > marks.mask && marks.mask < FULL_CAPACITY - 1) grow(marks)
  return slotOf(marks, marks.results)
}

/** Doubles the capacity; until then no slot has been used twice, so every mark stays where it is. */
function grow(marks: ResultMarks): void {
  const rows = new Float64Array(2 * marks.rows.length)
  rows.set(marks.rows)
  marks.rows = rows
  marks.mask = 2 * marks.mask + 1
}

/** Where in `rows` the totals begin that a window over the latest `length` results starts from. */
export function resultWindowStart(marks: ResultMarks, length: number): number {
  return slotOf(marks, Math.max(0, marks.results - length))
}

/** How many results a window of `length` has. */
export function resultsIn(marks: ResultMarks, length: number): number {
  return Math.min(length, marks.results)
}

function slotOf({ mask }: ResultMarks, results: number): number {
  return (results & mask) * RESULT_TOTALS
}

/** How many marks a snapshot keeps: those that a window may start from, and the latest. */
export function keptMarks({ results }: Pick<ResultMarks, 'results'>): number {
  return Math.min(results, LONGEST_RESULT_WINDOW) + 1
}

/** Copies the kept marks, oldest first, to `out` from `at`. */
export function exportResultMarks(marks: ResultMarks, out: Float64Array, at: number): void {
  const { first, untilEnd, kept } = keptSlots(marks)
  const row = (slot: number) => slot * RESULT_TOTALS
  out.set(marks.rows.subarray(row(first), row(first + untilEnd)), at)
  out.set(marks.rows.subarray(0, row(kept - untilEnd)), at + row(untilEnd))
}

/** The marks of which `exported` holds the kept ones, after `results` results. */
export function importResultMarks(exported: Float64Array, results: number): ResultMarks {
  let capacity = FIRST_CAPACITY
  while (capacity < FULL_CAPACITY && results >= capacity) capacity *= 2
  const marks = { rows: new Float64Array(capacity * RESULT_TOTALS), mask: capacity - 1, results }
  const { first, untilEnd } = keptSlots(marks)
  marks.rows.set(exported.subarray(0, untilEnd * RESULT_TOTALS), first * RESULT_TOTALS)
  marks.rows.set(exported.subarray(untilEnd * RESULT_TOTALS), 0)
  return marks
}

/** Where the kept marks stand: from slot `first` as many as reach the end of the slots, the others from slot 0. */
function keptSlots(marks: ResultMarks): { first: number; untilEnd: number; kept: number } {
  const kept = keptMarks(marks)
  const first = (marks.results - kept + 1) & marks.mask
  return { first, kept, untilEnd: Math.min(kept, marks.mask + 1 - first) }
}
