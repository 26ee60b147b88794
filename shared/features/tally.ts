import type { Bet } from '../bets/bet.ts'
import { isDecisive } from '../bets/settlement.ts'

/** Factor by which one more settled bet fades the form; half a bet's weight is gone after 34 more. */
const FORM_DECAY = 0.98

/** What a group of bets has done so far, over decisive bets with a price. */
export interface Tally {
  /** Bets counted. */
  count: number
  /** Σ (won − implied probability): positive where the bettor beats the price. */
  residualSum: number
  /** The same sum with older bets faded. */
  formSum: number
  /** Σ of the fading weights. */
  formWeight: number
}

export function emptyTally(): Tally {
  return { count: 0, residualSum: 0, formSum: 0, formWeight: 0 }
}

/** Whether the result of a bet teaches anything about residuals: simply won or lost, and its price known. */
export function isCounted(bet: Bet): bet is Bet & { decimalOdds: number } {
  return isDecisive(bet.state) && bet.decimalOdds !== null
}

/** Adds one result to a tally, in place. */
export function addResult(tally: Tally, bet: Bet & { decimalOdds: number }): void {
  const residual = (bet.state === 'won' ? 1 : 0) - 1 / bet.decimalOdds
  tally.count += 1
  tally.residualSum += residual
  tally.formSum = tally.formSum * FORM_DECAY + residual
  tally.formWeight = tally.formWeight * FORM_DECAY + 1
}
