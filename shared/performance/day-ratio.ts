import * as z from 'zod'
import { studentQuantile } from '../evaluation/distributions.ts'

/**
 * Sums from which the ratio of two totals Y/X is told with errors clustered by day: bets of one day share games and
 * count as one draw. Sums of different days add up.
 */
export const dayRatioSchema = z.object({
  /** Bets. */
  n: z.int().min(0),
  /** Days with at least one of them. */
  days: z.int().min(0),
  /** X = Σ x_d and Y = Σ y_d over days d, the totals of a day. */
  x: z.number(),
  y: z.number(),
  /** Σ x_d², Σ x_d·y_d, Σ y_d². */
  xx: z.number(),
  xy: z.number(),
  yy: z.number(),
})

export type DayRatio = z.infer<typeof dayRatioSchema>

/** A ratio with its 95 % interval. */
export interface RatioEstimate {
  value: number
  /** Null, both, where fewer than two days stand behind it. */
  low: number | null
  high: number | null
  /** Bets and days that it stands on. */
  n: number
  days: number
}

/** Sums that are being gathered, bets in order of their days. */
export interface DayRatioGatherer {
  sums: DayRatio
  /** The day that is not in the squares yet, with its totals. */
  open: { day: number; x: number; y: number } | undefined
}

export function emptyDayRatio(): DayRatio {
  return { n: 0, days: 0, x: 0, y: 0, xx: 0, xy: 0, yy: 0 }
}

export function gatherDayRatio(): DayRatioGatherer {
  return { sums: emptyDayRatio(), open: undefined }
}

/** Adds one bet's x and y; its day is that of the last one, or later. */
export function addToDay(gatherer: DayRatioGatherer, day: number, x: number, y: number): void {
  gatherer.sums.n += 1
  const { open } = gatherer
  if (open?.day === day) {
    open.x += x
    open.y += y
    return
  }
  closeDay(gatherer)
  gatherer.open = { day, x, y }
}

/** The sums, the last day among them. */
export function gatheredRatio(gatherer: DayRatioGatherer): DayRatio {
  closeDay(gatherer)
  return gatherer.sums
}

function closeDay(gatherer: DayRatioGatherer): void {
  const { sums, open } = gatherer
  if (open === undefined) return
  sums.days += 1
  sums.x += open.x
  sums.y += open.y
  sums.xx += open.x * open.x
  sums.xy += open.x * open.y
  sums.yy += open.y * open.y
  gatherer.open = undefined
}

/** Adds sums of other days, in place. */
export function addDayRatio(into: DayRatio, other: DayRatio): void {
  into.n += other.n
  into.days += other.days
  into.x += other.x
  into.y += other.y
  into.xx += other.xx
  into.xy += other.xy
  into.yy += other.yy
}

/**
 * r = Y/X with a 95 % interval, r ± t·se with se² = G/(G − 1) · Σ_d (y_d − r·x_d)² / X², G being the number of days and t
 * the quantile of Student's distribution with G − 1 degrees of freedom. Where every x is 1, r is the mean of y.
 *
 * @returns undefined where X is not above 0
 * @see W. G. Cochran, "Sampling Techniques", 3rd ed., 2.11 and 9A
 */
export function estimateRatio(sums: DayRatio): RatioEstimate | undefined {
  if (!(sums.x > 0)) return undefined
  const { n, days } = sums
  const value = sums.y / sums.x
  if (days < 2) return { value, low: null, high: null, n, days }
  const reach = tQuantile(days - 1) * Math.sqrt(clusteredVariance(sums, value))
  return { value, low: value - reach, high: value + reach, n, days }
}

/** Squared standard error of the ratio `value`, at least two days given. */
export function clusteredVariance({ days, x, xx, xy, yy }: DayRatio, value: number): number {
  const squares = Math.max(0, yy - 2 * value * xy + value * value * xx)
  return ((days / (days - 1)) * squares) / (x * x)
}

const quantiles = new Map<number, number>()

/** The quantile takes a sum as long as its degrees of freedom, and many groups have as many days. */
function tQuantile(degrees: number): number {
  const known = quantiles.get(degrees)
  if (known !== undefined) return known
  const quantile = studentQuantile(degrees)
  quantiles.set(degrees, quantile)
  return quantile
}
