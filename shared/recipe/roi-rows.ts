import { isDecisive, netReturnPerUnit } from '../bets/settlement.ts'
import type { FeatureRows } from '../features/replay.ts'
import { knownAtMs } from '../features/settlement-lag.ts'
import { LARGEST_RETURN } from '../features/totals.ts'
import { clamp } from '../kernel/numeric.ts'
import type { LearningRows } from './dataset.ts'
import { isWithinPriceRange, takeRows } from './dataset.ts'

/**
 * The bets that an expected return is learned from and scored on, in order of placement: settled, at a price within
 * American ±10,000, with a known net return.
 *
 * Wider than what a win probability is learned from: pushes and voids returned the stake, half results and cash-outs a
 * part, and all are what becomes of stakes. Left out as from a win they would say that every bet is decided. Free bets have
 * no stake to return. Returns are kept within [−1, 100].
 *
 * @returns labels 1 where won, 0 where lost, NaN where neither
 */
export function returnRows(rows: FeatureRows): LearningRows {
  const picked = rows.bets.flatMap((bet, r) => {
    const perUnit = netReturnPerUnit(bet)
    const { decimalOdds } = bet
    if (perUnit === undefined || decimalOdds === null || !isWithinPriceRange(decimalOdds)) return []
    return [{ bet, r, perUnit, decimalOdds }]
  })
  return {
    matrix: {
      nRows: picked.length,
      columns: rows.columns.map((column) => Float32Array.from(picked, ({ r }) => column[r] as number)),
    },
    ledgerRows: Int32Array.from(picked, ({ r }) => r),
    labels: Float64Array.from(picked, ({ bet: { state } }) =>
      isDecisive(state) ? Number(state === 'won') : Number.NaN,
    ),
    impliedProbabilities: Float64Array.from(picked, ({ decimalOdds }) => 1 / decimalOdds),
    returns: Float64Array.from(picked, ({ perUnit }) => clamp(perUnit, -1, LARGEST_RETURN)),
    placedAtMs: Float64Array.from(picked, ({ bet }) => bet.placedAtMs),
    knownAtMs: Float64Array.from(picked, ({ bet }) => knownAtMs(bet)),
  }
}

/** The rows that were simply won or lost, from which the price is recalibrated. */
export function decidedRows(rows: LearningRows): LearningRows {
  return takeRows(
    rows,
    Int32Array.from(rows.labels.keys()).filter((r) => !Number.isNaN(rows.labels[r])),
  )
}
