import * as z from 'zod'
import type { Bet } from '../bets/bet.ts'
import { isLearnable } from '../recipe/dataset.ts'
import type { DayResult } from './bankroll-curve.ts'
import { numberColumn } from './columns.ts'
import type { DayRatioGatherer } from './day-ratio.ts'
import { addToDay, dayRatioSchema, gatherDayRatio, gatheredRatio } from './day-ratio.ts'
import { priceBand } from './price-band.ts'
import type { PriceGatherer } from './price-grid.ts'
import { addPrice, gatheredPrices, priceGridSchema } from './price-grid.ts'
import type { Segment, SegmentBet, SegmentGatherer } from './segment.ts'
import { addToSegment, gatheredSegment, gatherSegment, segmentBet, segmentSchema } from './segment.ts'

/** What the dashboard splits bets by. */
export const DIMENSIONS = ['sport', 'league', 'market', 'book', 'priceBand', 'live'] as const
export type Dimension = (typeof DIMENSIONS)[number]

/** Group of a bet in each dimension; null where its source does not say. */
const GROUP_OF: Record<Dimension, (bet: Bet) => string | null> = {
  sport: (bet) => bet.sport,
  league: (bet) => bet.league,
  market: (bet) => bet.market,
  book: (bet) => bet.book,
  priceBand: (bet) => priceBand(bet.decimalOdds),
  live: (bet) => (bet.isLive ? 'live' : 'pre-match'),
}

/** What the bets of some days add to the dashboard; parts of different days can be joined. */
export const dashboardPartSchema = z.object({
  whole: segmentSchema,
  groups: z.record(z.enum(DIMENSIONS), z.array(z.object({ name: z.string().nullable(), sums: segmentSchema }))),
  /** Days with a settled bet, ascending, see {@link DayResult}. */
  days: z.object({ day: numberColumn, units: numberColumn, profitMinor: numberColumn }),
  prices: priceGridSchema,
  /** The bets of that grid by day: x is 1 a bet, y what it brought at its price, d·won − 1; and Σ y². */
  priced: z.object({ sums: dayRatioSchema, squares: z.number() }),
})

export type DashboardPart = z.infer<typeof dashboardPartSchema>

/** @param bets  in order of placement */
export function dashboardPart(bets: readonly Bet[]): DashboardPart {
  const whole = gatherSegment()
  const groups = forEachDimension(() => new Map<string | null, SegmentGatherer>())
  const days: DayResult[] = []
  const prices: PriceGatherer = new Map()
  const priced = { sums: gatherDayRatio(), squares: 0 }
  for (const bet of bets) {
    const added = segmentBet(bet)
    addToSegment(whole, added)
    for (const dimension of DIMENSIONS) addToSegment(groupOf(groups[dimension], GROUP_OF[dimension](bet)), added)
    addToDays(days, added)
    addPrice(prices, bet)
    addPriced(priced, added)
  }
  return {
    whole: gatheredSegment(whole),
    groups: forEachDimension((dimension) =>
      Array.from(groups[dimension], ([name, gatherer]) => ({ name, sums: gatheredSegment(gatherer) })),
    ),
    days: {
      day: days.map(({ day }) => day),
      units: days.map(({ units }) => units),
      profitMinor: days.map(({ profitMinor }) => profitMinor),
    },
    prices: gatheredPrices(prices),
    priced: { sums: gatheredRatio(priced.sums), squares: priced.squares },
  }
}

/** A value for each dimension. */
export function forEachDimension<T>(make: (dimension: Dimension) => T): Record<Dimension, T> {
  return Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, make(dimension)])) as Record<Dimension, T>
}

/** The days of a part, one by one. */
export function dayResultsOf({ days }: DashboardPart): DayResult[] {
  return days.day.map((day, i) => ({
    ...{ day, units: days.units[i] as number, profitMinor: days.profitMinor[i] as number },
  }))
}

/** A group by its name. */
export interface NamedSegment {
  name: string | null
  sums: Segment
}

function groupOf(groups: Map<string | null, SegmentGatherer>, name: string | null): SegmentGatherer {
  const known = groups.get(name)
  if (known !== undefined) return known
  const fresh = gatherSegment()
  groups.set(name, fresh)
  return fresh
}

function addPriced(priced: { sums: DayRatioGatherer; squares: number }, { bet, day }: SegmentBet): void {
  if (!isLearnable(bet)) return
  const brought = bet.state === 'won' ? bet.decimalOdds - 1 : -1
  addToDay(priced.sums, day, 1, brought)
  priced.squares += brought * brought
}

function addToDays(days: DayResult[], { day, result }: SegmentBet): void {
  if (result === undefined) return
  let last = days.at(-1)
  if (last?.day !== day) {
    last = { day, units: 0, profitMinor: 0 }
    days.push(last)
  }
  last.units += result.perUnit ?? 0
  last.profitMinor += result.profitMinor ?? 0
}
