import type { BetState } from '../bets/bet.ts'
import { BET_STATES } from '../bets/bet.ts'
import { isSettled, returnByRule } from '../bets/settlement.ts'
import type { LedgerSlice } from './slice.ts'

/** State of a row. */
export function stateOf(slice: LedgerSlice, row: number): BetState {
  return BET_STATES[slice.state[row] as number] as BetState
}

/**
 * Log-odds of the probability that a price implies, −ln(d − 1): 0 at even money, symmetric about it, and without the
 * hole that American points have. NaN where there is no price.
 *
 * @example logOddsOfPrice(2) // -0
 */
export function logOddsOfPrice(decimalOdds: number): number {
  return -Math.log(decimalOdds - 1)
}

/**
 * Net return per unit staked that the source records of a settled bet: its money where known, else its own figure.
 *
 * @returns NaN where the bet is open or free, or the source records nothing
 */
export function recordedReturn(slice: LedgerSlice, row: number): number {
  if (slice.isFreeBet[row] === 1 || !isSettled(stateOf(slice, row))) return Number.NaN
  const stake = slice.stakeMinor[row] as number
  const profit = slice.profitMinor[row] as number
  return stake > 0 && !Number.isNaN(profit) ? profit / stake : (slice.returnPerUnit[row] as number)
}

/** Net return per unit staked that the settlement rule gives; NaN where it has no answer. */
export function ruledReturn(slice: LedgerSlice, row: number): number {
  const decimalOdds = slice.decimalOdds[row] as number
  return returnByRule(stateOf(slice, row), Number.isNaN(decimalOdds) ? null : decimalOdds) ?? Number.NaN
}

/**
 * By how much a payout is off, as a share of the full payout: (recorded − ruled return) / d.
 *
 * Divided by the price d, one number serves favourites and long shots alike: −0.1 is a winner paid a tenth short, 0.3 a
 * loser paid three tenths of what a win would have brought. A loss, push or void has a ruled return without a price; the
 * unit is the stake then, d = 1.
 *
 * @returns NaN where nothing is recorded or the rule has no answer
 */
export function payoutResidual(slice: LedgerSlice, row: number): number {
  const recorded = recordedReturn(slice, row)
  return Number.isNaN(recorded) ? recorded : (recorded - ruledReturn(slice, row)) / payoutUnit(slice, row)
}

/** The full payout per unit staked where the price is known, else the stake itself. */
export function payoutUnit(slice: LedgerSlice, row: number): number {
  const decimalOdds = slice.decimalOdds[row] as number
  return Number.isNaN(decimalOdds) ? 1 : decimalOdds
}

/**
 * ln(1 + recorded return) of a bet that was won: where its price is missing, all that tells what was paid.
 *
 * @returns −Infinity where a winner is recorded to have lost its stake; NaN for all but winners, and where nothing is
 *          recorded
 */
export function logPayout(slice: LedgerSlice, row: number): number {
  return stateOf(slice, row) === 'won' ? Math.log1p(recordedReturn(slice, row)) : Number.NaN
}
