import type { DayMarks } from './day-marks.ts'
import { beginDay, createDayMarks } from './day-marks.ts'
import type { Fading } from './fading.ts'
import { addFading, createFading } from './fading.ts'
import type { Outcome } from './outcome.ts'
import type { ResultMarks } from './result-marks.ts'
import { createResultMarks, markResult, resultWindowStart } from './result-marks.ts'
import {
  DECIDED,
  MINUTES,
  MONEY_BETS,
  MONEY_PROFIT,
  MONEY_STAKE,
  PLACED,
  PRICED,
  RESIDUAL,
  RETURN,
  RETURN_SQUARES,
  RETURNED,
  SETTLED,
  STAKE,
  TIMED,
  TOTALS,
  WINS,
} from './totals.ts'

/** What a group of bets has done so far. */
export interface Tally {
  /** By the positions in `totals.ts`. */
  readonly totals: Float64Array
  readonly resultMarks: ResultMarks
  readonly dayMarks: DayMarks
  readonly fading: Fading
  /** Wins in a row, or losses as a negative number; other results do not break a run. */
  streak: number
  /** NaN before the first placement. */
  firstPlacedAtMs: number
  lastPlacedAtMs: number
  /** When the latest result was known; NaN before the first. */
  lastKnownAtMs: number
}

export function createTally(): Tally {
  return {
    totals: new Float64Array(TOTALS),
    resultMarks: createResultMarks(),
    dayMarks: createDayMarks(),
    fading: createFading(),
    streak: 0,
    firstPlacedAtMs: Number.NaN,
    lastPlacedAtMs: Number.NaN,
    lastKnownAtMs: Number.NaN,
  }
}

/** Adds a placement. @param stakeMinor  0 where unknown or of another currency */
export function addPlacement(tally: Tally, placedAtMs: number, day: number, stakeMinor: number): void {
  const { totals } = tally
  beginDay(tally.dayMarks, day, totals)
  totals[PLACED] = (totals[PLACED] as number) + 1
  totals[STAKE] = (totals[STAKE] as number) + stakeMinor
  if (Number.isNaN(tally.firstPlacedAtMs)) tally.firstPlacedAtMs = placedAtMs
  tally.lastPlacedAtMs = placedAtMs
}

/** Adds a result that has become known on `day`. */
export function addResult(tally: Tally, outcome: Outcome, day: number): void {
  const { totals } = tally
  beginDay(tally.dayMarks, day, totals)
  totals[SETTLED] = (totals[SETTLED] as number) + 1
  if (outcome.isDecided) {
    totals[DECIDED] = (totals[DECIDED] as number) + 1
    if (outcome.isWon) totals[WINS] = (totals[WINS] as number) + 1
    tally.streak = outcome.isWon ? Math.max(tally.streak, 0) + 1 : Math.min(tally.streak, 0) - 1
  }
  if (outcome.isPriced) {
    totals[PRICED] = (totals[PRICED] as number) + 1
    totals[RESIDUAL] = (totals[RESIDUAL] as number) + outcome.residualUnits
    addFading(tally.fading, outcome.residual, day)
  }
  if (outcome.isReturned) {
    totals[RETURNED] = (totals[RETURNED] as number) + 1
    totals[RETURN] = (totals[RETURN] as number) + outcome.returnUnits
    totals[RETURN_SQUARES] = (totals[RETURN_SQUARES] as number) + outcome.returnSquare
  }
  if (outcome.isTimed) {
    totals[TIMED] = (totals[TIMED] as number) + 1
    totals[MINUTES] = (totals[MINUTES] as number) + outcome.minutes
  }
  if (outcome.hasMoney) {
    totals[MONEY_BETS] = (totals[MONEY_BETS] as number) + 1
    totals[MONEY_STAKE] = (totals[MONEY_STAKE] as number) + outcome.stakeMinor
    totals[MONEY_PROFIT] = (totals[MONEY_PROFIT] as number) + outcome.profitMinor
  }
  tally.lastKnownAtMs = outcome.knownAtMs
  markResult(tally.resultMarks, totals)
}

/** What the last settled bets, `length` of them, added to one of the first totals. */
export function lastSum({ totals, resultMarks }: Tally, length: number, total: number): number {
  const start = resultWindowStart(resultMarks, length)
  return (totals[total] as number) - (resultMarks.rows[start + total] as number)
}
