import { DomainError } from '../kernel/errors.ts'
import { assertDecimalOdds } from './convert.ts'

/**
 * Expected value per unit staked of a bet at a fixed price.
 *
 * EV = p·d − 1, with p the win probability and d the decimal odds.
 *
 * @param p            win probability, in [0, 1]
 * @param decimalOdds  total return per unit staked, > 1
 * @returns            ≥ −1; multiply by 100 for the expected ROI in per cent
 * @throws {DomainError} `probability_out_of_range`, `odds_out_of_range` (NaN included)
 * @example expectedValue(0.55, 2.0) // 0.1
 */
export function expectedValue(p: number, decimalOdds: number): number {
  assertProbability(p)
  assertDecimalOdds(decimalOdds)
  return p * decimalOdds - 1
}

/**
 * Kelly fraction of bankroll for one binary bet at a fixed price.
 *
 * f* = (b·p − q) / b, with b = decimalOdds − 1 and q = 1 − p; floored at 0, since a bet cannot be sold back.
 * Assumes that p is calibrated.
 *
 * @param p            win probability, in [0, 1]
 * @param decimalOdds  total return per unit staked, > 1
 * @returns            share of bankroll, in [0, 1]; 1 only where p = 1
 * @throws {DomainError} `probability_out_of_range`, `odds_out_of_range` (NaN included)
 * @example kellyFraction(0.55, 2.0) // 0.1
 * @see J. L. Kelly, "A New Interpretation of Information Rate", BSTJ 35(4), 1956
 */
export function kellyFraction(p: number, decimalOdds: number): number {
  return Math.max(0, expectedValue(p, decimalOdds) / (decimalOdds - 1))
}

/** The share of the Kelly fraction that is staked: a quarter, since p is an estimate. */
export const STAKED_SHARE_OF_KELLY = 0.25

/** No single bet is advised above this share of bankroll. */
export const MAX_STAKE_SHARE = 0.05

/**
 * Advised stake as a share of bankroll: a quarter of Kelly, at most 5 %.
 *
 * @param kelly  {@link kellyFraction}, in [0, 1]
 * @returns      in [0, 0.05]
 */
export function stakeShare(kelly: number): number {
  return Math.min(MAX_STAKE_SHARE, kelly * STAKED_SHARE_OF_KELLY)
}

function assertProbability(p: number): void {
  if (!(p >= 0 && p <= 1)) {
    throw new DomainError('probability_out_of_range', `probability ${p}: must lie in [0, 1]`)
  }
}
