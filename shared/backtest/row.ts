import type { Bet } from '../bets/bet.ts'
import { isSettled, netReturnPerUnit } from '../bets/settlement.ts'
import { knownAtMs } from '../features/settlement-lag.ts'
import { DomainError } from '../kernel/errors.ts'

/** A settled bet that was on offer: what a betting rule would have met, and what became of it. */
export interface BacktestCandidate {
  placedAtMs: number
  /** When the stake and what was won came back, ≥ `placedAtMs`. */
  knownAtMs: number
  decimalOdds: number
  /** Net return per unit staked, ≥ −1; 0 for a push. */
  returnPerUnit: number
  /** Price taken / closing price − 1; undefined where unknown. */
  closingLineValue: number | undefined
}

/** A candidate with the win probability that a model gave it before it was placed. */
export interface BacktestRow extends BacktestCandidate {
  /** In [0, 1]. */
  probability: number
  /** The market's own probability, of which the placebo bets: the price, recalibrated where the caller can. In [0, 1]. */
  marketProbability: number
}

/**
 * What a bet of a ledger is to a back-test; undefined where it cannot be replayed: open, free (no stake is at risk),
 * without a price or a known return, or recorded as losing more than its stake.
 */
export function candidateOf(bet: Bet): BacktestCandidate | undefined {
  const returnPerUnit = netReturnPerUnit(bet)
  if (!isSettled(bet.state) || bet.decimalOdds === null || returnPerUnit === undefined) return undefined
  if (!(returnPerUnit >= -1)) return undefined
  return {
    placedAtMs: bet.placedAtMs,
    knownAtMs: Math.max(bet.placedAtMs, knownAtMs(bet)),
    decimalOdds: bet.decimalOdds,
    returnPerUnit,
    closingLineValue: bet.closingLineValue ?? undefined,
  }
}

/** @throws {DomainError} `row_out_of_range`, naming the row and the field (NaN included) */
export function assertRow(row: BacktestRow, r: number): void {
  const { placedAtMs, decimalOdds, returnPerUnit, closingLineValue, probability, marketProbability } = row
  const checks: readonly [keyof BacktestRow, boolean, string][] = [
    ['placedAtMs', Number.isFinite(placedAtMs), 'an instant'],
    ['knownAtMs', row.knownAtMs >= placedAtMs && Number.isFinite(row.knownAtMs), 'not before the placement'],
    ['decimalOdds', decimalOdds > 1 && Number.isFinite(decimalOdds), 'greater than 1'],
    ['returnPerUnit', returnPerUnit >= -1 && Number.isFinite(returnPerUnit), 'at least -1'],
    ['probability', probability >= 0 && probability <= 1, 'in [0, 1]'],
    ['marketProbability', marketProbability >= 0 && marketProbability <= 1, 'in [0, 1]'],
    ['closingLineValue', closingLineValue === undefined || closingLineValue > -1, 'greater than -1'],
  ]
  for (const [field, holds, rule] of checks) {
    if (holds) continue
    throw new DomainError('row_out_of_range', `${field} ${row[field]} of row ${r}: must be ${rule}`, { field })
  }
}

/**
 * Order in which rows are met: by placement, then by everything else that tells two rows apart, so that the order in which
 * a caller lists bets of one instant changes nothing.
 */
export function byPlacementThenContent(a: BacktestRow, b: BacktestRow): number {
  return (
    a.placedAtMs - b.placedAtMs ||
    a.knownAtMs - b.knownAtMs ||
    a.decimalOdds - b.decimalOdds ||
    a.probability - b.probability ||
    a.returnPerUnit - b.returnPerUnit ||
    (a.closingLineValue ?? -1) - (b.closingLineValue ?? -1)
  )
}
