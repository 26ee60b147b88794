import * as z from 'zod'
import { wilsonInterval } from '../evaluation/wilson-interval.ts'
import type { CurvePoint, Drawdown } from './bankroll-curve.ts'
import { curveOf, maxDrawdown, thinned } from './bankroll-curve.ts'
import type { DashboardPart, Dimension, NamedSegment } from './dashboard-part.ts'
import { DIMENSIONS, dayResultsOf, forEachDimension } from './dashboard-part.ts'
import { clusteredVariance, estimateRatio } from './day-ratio.ts'
import { expectedByMonth, luckOf } from './luck.ts'
import { PRICE_BANDS } from './price-band.ts'
import type { ExpectedResult } from './price-grid.ts'
import type { Segment } from './segment.ts'
import { addSegment, emptySegment } from './segment.ts'
import type { GroupRoi } from './shrunk-roi.ts'
import { shrinkRoi, varianceBetween } from './shrunk-roi.ts'

const count = z.int().min(0)
const interval = { low: z.number(), high: z.number() }

/** A ratio of totals, a fraction, with errors clustered by day, see `estimateRatio`. */
const ratioSchema = z.object({
  value: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  n: count,
  days: count,
})

const figuresSchema = z.object({
  ...{ bets: count, settled: count, open: count, wins: count, losses: count, pushes: count, cashOuts: count },
  /** Wins of decided bets, with its Wilson interval; null where none was decided. */
  winRate: z.object({ value: z.number(), ...interval, n: count }).nullable(),
  /** Mean 1/decimalOdds of bets simply won or lost: the win rate that pays exactly what was staked. */
  impliedWinRate: z.object({ value: z.number(), n: count }).nullable(),
  /** Mean net return per unit, as if all stakes were equal. */
  roi: ratioSchema.nullable(),
  /** Profit over turnover, of bets with a stake above 0; null where no money is known, or of several currencies. */
  yield: ratioSchema.nullable(),
  /** In minor units of the ledger's currency, over the `n` settled bets whose money is known. */
  money: z.object({ n: count, turnoverMinor: z.number(), profitMinor: z.number() }).nullable(),
  /** Closing line value: of how many settled bets it is known, and its mean. */
  closing: z.object({ n: count, coverage: z.number().nullable(), value: ratioSchema.nullable() }),
})

/** The figures of some bets; null where nothing is known. */
export type Figures = z.infer<typeof figuresSchema>

const groupSchema = z.object({
  name: z.string().nullable(),
  ...figuresSchema.shape,
  /** The ROI drawn towards the whole, see `shrinkRoi`; null where no bet's return and price are known. */
  shrunkRoi: z.object({ value: z.number(), ...interval }).nullable(),
})

const dimensionSchema = z.object({
  /** Groups in all; those of most bets are listed. */
  groups: count,
  /** Standard deviation of groups' true ROI around their mean, as the shrinking takes it. */
  deviationBetween: z.number(),
  listed: z.array(groupSchema),
})

const drawdownSchema = z.object({
  depth: z.number(),
  from: z.int().nullable(),
  to: z.int(),
  recovered: z.int().nullable(),
})

const luckSchema = z.object({
  ...{ n: count, withoutExpectation: count, expected: z.number(), actual: z.number(), difference: z.number() },
  ...{ standardDeviation: z.number(), designEffect: z.number(), z: z.number(), p: z.number() },
})

/** Windows of whole calendar months, by how many: the latest month with a bet and those before it. */
export const WINDOWS = ['all', '12', '3', '1'] as const
export type DashboardWindow = (typeof WINDOWS)[number]

const windowSchema = z.object({
  /** First and last month, `YYYY-MM`; null, both, where there is no bet. */
  from: z.string().nullable(),
  to: z.string().nullable(),
  totals: figuresSchema,
  by: z.record(z.enum(DIMENSIONS), dimensionSchema),
  /** Bankroll at the end of days, in units at flat stakes and in minor units; `profitMinor` null where money is not known. */
  curve: z.array(z.object({ day: z.int(), units: z.number(), profitMinor: z.number().nullable() })),
  drawdown: z.object({ units: drawdownSchema.nullable(), money: drawdownSchema.nullable() }),
  luck: luckSchema.nullable(),
})

export type WindowFigures = z.infer<typeof windowSchema>

/** The figures of every window. */
export const windowsSchema = z.record(z.enum(WINDOWS), windowSchema)

export type Windows = z.infer<typeof windowsSchema>

/** The groups of a dimension that are listed. */
export const MOST_GROUPS = 100

/** A month and what its bets add. */
export interface MonthPart {
  /** `YYYY-MM`. */
  month: string
  part: DashboardPart
}

/**
 * Joins the parts of months into the dashboard's figures.
 *
 * @param months    in order of time
 * @param hasMoney  whether all money is of one currency
 */
export function joinDashboard(months: readonly MonthPart[], hasMoney: boolean): Windows {
  const expected = expectedByMonth(months.map(({ part }) => part.prices))
  const told = months.map((month, m) => ({ ...month, expected: expected[m] }))
  const last = months.at(-1)
  const figures = (window: DashboardWindow) => {
    const since = last === undefined || window === 'all' ? undefined : monthNumber(last.month) - Number(window)
    return windowFigures(
      told.filter(({ month }) => since === undefined || monthNumber(month) > since),
      hasMoney,
    )
  }
  return { all: figures('all'), '12': figures('12'), '3': figures('3'), '1': figures('1') }
}

