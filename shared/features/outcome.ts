import { isDecisive, netReturnPerUnit } from '../bets/settlement.ts'
import { clamp } from '../kernel/numeric.ts'
import type { KnownBet } from './known-bet.ts'
import { LARGEST_RETURN, SQUARE_UNIT, UNIT } from './totals.ts'

const MINUTE_MS = 60_000

/** What a result adds to every tally of its bet, worked out once. */
export interface Outcome {
  knownAtMs: number
  /** Won or lost. */
  isDecided: boolean
  isWon: boolean
  /** Decided at a known price. */
  isPriced: boolean
  /** won − 1/decimalOdds in units of 2⁻²⁴, rounded; 0 where not priced. */
  residualUnits: number
  /** The same as a fraction. */
  residual: number
  isReturned: boolean
  /** Net return per unit staked, from −1 to 100, in units of 2⁻²⁴. */
  returnUnits: number
  /** Its square in units of 2⁻¹⁶. */
  returnSquare: number
  /** Whether the source gives the settlement time. */
  isTimed: boolean
  /** Whole minutes from placement to settlement. */
  minutes: number
  /** Whether stake and profit are known in the ledger's currency. */
  hasMoney: boolean
  stakeMinor: number
  profitMinor: number
}

/**
 * The outcome of a settled bet.
 *
 * The residual is held against 1/decimalOdds, margin and all: a ledger has one side of a market, and a fair probability
 * needs all sides. The margin is in every residual alike, and shrinking towards the ledger's own mean takes it out.
 *
 * @param currency  that of the ledger; money in another is not counted
 */
export function outcomeOf(bet: KnownBet, knownAtMs: number, currency: string | null): Outcome {
  const isDecided = isDecisive(bet.state)
  const isWon = bet.state === 'won'
  const isPriced = isDecided && bet.decimalOdds !== null
  const residualUnits = isPriced ? Math.round(((isWon ? 1 : 0) - 1 / (bet.decimalOdds ?? 1)) * UNIT) : 0
  const perUnit = netReturnPerUnit(bet)
  const returned = perUnit === undefined ? 0 : clamp(perUnit, -1, LARGEST_RETURN)
  const { stakeMinor, profitMinor, settledAtMs } = bet
  const hasMoney = stakeMinor !== null && profitMinor !== null && isIn(currency, bet)
  return {
    knownAtMs,
    isDecided,
    isWon,
    isPriced,
    residualUnits,
    residual: residualUnits / UNIT,
    isReturned: perUnit !== undefined,
    returnUnits: Math.round(returned * UNIT),
    returnSquare: Math.round(returned * returned * SQUARE_UNIT),
    isTimed: settledAtMs !== null,
    minutes: settledAtMs === null ? 0 : Math.round((settledAtMs - bet.placedAtMs) / MINUTE_MS),
    hasMoney,
    stakeMinor: hasMoney ? stakeMinor : 0,
    profitMinor: hasMoney ? profitMinor : 0,
  }
}

/** Whether a bet's money is in a currency; money of no known currency is in none. */
export function isIn(currency: string | null, bet: Pick<KnownBet, 'currency'>): boolean {
  return currency !== null && bet.currency === currency
}
