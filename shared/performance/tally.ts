import * as z from 'zod'
import type { Bet } from '../bets/bet.ts'
import { isSettled, netReturnPerUnit } from '../bets/settlement.ts'
import { Z_95 } from '../kernel/numeric.ts'

/**
 * Sums over settled bets from which every figure of a record can be given. Tallies of disjoint bets add up, so a few
 * thousand of them answer any question about a ledger.
 */
export const performanceTallySchema = z.object({
  bets: z.number(),
  wins: z.number(),
  losses: z.number(),
  /** Pushes and voids: the stake came back. */
  pushes: z.number(),
  cashOuts: z.number(),
  /** Bets whose stake and profit are known. */
  moneyBets: z.number(),
  stakeMinor: z.number(),
  profitMinor: z.number(),
  /** Σ stake², Σ stake·profit and Σ profit², for the interval of the turnover's ROI. */
  stakeSquares: z.number(),
  stakeProfits: z.number(),
  profitSquares: z.number(),
  /** Bets whose net return per unit is known. */
  returnBets: z.number(),
  returnSum: z.number(),
  returnSquares: z.number(),
})

export type PerformanceTally = z.infer<typeof performanceTallySchema>

/** Names of the sums, in the order in which rows of numbers hold them. */
export const TALLY_KEYS = Object.keys(performanceTallySchema.shape) as (keyof PerformanceTally)[]

/** The tally of no bet. */
export function emptyTally(): PerformanceTally {
  return Object.fromEntries(TALLY_KEYS.map((key) => [key, 0])) as PerformanceTally
}

/** What a settled bet can come to in a record; pushes and voids are one. */
export const OUTCOMES = ['won', 'lost', 'push', 'cashed_out'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** What one settled bet adds to a tally. */
export interface BetResult {
  outcome: Outcome
  /** Stake and profit; null, both, unless both are known. */
  stakeMinor: number | null
  profitMinor: number | null
  /** Net return per unit staked; null where it is not known. */
  perUnit: number | null
}

/** What a bet adds to a tally; undefined where it is open. Half-won counts as won, half-lost as lost. */
export function resultOf(bet: Bet): BetResult | undefined {
  if (!isSettled(bet.state)) return undefined
  const hasMoney = bet.stakeMinor !== null && bet.profitMinor !== null
  return {
    outcome: outcomeOf(bet.state),
    stakeMinor: hasMoney ? bet.stakeMinor : null,
    profitMinor: hasMoney ? bet.profitMinor : null,
    perUnit: netReturnPerUnit(bet) ?? null,
  }
}

function outcomeOf(state: Bet['state']): Outcome {
  if (state === 'won' || state === 'half_won') return 'won'
  if (state === 'lost' || state === 'half_lost') return 'lost'
  return state === 'cashed_out' ? 'cashed_out' : 'push'
}

/** Adds one bet, in place; an open bet adds nothing. */
export function addBet(tally: PerformanceTally, bet: Bet): void {
  const result = resultOf(bet)
  if (result !== undefined) addResult(tally, result)
}

/** Adds one bet's result, in place. */
export function addResult(tally: PerformanceTally, { outcome, stakeMinor, profitMinor, perUnit }: BetResult): void {
  tally.bets += 1
  if (outcome === 'won') tally.wins += 1
  else if (outcome === 'lost') tally.losses += 1
  else if (outcome === 'cashed_out') tally.cashOuts += 1
  else tally.pushes += 1
  if (stakeMinor !== null && profitMinor !== null) addMoney(tally, stakeMinor, profitMinor)
  if (perUnit === null) return
  tally.returnBets += 1
  tally.returnSum += perUnit
  tally.returnSquares += perUnit * perUnit
}

function addMoney(tally: PerformanceTally, stakeMinor: number, profitMinor: number): void {
  tally.moneyBets += 1
  tally.stakeMinor += stakeMinor
  tally.profitMinor += profitMinor
  tally.stakeSquares += stakeMinor * stakeMinor
  tally.stakeProfits += stakeMinor * profitMinor
  tally.profitSquares += profitMinor * profitMinor
}

/** Adds a tally of other bets, in place. */
export function addTally(into: PerformanceTally, other: PerformanceTally): void {
  for (const key of TALLY_KEYS) into[key] += other[key]
}

/** Takes the money out of a tally, in place; returns per unit stay. */
export function forgetMoney(tally: PerformanceTally): void {
  const none = { moneyBets: 0, stakeMinor: 0, profitMinor: 0, stakeSquares: 0, stakeProfits: 0, profitSquares: 0 }
  Object.assign(tally, none)
}

/** Return on what was staked, with a 95 % interval. */
export interface RoiEstimate {
  /** `turnover`: Σ profit / Σ stake. `flat_stakes`: mean return per bet, as if every stake had been equal. */
  basis: 'turnover' | 'flat_stakes'
  /** A fraction: 0.05 is 5 %. */
  roi: number
  /** Undefined where one bet gives no spread. */
  interval: { low: number; high: number } | undefined
  /** Bets that the estimate stands on. */
  n: number
}

/**
 * ROI over the turnover where every bet has its money, else at flat stakes over the bets whose return is known.
 *
 * Turnover: r = Σp/Σs with standard error √(n/(n−1) · Σ(p − r·s)²) / Σs (ratio estimator). Flat stakes: mean and standard
 * error of the returns.
 *
 * @returns undefined where nothing is known of any return
 * @see W. G. Cochran, "Sampling Techniques", 3rd ed., 2.11
 */
export function estimateRoi(tally: PerformanceTally): RoiEstimate | undefined {
  if (tally.bets > 0 && tally.moneyBets === tally.bets && tally.stakeMinor > 0) {
    const { moneyBets: n, stakeMinor: stakes } = tally
    const roi = tally.profitMinor / stakes
    const squares = tally.profitSquares - 2 * roi * tally.stakeProfits + roi * roi * tally.stakeSquares
    const error = Math.sqrt((Math.max(0, squares) * n) / (n - 1)) / stakes
    return { basis: 'turnover', roi, interval: intervalAround(roi, error, n), n }
  }
  const n = tally.returnBets
  if (n === 0) return undefined
  const roi = tally.returnSum / n
  const variance = Math.max(0, tally.returnSquares - n * roi * roi) / (n - 1)
  return { basis: 'flat_stakes', roi, interval: intervalAround(roi, Math.sqrt(variance / n), n), n }
}

function intervalAround(roi: number, error: number, n: number): RoiEstimate['interval'] {
  return n < 2 ? undefined : { low: roi - Z_95 * error, high: roi + Z_95 * error }
}
