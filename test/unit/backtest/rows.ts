import type { BacktestRow } from '../../../shared/backtest/row.ts'
import { LEDGER_START_MS } from '../../support/bets.ts'

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** A row at evens, placed and settled some hours after the start, with an edge of 20 %. Won unless said. */
export function row(placedHour: number, knownHour: number, change: Partial<BacktestRow> = {}): BacktestRow {
  return {
    placedAtMs: LEDGER_START_MS + placedHour * HOUR_MS,
    knownAtMs: LEDGER_START_MS + knownHour * HOUR_MS,
    ...{ decimalOdds: 2, returnPerUnit: 1, closingLineValue: undefined },
    ...{ probability: 0.6, marketProbability: 0.5 },
    ...change,
  }
}

export const LOST = { returnPerUnit: -1 }
