import * as z from 'zod'
import type { Bet } from '../bets/bet.ts'
import { isDecisive } from '../bets/settlement.ts'
import { isWithinPriceRange } from '../recipe/dataset.ts'
import type { DayRatioGatherer } from './day-ratio.ts'
import { addDayRatio, addToDay, dayRatioSchema, emptyDayRatio, gatherDayRatio, gatheredRatio } from './day-ratio.ts'
import { resultOf } from './tally.ts'

const count = z.int().min(0)

/** Sums over some bets from which the dashboard's figures are told. Sums of bets of different days add up. */
export const segmentSchema = z.object({
  bets: count,
  open: count,
  wins: count,
  losses: count,
  /** Pushes and voids: the stake came back. */
  pushes: count,
  cashOuts: count,
  /** At flat stakes, over settled bets whose return is known: x is 1 a bet, y its net return per unit. */
  flat: dayRatioSchema,
  /** In minor units, over settled bets with a stake above 0 and a known profit: x the stake, y the profit. */
  staked: dayRatioSchema,
  /** Settled bets of which stake and profit are known, those at no stake of the bettor's among them; Σ profit. */
  moneyBets: count,
  profitMinor: z.number(),
  /** Over settled bets whose closing price is known: x is 1 a bet, y the closing line value. */
  closing: dayRatioSchema,
  /** Bets simply won or lost whose price is known; Σ 1/decimalOdds. */
  pricedBets: count,
  impliedSum: z.number(),
  /**
   * Settled bets of known return and a price within the range of models; Σ (decimalOdds − 1), the variance of their
   * returns at fair prices. A lottery ticket's would drown all others.
   */
  variedBets: count,
  varianceSum: z.number(),
})

export type Segment = z.infer<typeof segmentSchema>

export function emptySegment(): Segment {
  return {
    ...{ bets: 0, open: 0, wins: 0, losses: 0, pushes: 0, cashOuts: 0 },
    ...{ flat: emptyDayRatio(), staked: emptyDayRatio(), moneyBets: 0, profitMinor: 0 },
    ...{ closing: emptyDayRatio(), pricedBets: 0, impliedSum: 0, variedBets: 0, varianceSum: 0 },
  }
}

/** A segment that is being gathered, bets in order of placement. */
export interface SegmentGatherer {
  sums: Segment
  flat: DayRatioGatherer
  staked: DayRatioGatherer
  closing: DayRatioGatherer
}

export function gatherSegment(): SegmentGatherer {
  return { sums: emptySegment(), flat: gatherDayRatio(), staked: gatherDayRatio(), closing: gatherDayRatio() }
}

/** What is added of a bet, worked out once for all segments that it is in. */
export interface SegmentBet {
  bet: Bet
  result: ReturnType<typeof resultOf>
  /** UTC day of its placement, in days since 1970. */
  day: number
}

const DAY_MS = 86_400_000

export function segmentBet(bet: Bet): SegmentBet {
  return { bet, result: resultOf(bet), day: Math.floor(bet.placedAtMs / DAY_MS) }
}

export function addToSegment(gatherer: SegmentGatherer, { bet, result, day }: SegmentBet): void {
  const { sums } = gatherer
  sums.bets += 1
  if (result === undefined) {
    sums.open += 1
    return
  }
  const { outcome, perUnit, stakeMinor, profitMinor } = result
  if (outcome === 'won') sums.wins += 1
  else if (outcome === 'lost') sums.losses += 1
  else if (outcome === 'cashed_out') sums.cashOuts += 1
  else sums.pushes += 1
  if (perUnit !== null) addToDay(gatherer.flat, day, 1, perUnit)
  if (stakeMinor !== null && profitMinor !== null) {
    sums.moneyBets += 1
    sums.profitMinor += profitMinor
    if (stakeMinor > 0) addToDay(gatherer.staked, day, stakeMinor, profitMinor)
  }
  if (bet.closingLineValue !== null) addToDay(gatherer.closing, day, 1, bet.closingLineValue)
  if (bet.decimalOdds !== null) addPrice(sums, bet.state, bet.decimalOdds, perUnit)
}

function addPrice(sums: Segment, state: Bet['state'], decimalOdds: number, perUnit: number | null): void {
  if (isDecisive(state)) {
    sums.pricedBets += 1
    sums.impliedSum += 1 / decimalOdds
  }
  if (perUnit === null || !isWithinPriceRange(decimalOdds)) return
  sums.variedBets += 1
  sums.varianceSum += decimalOdds - 1
}

/** The sums, the last day among them. */
export function gatheredSegment({ sums, flat, staked, closing }: SegmentGatherer): Segment {
  return { ...sums, flat: gatheredRatio(flat), staked: gatheredRatio(staked), closing: gatheredRatio(closing) }
}

const PLAIN_SUMS = [
  ...(['bets', 'open', 'wins', 'losses', 'pushes', 'cashOuts', 'moneyBets', 'profitMinor'] as const),
  ...(['pricedBets', 'impliedSum', 'variedBets', 'varianceSum'] as const),
] as const

/** Adds the sums of bets of other days, in place. */
export function addSegment(into: Segment, other: Segment): void {
  for (const key of PLAIN_SUMS) into[key] += other[key]
  addDayRatio(into.flat, other.flat)
  addDayRatio(into.staked, other.staked)
  addDayRatio(into.closing, other.closing)
}
