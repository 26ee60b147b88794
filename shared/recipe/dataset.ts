import type { Bet } from '../bets/bet.ts'
import { isDecisive, netReturnPerUnit } from '../bets/settlement.ts'
import type { LabelTimes } from '../evaluation/purged-folds.ts'
import type { FeatureRows } from '../features/replay.ts'
import { knownAtMs } from '../features/settlement-lag.ts'
import type { FeatureMatrix } from '../trees/matrix.ts'
import { rowRange } from '../trees/matrix.ts'

/** The bets a win probability is learned from and scored on, in order of placement. */
export interface LearningRows {
  matrix: FeatureMatrix
  /** Number of each row's bet in the ledger. */
  ledgerRows: Int32Array
  /** 1 where won, 0 where lost. */
  labels: Float64Array
  /** 1/decimalOdds. */
  impliedProbabilities: Float64Array
  /** Net return per unit staked; NaN where it is not known. */
  returns: Float64Array
  placedAtMs: Float64Array
  /** When the result was known to the bettor. */
  knownAtMs: Float64Array
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
    ledgerRows: Int32Array.from(picked, ({ r }) => r),
    labels: Float64Array.from(picked, ({ bet }) => (bet.state === 'won' ? 1 : 0)),
    impliedProbabilities: Float64Array.from(picked, ({ bet }) => 1 / bet.decimalOdds),
    returns: Float64Array.from(picked, ({ bet }) => netReturnPerUnit(bet) ?? Number.NaN),
    placedAtMs: Float64Array.from(picked, ({ bet }) => bet.placedAtMs),
    knownAtMs: Float64Array.from(picked, ({ bet }) => knownAtMs(bet)),
  }
}

/** Rows [begin, end), sharing memory. */
export function sliceRows(rows: LearningRows, begin: number, end: number): LearningRows {
  return {
    matrix: rowRange(rows.matrix, begin, end),
    ledgerRows: rows.ledgerRows.subarray(begin, end),
    labels: rows.labels.subarray(begin, end),
    impliedProbabilities: rows.impliedProbabilities.subarray(begin, end),
    returns: rows.returns.subarray(begin, end),
    placedAtMs: rows.placedAtMs.subarray(begin, end),
    knownAtMs: rows.knownAtMs.subarray(begin, end),
  }
}

/** The rows of these numbers, copied. */
export function takeRows(rows: LearningRows, numbers: Int32Array): LearningRows {
  const taken = (column: Float64Array) => Float64Array.from(numbers, (r) => column[r] as number)
  return {
    matrix: {
      nRows: numbers.length,
      columns: rows.matrix.columns.map((column) => Float32Array.from(numbers, (r) => column[r] as number)),
    },
    ledgerRows: Int32Array.from(numbers, (r) => rows.ledgerRows[r] as number),
    labels: taken(rows.labels),
    impliedProbabilities: taken(rows.impliedProbabilities),
    returns: taken(rows.returns),
    placedAtMs: taken(rows.placedAtMs),
    knownAtMs: taken(rows.knownAtMs),
  }
}

/** When each row was made and when its label was known, for whoever keeps the two apart. */
export function labelTimes({ placedAtMs, knownAtMs }: LearningRows): LabelTimes {
  return { madeAtMs: placedAtMs, knownAtMs }
}

/** UTC day of each row, the cluster within which bets share games. */
export function dayOfRow(rows: LearningRows): Float64Array {
  return rows.placedAtMs.map((instant) => Math.floor(instant / DAY_MS))
}
