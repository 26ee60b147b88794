import type { DayMarks } from './day-marks.ts'
import { beginDay, createDayMarks } from './day-marks.ts'
import { addFading } from './fading.ts'
import type { ResultMarks } from './result-marks.ts'
import { createResultMarks, resultWindowStart, slotOfNext } from './result-marks.ts'
import type { Spread } from './shrinkage.ts'
import { addToSpread, createSpread } from './shrinkage.ts'
import {
  DECIDED,
  FIRST_PLACED_AT,
  LAST_KNOWN_AT,
  LAST_PLACED_AT,
  PLACED,
  PRICED,
  RESIDUAL,
  RESULT_TOTALS,
  SETTLED,
  STAKE,
  STREAK,
  TALLY_NUMBERS,
  TODAY,
  TOTALS,
  UNIT,
  WINDOWS_ON,
  WINS,
} from './totals.ts'

/** What a group of bets has done so far. */
export interface Tally {
  /** By the positions in `totals.ts`. */
  readonly numbers: Float64Array
  readonly resultMarks: ResultMarks
  readonly dayMarks: DayMarks
  /** How much this group and those like it differ; shared by them. */
  readonly spread: Spread
}

export function createTally(spread: Spread = createSpread()): Tally {
  return { numbers: createNumbers(), resultMarks: createResultMarks(), dayMarks: createDayMarks(), spread }
}

/** The numbers of a tally before anything has happened. */
export function createNumbers(): Float64Array {
  const numbers = new Float64Array(TALLY_NUMBERS)
  numbers[FIRST_PLACED_AT] = Number.NaN
  numbers[LAST_PLACED_AT] = Number.NaN
  numbers[LAST_KNOWN_AT] = Number.NaN
  numbers[TODAY] = Number.NEGATIVE_INFINITY
  numbers[WINDOWS_ON] = Number.NaN
  return numbers
}

/** Adds a placement. @param stakeMinor  0 where unknown or of another currency */
export function addPlacement(tally: Tally, placedAtMs: number, day: number, stakeMinor: number): void {
  const { numbers } = tally
  if (numbers[TODAY] !== day) beginDay(tally, day)
  if (numbers[PLACED] === 0) numbers[FIRST_PLACED_AT] = placedAtMs
  numbers[PLACED] = (numbers[PLACED] as number) + 1
  numbers[STAKE] = (numbers[STAKE] as number) + stakeMinor
  numbers[LAST_PLACED_AT] = placedAtMs
}

/** Adds a result that has become known on `day`. @param outcome  what it adds to each total */
export function addResult(tally: Tally, outcome: Float64Array, knownAtMs: number, day: number): void {
  const { numbers, resultMarks } = tally
  if (numbers[TODAY] !== day) beginDay(tally, day)
  if (outcome[PRICED] === 1) {
    const residual = (outcome[RESIDUAL] as number) / UNIT
    addToSpread(tally.spread, numbers[PRICED] as number, (numbers[RESIDUAL] as number) / UNIT, residual)
    addFading(numbers, residual, day)
  }
  if (outcome[DECIDED] === 1) {
    const streak = numbers[STREAK] as number
    numbers[STREAK] = outcome[WINS] === 1 ? Math.max(streak, 0) + 1 : Math.min(streak, 0) - 1
  }
  numbers[LAST_KNOWN_AT] = knownAtMs
  const mark = slotOfNext(resultMarks)
  const { rows } = resultMarks
  for (let i = 0; i < RESULT_TOTALS; i++) {
    const total = (numbers[i] as number) + (outcome[i] as number)
    numbers[i] = total
    rows[mark + i] = total
  }
  for (let i = SETTLED; i < TOTALS; i++) numbers[i] = (numbers[i] as number) + (outcome[i] as number)
}

/** What the last settled bets, `length` of them, added to one of the first totals. */
export function lastSum({ numbers, resultMarks }: Tally, length: number, total: number): number {
  const start = resultWindowStart(resultMarks, length)
  return (numbers[total] as number) - (resultMarks.rows[start + total] as number)
}
