import { twoSidedNormal } from '../evaluation/distributions.ts'
import type { DashboardPart } from './dashboard-part.ts'
import type { DayRatio } from './day-ratio.ts'
import { addDayRatio, clusteredVariance, emptyDayRatio } from './day-ratio.ts'
import type { ExpectedResult, PriceGrid } from './price-grid.ts'
import { addPriceGrid, expectedResult, recalibrateGrid } from './price-grid.ts'

/** How far results at flat stakes lie from what their prices gave to expect. In units of the stake. */
export interface Luck {
  /** Bets simply won or lost, with a price, of which something was expected. */
  n: number
  /** Such bets of the first months, before enough was known of the prices to expect anything. */
  withoutExpectation: number
  /** Σ (d·q − 1), q by the recalibration of the prices of all earlier months. */
  expected: number
  /** Σ (d·won − 1). */
  actual: number
  /** actual − expected. */
  difference: number
  /** Of the difference by chance: √(δ · Σ d²·q(1 − q)). */
  standardDeviation: number
  /** δ ≥ 1: how much more the results of days vary than those of independent bets would. */
  designEffect: number
  /** difference / standardDeviation. */
  z: number
  /** Chance of a difference at least this large, either way, if the expectation was right. */
  p: number
}

/** Bets of earlier months without which nothing is expected: as many as a first model takes. */
export const LEAST_EARLIER_BETS = 500

/**
 * What each month was expected to bring by the months before it; undefined where these have too few bets.
 *
 * The recalibration never sees the month that it is asked about: one learned from the same results would expect what came.
 *
 * @param grids  by month, in order of time
 */
export function expectedByMonth(grids: readonly PriceGrid[]): (ExpectedResult | undefined)[] {
  const earlier = new Map()
  let earlierBets = 0
  return grids.map((grid) => {
    const expected = earlierBets < LEAST_EARLIER_BETS ? undefined : expectedResult(grid, recalibrateGrid(earlier))
    addPriceGrid(earlier, grid)
    earlierBets += betsOf(grid)
    return expected
  })
}

/** A month as luck asks about it. */
export interface LuckMonth extends Pick<DashboardPart, 'prices' | 'priced'> {
  expected: ExpectedResult | undefined
}

/** Luck over some months. @returns undefined where nothing was expected of any bet */
export function luckOf(months: readonly LuckMonth[]): Luck | undefined {
  const total = { bets: 0, expected: 0, actual: 0, variance: 0 }
  const days = emptyDayRatio()
  let [squares, withoutExpectation] = [0, 0]
  for (const { prices, priced, expected } of months) {
    if (expected === undefined) {
      withoutExpectation += betsOf(prices)
      continue
    }
    for (const key of ['bets', 'expected', 'actual', 'variance'] as const) total[key] += expected[key]
    addDayRatio(days, priced.sums)
    squares += priced.squares
  }
  if (total.bets === 0) return undefined
  const effect = designEffect(days, squares)
  const difference = total.actual - total.expected
  const standardDeviation = Math.sqrt(effect * total.variance)
  const deviations = difference / standardDeviation
  return {
    ...{ n: total.bets, withoutExpectation, expected: total.expected, actual: total.actual, difference },
    ...{ standardDeviation, designEffect: effect, z: deviations, p: twoSidedNormal(deviations) },
  }
}

/**
 * How much more a mean varies by days than it would if bets were independent: the ratio of its two squared standard
 * errors, and at least 1, also where it cannot be told.
 *
 * @param squares  Σ y² over bets
 * @see L. Kish, "Survey Sampling", 1965, 8.2 (design effect)
 */
export function designEffect(sums: DayRatio, squares: number): number {
  const { n, days, x, y } = sums
  if (days < 2) return 1
  const mean = y / x
  const independent = (squares - n * mean * mean) / (n - 1) / n
  const effect = clusteredVariance(sums, mean) / independent
  return independent > 0 && Number.isFinite(effect) ? Math.max(1, effect) : 1
}

function betsOf({ bets }: PriceGrid): number {
  return bets.reduce((sum, n) => sum + n, 0)
}
