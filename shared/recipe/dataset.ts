import type { Bet } from '../bets/bet.ts'
import { isDecisive } from '../bets/settlement.ts'
import type { FeatureRows } from '../features/replay.ts'
import type { FeatureMatrix } from '../trees/matrix.ts'
import { rowRange } from '../trees/matrix.ts'

/** The bets a win probability is learned from and scored on, in order of placement. */
export interface LearningRows {
  matrix: FeatureMatrix
  /** 1 where won, 0 where lost. */
  labels: Float64Array
  /** 1/decimalOdds. */
  impliedProbabilities: Float64Array
  placedAtMs: Float64Array
}

/** American ±10,000: prices outside are lottery tickets or slips of the pen. */
const SHORTEST_DECIMAL_ODDS = 1.01
const LONGEST_DECIMAL_ODDS = 101

const DAY_MS = 86_400_000

/** Whether a bet can teach a win probability: simply won or lost, at a price within American ±10,000. */
export function isLearnable(bet: Bet): bet is Bet & { decimalOdds: number } {
  return isDecisive(bet.state) && bet.decimalOdds !== null && isWithinPriceRange(bet.decimalOdds)
}

/** Whether a price lies in the range that models are trained on, American ±10,000. */
export function isWithinPriceRange(decimalOdds: number): boolean {
  // +10,000 is 101 exactly and −10,000 is 1.01 to the last place; the slack forgives a rounding of either.
  return decimalOdds >= SHORTEST_DECIMAL_ODDS - 1e-9 && decimalOdds <= LONGEST_DECIMAL_ODDS + 1e-9
}

/** Picks the learnable bets. */
export function learningRows(rows: FeatureRows): LearningRows {
  const picked = rows.bets.flatMap((bet, r) => (isLearnable(bet) ? [{ bet, r }] : []))
  return {
    matrix: {
      nRows: picked.length,
      columns: rows.columns.map((column) => Float32Array.from(picked, ({ r }) => column[r] as number)),
    },
    labels: Float64Array.from(picked, ({ bet }) => (bet.state === 'won' ? 1 : 0)),
    impliedProbabilities: Float64Array.from(picked, ({ bet }) => 1 / bet.decimalOdds),
    placedAtMs: Float64Array.from(picked, ({ bet }) => bet.placedAtMs),
  }
}

/** Rows [begin, end), sharing memory. */
export function sliceRows(rows: LearningRows, begin: number, end: number): LearningRows {
  return {
    matrix: rowRange(rows.matrix, begin, end),
    labels: rows.labels.subarray(begin, end),
    impliedProbabilities: rows.impliedProbabilities.subarray(begin, end),
    placedAtMs: rows.placedAtMs.subarray(begin, end),
  }
}

/** UTC day of each row, the cluster within which bets share games. */
export function dayOfRow(rows: LearningRows): Float64Array {
  return rows.placedAtMs.map((instant) => Math.floor(instant / DAY_MS))
}
