import { describe, expect, it } from 'vitest'
import {
  addDayRatio,
  addToDay,
  estimateRatio,
  gatherDayRatio,
  gatheredRatio,
} from '../../../shared/performance/day-ratio.ts'

/** Sums over bets given as [day, x, y]. */
function sumsOf(bets: readonly (readonly [number, number, number])[]) {
  const gatherer = gatherDayRatio()
  for (const [day, x, y] of bets) addToDay(gatherer, day, x, y)
  return gatheredRatio(gatherer)
}

describe('sums by day', () => {
  it('square the totals of days, not of bets', () => {
    // Day 1: x 2, y 0. Day 2: x 1, y 1.
    expect(
      sumsOf([
        [1, 1, 1],
        [1, 1, -1],
        [2, 1, 1],
      ]),
    ).toEqual({ n: 3, days: 2, x: 3, y: 1, xx: 5, xy: 1, yy: 1 })
  })

  it('add up over different days', () => {
    const [early, late] = [
      [
        [1, 1, 0.5],
        [1, 1, -1],
      ],
      [
        [2, 1, 2],
        [5, 1, -1],
      ],
    ] as const
    const joined = sumsOf(early)
    addDayRatio(joined, sumsOf(late))
    expect(joined).toEqual(sumsOf([...early, ...late]))
  })

  it('are none of no bet', () => {
    expect(sumsOf([])).toEqual({ n: 0, days: 0, x: 0, y: 0, xx: 0, xy: 0, yy: 0 })
  })
})

describe('estimateRatio', () => {
  it('is the mean of returns with the interval of their days, as clusteredMean has it', () => {
    // Mean 1/3; residual sums of days: 0 − 2/3 and 1 − 1/3; G = 2: se² = 2 · (4/9 + 4/9) / 9 = 16/81, se = 4/9, t₁ = 12.7062.
    const estimate = estimateRatio(
      sumsOf([
        [1, 1, 1],
        [1, 1, -1],
        [2, 1, 1],
      ]),
    )
    expect(estimate).toMatchObject({ n: 3, days: 2 })
    expect(estimate?.value).toBeCloseTo(1 / 3, 12)
    expect(estimate?.high).toBeCloseTo(1 / 3 + (12.706204736 * 4) / 9, 8)
    expect(estimate?.low).toBeCloseTo(1 / 3 - (12.706204736 * 4) / 9, 8)
  })

  it('is profit over turnover, larger stakes counting more', () => {
    // r = (20 − 10)/(40 + 10) = 0.2; days: 20 − 0.2·40 = 12 and −10 − 0.2·10 = −12; se² = 2 · 288 / 2500.
    const estimate = estimateRatio(
      sumsOf([
        [1, 40, 20],
        [2, 10, -10],
      ]),
    )
    expect(estimate?.value).toBeCloseTo(0.2, 12)
    expect((estimate?.high ?? 0) - (estimate?.value ?? 0)).toBeCloseTo(12.706204736 * Math.sqrt(0.2304), 7)
  })

  it('has no interval where all bets are of one day', () => {
    expect(
      estimateRatio(
        sumsOf([
          [1, 1, 1],
          [1, 1, 0],
        ]),
      ),
    ).toEqual({ value: 0.5, low: null, high: null, n: 2, days: 1 })
  })

  it('is undefined where there is nothing to divide by', () => {
    expect(estimateRatio(sumsOf([]))).toBeUndefined()
    expect(estimateRatio(sumsOf([[1, 0, 5]]))).toBeUndefined()
  })

  it('has an interval of no width where every day is the same', () => {
    expect(
      estimateRatio(
        sumsOf([
          [1, 1, -1],
          [2, 1, -1],
          [3, 1, -1],
        ]),
      ),
    ).toMatchObject({ value: -1, low: -1, high: -1 })
  })
})