function monthNumber(month: string): number {
  return 12 * Number(month.slice(0, -3)) + Number(month.slice(-2))
}

function windowFigures(
  months: readonly (MonthPart & { expected: ExpectedResult | undefined })[],
  hasMoney: boolean,
): WindowFigures {
  const parts = months.map(({ part }) => part)
  const whole = emptySegment()
  for (const part of parts) addSegment(whole, part.whole)
  const hasProfit = hasMoney && whole.moneyBets > 0
  const curve = curveOf(parts.flatMap(dayResultsOf))
  const units = maxDrawdown(curve, 'units')
  const money = hasProfit ? maxDrawdown(curve, 'profitMinor') : undefined
  return {
    from: months[0]?.month ?? null,
    to: months.at(-1)?.month ?? null,
    totals: figuresOf(whole, hasMoney),
    by: forEachDimension((dimension) => dimensionOf(parts, dimension, { whole, hasMoney })),
    curve: thinned(curve, [...endsOf(units), ...endsOf(money)]).map((point) => pointOf(point, hasProfit)),
    drawdown: { units: units ?? null, money: money ?? null },
    luck: luckOf(months.map(({ part: { prices, priced }, expected }) => ({ prices, priced, expected }))) ?? null,
  }
}

function endsOf(drawdown: Drawdown | undefined): number[] {
  if (drawdown === undefined) return []
  return drawdown.from === null ? [drawdown.to] : [drawdown.from, drawdown.to]
}

function pointOf({ day, units, profitMinor }: CurvePoint, hasProfit: boolean): WindowFigures['curve'][number] {
  return { day, units, profitMinor: hasProfit ? profitMinor : null }
}

/** The figures of some bets. */
export function figuresOf(sums: Segment, hasMoney: boolean): Figures {
  const { bets, open, wins, losses, pushes, cashOuts, moneyBets, closing } = sums
  const settled = bets - open
  const decided = wins + losses
  const hasProfit = hasMoney && moneyBets > 0
  return {
    ...{ bets, settled, open, wins, losses, pushes, cashOuts },
    winRate: decided === 0 ? null : { value: wins / decided, ...wilsonInterval(wins, decided), n: decided },
    impliedWinRate: sums.pricedBets === 0 ? null : { value: sums.impliedSum / sums.pricedBets, n: sums.pricedBets },
    roi: estimateRatio(sums.flat) ?? null,
    yield: hasProfit ? (estimateRatio(sums.staked) ?? null) : null,
    money: hasProfit ? { n: moneyBets, turnoverMinor: sums.staked.x, profitMinor: sums.profitMinor } : null,
    closing: {
      n: closing.n,
      coverage: settled === 0 ? null : closing.n / settled,
      value: estimateRatio(closing) ?? null,
    },
  }
}

interface Whole {
  whole: Segment
  hasMoney: boolean
}

function dimensionOf(parts: readonly DashboardPart[], dimension: Dimension, of: Whole) {
  const groups = joinGroups(parts.map((part) => part.groups[dimension]))
  const observed = groups.flatMap(({ sums }) => roiOf(sums) ?? [])
  const wholeRoi = of.whole.flat.y / of.whole.flat.x
  const between = varianceBetween(observed, wholeRoi)
  const listed = groups.sort(dimension === 'priceBand' ? byPrice : byBets).slice(0, MOST_GROUPS)
  return {
    groups: groups.length,
    deviationBetween: Math.sqrt(between),
    listed: listed.map(({ name, sums }) => {
      const roi = roiOf(sums)
      const shrunkRoi = roi === undefined ? null : shrinkRoi(roi, wholeRoi, between)
      return { name, ...figuresOf(sums, of.hasMoney), shrunkRoi }
    }),
  }
}

function joinGroups(parts: readonly (readonly NamedSegment[])[]): NamedSegment[] {
  const joined = new Map<string | null, Segment>()
  for (const { name, sums } of parts.flat()) {
    const into = joined.get(name) ?? emptySegment()
    joined.set(name, into)
    addSegment(into, sums)
  }
  return Array.from(joined, ([name, sums]) => ({ name, sums }))
}

/**
 * A group's mean return with its squared error: the one clustered by day, or mean(decimalOdds − 1)/n where that is larger,
 * d − 1 being the variance of a return at a fair price d. Three bets that were all lost have no spread, and are not known
 * without doubt for that.
 */
function roiOf({ flat, variedBets, varianceSum }: Segment): GroupRoi | undefined {
  if (flat.n === 0 || variedBets === 0) return undefined
  const mean = flat.y / flat.n
  const byPrices = varianceSum / variedBets / flat.n
  return { mean, variance: flat.days < 2 ? byPrices : Math.max(byPrices, clusteredVariance(flat, mean)) }
}

function byBets(a: NamedSegment, b: NamedSegment): number {
  return b.sums.bets - a.sums.bets || ((a.name ?? '') < (b.name ?? '') ? -1 : 1)
}

function byPrice(a: NamedSegment, b: NamedSegment): number {
  return bandNumber(a) - bandNumber(b)
}

/** Bets without a price come last. */
function bandNumber({ name }: NamedSegment): number {
  return name === null ? PRICE_BANDS.length : PRICE_BANDS.indexOf(name)
}
