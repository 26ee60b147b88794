import { DAY_TOTALS } from './totals.ts'

const DAY_MS = 86_400_000

/** Windows over days: the day of the question and those before it, so many in all. */
export const DAY_WINDOWS = [7, 30, 90] as const
const LONGEST_DAY_WINDOW = 90

/** Day of UTC of an instant, counted from 1 January 1970. */
export function dayOf(instantMs: number): number {
  return Math.floor(instantMs / DAY_MS)
}

/** A start that stands for the present totals: nothing has happened within the window. */
export const NOTHING_WITHIN = -1

/**
 * The first {@link DAY_TOTALS} totals of a group as they were at the end of each day on which something happened, as far
 * back as the longest window reaches.
 */
export interface DayMarks {
  /** Latest day on which something happened; it has no mark yet. −Infinity before the first. */
  today: number
  /** Days of the marks, ascending, in [begin, end). Slot 0 is not used. */
  days: Int32Array
  /** `[capacity, DAY_TOTALS]`, row-major; row 0 is all zeros, for windows that reach back before everything. */
  rows: Float64Array
  begin: number
  end: number
  /** Day for which {@link starts} were looked up; NaN where they must be. */
  startsOf: number
  /** Where in `rows` each of the windows starts. */
  starts: Int32Array
}

export function createDayMarks(): DayMarks {
  return {
    today: Number.NEGATIVE_INFINITY,
    days: new Int32Array(4),
    rows: new Float64Array(4 * DAY_TOTALS),
    begin: 1,
    end: 1,
    startsOf: Number.NaN,
    starts: new Int32Array(DAY_WINDOWS.length),
  }
}

/** Ends the days before `day`; to be called before the totals change, with days that never go back. */
export function beginDay(marks: DayMarks, day: number, totals: Float64Array): void {
  if (day === marks.today) return
  if (marks.today !== Number.NEGATIVE_INFINITY) appendMark(marks, marks.today, totals)
  marks.today = day
  marks.startsOf = Number.NaN
  dropOldMarks(marks, day)
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
export function lookUpDayWindows(marks: DayMarks, day: number): void {
  if (marks.startsOf === day) return
  marks.startsOf = day
  let slot = marks.end - 1
  for (let w = 0; w < DAY_WINDOWS.length; w++) {
    const lastBefore = day - (DAY_WINDOWS[w] as number)
    while (slot >= marks.begin && (marks.days[slot] as number) > lastBefore) slot -= 1
    marks.starts[w] = marks.today <= lastBefore ? NOTHING_WITHIN : slot < marks.begin ? 0 : slot * DAY_TOTALS
  }
}

/** The sum of one total over window `w` of {@link DAY_WINDOWS}, after {@link lookUpDayWindows}. */
export function dayWindowSum(marks: DayMarks, w: number, totals: Float64Array, total: number): number {
  const start = marks.starts[w] as number
  return start === NOTHING_WITHIN ? 0 : (totals[total] as number) - (marks.rows[start + total] as number)
}

/** The marks that windows ending on `day` or later can start from, for a snapshot. */
export function exportDayMarks(marks: DayMarks, day: number): { days: number[]; rows: Float64Array } {
  const oldest = day - LONGEST_DAY_WINDOW
  // Where the latest day itself is too old, the mark that it will get is all that a window can start from.
  let begin = marks.today <= oldest ? marks.end : marks.begin
  while (begin + 1 < marks.end && (marks.days[begin + 1] as number) <= oldest) begin += 1
  return {
    days: Array.from(marks.days.subarray(begin, marks.end)),
    rows: marks.rows.slice(begin * DAY_TOTALS, marks.end * DAY_TOTALS),
  }
}

export function importDayMarks(today: number, days: ArrayLike<number>, rows: Float64Array): DayMarks {
  const marks = createDayMarks()
  marks.today = today
  marks.days = new Int32Array(days.length + 4)
  marks.rows = new Float64Array((days.length + 4) * DAY_TOTALS)
  marks.days.set(days, 1)
  marks.rows.set(rows, DAY_TOTALS)
  marks.end = 1 + days.length
  return marks
}
