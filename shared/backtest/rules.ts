import { DomainError } from '../kernel/errors.ts'
import { expectedValue, kellyFraction, MAX_STAKE_SHARE, STAKED_SHARE_OF_KELLY } from '../odds/value.ts'

/** How a back-test bets. Money is in units of the caller's choosing, as floating-point numbers. */
export interface BettingRules {
  /** `kelly`: a share of the money at hand. `flat`: the same stake each time. */
  staking: 'kelly' | 'flat'
  /** Share of the Kelly fraction that is staked, in (0, 1]. */
  kellyShare: number
  /** No single Kelly stake is above this share of the money at hand, in (0, 1]. */
  maxStakeShare: number
  /** Stake of each bet where `staking` is `flat`, > 0. */
  flatStake: number
  /** Least expected value per unit staked, p·d − 1, at which a bet is taken; ≥ 0. */
  minEdge: number
  /** Stakes in open bets are at most this share of the bankroll (money at hand and in open bets), in (0, 1]. */
  maxOpenShare: number
  /** Bankroll at the start, > 0. */
  initialBankroll: number
}

/** Quarter Kelly, at most 5 % a bet and 25 % in open bets, from an edge of one per cent on, with 1,000 units. */
export const DEFAULT_RULES: BettingRules = {
  staking: 'kelly',
  kellyShare: STAKED_SHARE_OF_KELLY,
  maxStakeShare: MAX_STAKE_SHARE,
  flatStake: 10,
  minEdge: 0.01,
  maxOpenShare: 0.25,
  initialBankroll: 1000,
}

/** @throws {DomainError} `rule_out_of_range` (NaN included) */
export function assertRules(rules: BettingRules): void {
  const isShare = (x: number) => x > 0 && x <= 1
  const checks: readonly [keyof BettingRules, boolean, string][] = [
    ['kellyShare', isShare(rules.kellyShare), 'in (0, 1]'],
    ['maxStakeShare', isShare(rules.maxStakeShare), 'in (0, 1]'],
    ['maxOpenShare', isShare(rules.maxOpenShare), 'in (0, 1]'],
    ['flatStake', rules.flatStake > 0 && Number.isFinite(rules.flatStake), 'above 0'],
    ['minEdge', rules.minEdge >= 0 && Number.isFinite(rules.minEdge), 'at least 0'],
    ['initialBankroll', rules.initialBankroll > 0 && Number.isFinite(rules.initialBankroll), 'above 0'],
  ]
  for (const [field, holds, rule] of checks) {
    if (holds) continue
    throw new DomainError('rule_out_of_range', `${field} ${rules[field]}: must be ${rule}`, { field })
  }
}

/**
 * Stake that the rules want for a bet, before the cap on open bets; 0 where they do not want it.
 *
 * A bet is wanted where p·d − 1 ≥ minEdge and, by Kelly, above 0. Kelly: min(maxStakeShare, kellyShare·f*)·atHand.
 *
 * @param atHand  money that is not in open bets, ≥ 0
 */
export function wantedStake(rules: BettingRules, p: number, decimalOdds: number, atHand: number): number {
  const edge = expectedValue(p, decimalOdds)
  if (!(edge >= rules.minEdge)) return 0
  if (rules.staking === 'flat') return rules.flatStake
  return Math.min(rules.maxStakeShare, rules.kellyShare * kellyFraction(p, decimalOdds)) * atHand
}
