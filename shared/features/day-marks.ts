import { DAY_TOTALS, TODAY, WINDOW_STARTS, WINDOWS_ON } from './totals.ts'

const DAY_MS = 86_400_000

/** Windows over days: the day of the question and those before it, so many in all. */
export const DAY_WINDOWS = [7, 30, 90] as const
const LONGEST_DAY_WINDOW = 90

/** Day of UTC of an instant, counted from 1 January 1970. */
export function dayOf(instantMs: number): number {
  return Math.floor(instantMs / DAY_MS)
}

/**
 * The first {@link DAY_TOTALS} totals of a group as they were at the end of each day on which something happened, as far
 * back as the longest window reaches.
 *
 * The latest such day has no mark yet; which one it is, and where the windows start, stands among the group's numbers.
 */
export interface DayMarks {
  /** Days of the marks, ascending, in [begin, end). Slot 0 is not used. */
  days: Int32Array
  /** `[capacity, DAY_TOTALS]`, row-major; row 0 is all zeros, for windows that reach back before everything. */
  rows: Float64Array
  begin: number
  end: number
}

/** A group's numbers, by the positions in `totals.ts`, and its marks. */
export interface Diary {
  readonly numbers: Float64Array
  readonly dayMarks: DayMarks
}

export function createDayMarks(): DayMarks {
  return { days: new Int32Array(4), rows: new Float64Array(4 * DAY_TOTALS), begin: 1, end: 1 }
}

/** Ends the days before `day`; to be called before the totals change, with days that never go back. */
export function beginDay({ numbers, dayMarks }: Diary, day: number): void {
  const today = numbers[TODAY] as number
  if (day === today) return
  if (today !== Number.NEGATIVE_INFINITY) appendMark(dayMarks, today, numbers)
  numbers[TODAY] = day
  numbers[WINDOWS_ON] = Number.NaN
  dropOldMarks(dayMarks, day)
}

function appendMark(marks: DayMarks, day: number, totals: Float64Array): void {
  if (marks.end === marks.days.length) makeRoom(marks)
  marks.days[marks.end] = day
  const start = marks.end * DAY_TOTALS
  for (let i = 0; i < DAY_TOTALS; i++) marks.rows[start + i] = totals[i] as number
  marks.end += 1
}

function makeRoom(marks: DayMarks): void {
  const { begin, end, days, rows } = marks
  const kept = end - begin
  const isHalfEmpty = kept < days.length / 2
  if (!isHalfEmpty) {
    marks.days = new Int32Array(2 * days.length)
    marks.rows = new Float64Array(2 * rows.length)
  }
  marks.days.set(days.subarray(begin, end), 1)
  marks.rows.set(rows.subarray(begin * DAY_TOTALS, end * DAY_TOTALS), DAY_TOTALS)
  marks.begin = 1
  marks.end = 1 + kept
}

/** Lets go of marks that no window starting on `day` or later needs; the latest of the old ones is where they start. */
function dropOldMarks(marks: DayMarks, day: number): void {
  const oldest = day - LONGEST_DAY_WINDOW
  while (marks.begin + 1 < marks.end && (marks.days[marks.begin + 1] as number) <= oldest) marks.begin += 1
}

/** Looks up where the windows that end on `day` start, where that is not known already. */
export function lookUpDayWindows({ numbers, dayMarks }: Diary, day: number): void {
  if (numbers[WINDOWS_ON] === day) return
  const { begin, end, days, rows } = dayMarks
  const today = numbers[TODAY] as number
  // The present, where a window starts from it, may still change today.
  const mayChange = today !== Number.NEGATIVE_INFINITY && today <= day - DAY_WINDOWS[0]
  numbers[WINDOWS_ON] = mayChange ? Number.NaN : day
  const lastMarked = days[end - 1] as number
  for (let w = 0; w < DAY_WINDOWS.length; w++) {
    const lastBefore = day - (DAY_WINDOWS[w] as number)
    // A mark so many slots before the last is at least as many days before it: the one looked for is there or later.
    let slot = Math.max(begin - 1, end - 1 - Math.max(0, lastMarked - lastBefore))
    while (slot + 1 < end && (days[slot + 1] as number) <= lastBefore) slot += 1
    // Where nothing has happened within the window, it starts from the present.
    const isPresent = today <= lastBefore
    const from = isPresent || slot < begin ? 0 : slot * DAY_TOTALS
    const source = isPresent ? numbers : rows
    const start = WINDOW_STARTS + w * DAY_TOTALS
    for (let i = 0; i < DAY_TOTALS; i++) numbers[start + i] = source[from + i] as number
  }
}

/** The sum of one total over window `w` of {@link DAY_WINDOWS}, after {@link lookUpDayWindows}. */
export function dayWindowSum(numbers: Float64Array, w: number, total: number): number {
  return (numbers[total] as number) - (numbers[WINDOW_STARTS + w * DAY_TOTALS + total] as number)
}

/** The marks that windows ending on `day` or later can start from, for a snapshot. */
export function exportDayMarks(
  { numbers, dayMarks: marks }: Diary,
  day: number,
): { days: number[]; rows: Float64Array } {
  const oldest = day - LONGEST_DAY_WINDOW
  // Where the latest day itself is too old, the mark that it will get is all that a window can start from.
  let begin = (numbers[TODAY] as number) <= oldest ? marks.end : marks.begin
  while (begin + 1 < marks.end && (marks.days[begin + 1] as number) <= oldest) begin += 1
  return {
    days: Array.from(marks.days.subarray(begin, marks.end)),
    rows: marks.rows.slice(begin * DAY_TOTALS, marks.end * DAY_TOTALS),
  }
}

export function importDayMarks(days: ArrayLike<number>, rows: Float64Array): DayMarks {
  const capacity = days.length + 4
  const marks = { days: new Int32Array(capacity), rows: new Float64Array(capacity * DAY_TOTALS) }
  marks.days.set(days, 1)
  marks.rows.set(rows, DAY_TOTALS)
  return { ...marks, begin: 1, end: 1 + days.length }
}
