import { InvariantError } from '../kernel/errors.ts'
import type { Bet, BetState } from './bet.ts'

/** Whether the result of a bet is known. */
export function isSettled(state: BetState): boolean {
  return state !== 'open'
}

/** Whether a bet was simply won or lost: the only states from which a win probability can be learned. */
export function isDecisive(state: BetState): state is 'won' | 'lost' {
  return state === 'won' || state === 'lost'
}

/**
 * Net return per unit staked that the settlement rules give for a state and a price.
 *
 * won d − 1, half_won (d − 1)/2, push and void 0, half_lost −½, lost −1, with d the decimal odds. A cashed-out bet has
 * no rule: only its source knows what was paid.
 *
 * @param decimalOdds  > 1, or null where unknown
 * @returns            ≥ −1; undefined where the price is needed and unknown, where cashed out, and where open
 * @example returnByRule('half_won', 1.9) // 0.45
 */
export function returnByRule(state: BetState, decimalOdds: number | null): number | undefined {
  switch (state) {
    case 'won':
      return decimalOdds === null ? undefined : decimalOdds - 1
    case 'half_won':
      return decimalOdds === null ? undefined : (decimalOdds - 1) / 2
    case 'push':
    case 'void':
      return 0
    case 'half_lost':
      return -0.5
    case 'lost':
      return -1
    case 'cashed_out':
    case 'open':
      return undefined
    default:
      throw new InvariantError(`unknown bet state ${String(state satisfies never)}`)
  }
}

/**
 * Net return per unit staked of a settled bet: its money where known, else what the source says, else the rule.
 *
 * A free bet has no stake, so nothing is returned per unit of it; without a price the rule is not asked.
 *
 * @returns ≥ −1 where the source's money is sound; undefined where the bet is open or free, or nothing tells
 */
export function netReturnPerUnit(
  bet: Pick<Bet, 'state' | 'isFreeBet' | 'stakeMinor' | 'profitMinor' | 'returnPerUnit' | 'decimalOdds'>,
): number | undefined {
  if (!isSettled(bet.state) || bet.isFreeBet) return undefined
  if (bet.stakeMinor !== null && bet.stakeMinor > 0 && bet.profitMinor !== null) return bet.profitMinor / bet.stakeMinor
  if (bet.returnPerUnit !== null) return bet.returnPerUnit
  // A loss is a loss at any price, but counting it where a win without a price cannot be counted would bend every mean.
  return bet.decimalOdds === null ? undefined : returnByRule(bet.state, bet.decimalOdds)
}
