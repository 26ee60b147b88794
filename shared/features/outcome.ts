import { isDecisive, netReturnPerUnit } from '../bets/settlement.ts'
import { clamp } from '../kernel/numeric.ts'
import type { KnownBet } from './known-bet.ts'
import {
  DECIDED,
  LARGEST_RETURN,
  MINUTES,
  MONEY_BETS,
  MONEY_PROFIT,
  MONEY_STAKE,
  PRICED,
  RESIDUAL,
  RETURN,
  RETURN_SQUARES,
  RETURNED,
  SETTLED,
  SQUARE_UNIT,
  TIMED,
  TOTALS,
  UNIT,
  WINS,
} from './totals.ts'

const MINUTE_MS = 60_000

/**
 * What a settled bet adds to each total of every group that it is in.
 *
 * The residual is held against 1/decimalOdds, margin and all: a ledger has one side of a market, and a fair probability
 * needs all sides. The margin is in every residual alike, and shrinking towards the ledger's own mean takes it out.
 *
 * @param currency  that of the ledger; money in another is not counted
 * @param out       written and returned: for one bet after the other it may be the same
 */
export function outcomeOf(bet: KnownBet, currency: string | null, out = new Float64Array(TOTALS)): Float64Array {
  const { state, decimalOdds, stakeMinor, profitMinor, settledAtMs } = bet
  const isDecided = isDecisive(state)
  const won = state === 'won' ? 1 : 0
  const isPriced = isDecided && decimalOdds !== null
  const perUnit = netReturnPerUnit(bet)
  const returned = perUnit === undefined ? 0 : clamp(perUnit, -1, LARGEST_RETURN)
  const hasMoney = stakeMinor !== null && profitMinor !== null && isIn(currency, bet)
  out[DECIDED] = isDecided ? 1 : 0
  out[WINS] = won
  out[PRICED] = isPriced ? 1 : 0
  out[RESIDUAL] = isPriced ? Math.round((won - 1 / decimalOdds) * UNIT) : 0
  out[RETURNED] = perUnit === undefined ? 0 : 1
  out[RETURN] = Math.round(returned * UNIT)
  out[SETTLED] = 1
  out[RETURN_SQUARES] = Math.round(returned * returned * SQUARE_UNIT)
  out[TIMED] = settledAtMs === null ? 0 : 1
  out[MINUTES] = settledAtMs === null ? 0 : Math.round((settledAtMs - bet.placedAtMs) / MINUTE_MS)
  out[MONEY_BETS] = hasMoney ? 1 : 0
  out[MONEY_STAKE] = hasMoney ? stakeMinor : 0
  out[MONEY_PROFIT] = hasMoney ? profitMinor : 0
  return out
}

/** Whether a bet's money is in a currency; money of no known currency is in none. */
export function isIn(currency: string | null, bet: Pick<KnownBet, 'currency'>): boolean {
  return currency !== null && bet.currency === currency
}
