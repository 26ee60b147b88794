import { DomainError } from '../kernel/errors.ts'

/**
 * Decimal odds (total return per unit staked) of American odds.
 *
 * d = 1 + a/100 for a ≥ 100; d = 1 + 100/|a| for a ≤ −100. The scale has a hole: nothing lies between −100 and +100.
 *
 * @param americanOdds  finite, ≤ −100 or ≥ 100
 * @returns             decimal odds, > 1; from about −10^18 on exactly 1, the profit lost in binary floating point
 * @throws {DomainError} `odds_out_of_range` (NaN included)
 * @example decimalFromAmerican(-110) // 1.9090909090909092
 */
export function decimalFromAmerican(americanOdds: number): number {
  if (!(Math.abs(americanOdds) >= 100 && Number.isFinite(americanOdds))) {
    throw new DomainError(
      'odds_out_of_range',
      `american odds ${americanOdds}: a price is at least +100 or at most -100`,
      { field: 'odds' },
    )
  }
  return americanOdds > 0 ? 1 + americanOdds / 100 : 1 + 100 / -americanOdds
}

/**
 * American odds of decimal odds, rounded to whole points as books quote them; even money is +100.
 *
 * @param decimalOdds  > 1
 * @throws {DomainError} `odds_out_of_range` (NaN included)
 * @example americanFromDecimal(2.05) // 105
 */
export function americanFromDecimal(decimalOdds: number): number {
  assertDecimalOdds(decimalOdds)
  const exact = decimalOdds >= 2 ? (decimalOdds - 1) * 100 : -100 / (decimalOdds - 1)
  // Decimal prices are sums of binary fractions (2.005 − 1 is 1.00499…9): nudge before rounding, or half a point is lost.
  const rounded = Math.sign(exact) * Math.round(Math.abs(exact) + 1e-7)
  return rounded === -100 ? 100 : rounded
}

/**
 * Implied probability 1 / decimalOdds: what the price says, the bookmaker's margin still in it.
 *
 * @param decimalOdds  > 1
 * @returns            in (0, 1)
 * @throws {DomainError} `odds_out_of_range` (NaN included)
 */
export function impliedProbability(decimalOdds: number): number {
  assertDecimalOdds(decimalOdds)
  return 1 / decimalOdds
}

/** @throws {DomainError} `odds_out_of_range` unless `decimalOdds` is finite and above 1 */
export function assertDecimalOdds(decimalOdds: number): void {
  if (!(decimalOdds > 1 && Number.isFinite(decimalOdds))) {
    throw new DomainError('odds_out_of_range', `decimal odds ${decimalOdds}: a price is greater than 1`, {
      field: 'odds',
    })
  }
}
