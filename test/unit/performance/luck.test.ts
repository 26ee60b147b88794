import { describe, expect, it } from 'vitest'
import type { DashboardPart } from '../../../shared/performance/dashboard-part.ts'
import { dashboardPart } from '../../../shared/performance/dashboard-part.ts'
import { designEffect, expectedByMonth, LEAST_EARLIER_BETS, luckOf } from '../../../shared/performance/luck.ts'
import { expectedResult } from '../../../shared/performance/price-grid.ts'
import { bet, LEDGER_START_MS } from '../../support/bets.ts'

const DAY_MS = 86_400_000

/** Bets at a price, one a day, of which the first ones won. */
function bets(count: number, wins: number, decimalOdds = 2) {
  return Array.from({ length: count }, (_, i) =>
    bet({ id: `b${i}`, state: i < wins ? 'won' : 'lost', decimalOdds, placedAtMs: LEDGER_START_MS + i * DAY_MS }),
  )
}

const part = (count: number, wins: number, decimalOdds?: number) => dashboardPart(bets(count, wins, decimalOdds))

/** The months as luck asks about them. */
function told(...parts: DashboardPart[]) {
  const expected = expectedByMonth(parts.map(({ prices }) => prices))
  return parts.map(({ prices, priced }, m) => ({ prices, priced, expected: expected[m] }))
}

describe('expectedResult', () => {
  it('is what prices bring at their own probabilities: nothing', () => {
    const result = expectedResult(part(10, 4, 2.5).prices, { intercept: 0, slope: 1 })
    expect(result).toMatchObject({ bets: 10, actual: 0 })
    expect(result.expected).toBeCloseTo(0, 12)
    // 10 · 2.5² · 0.4 · 0.6
    expect(result.variance).toBeCloseTo(15, 12)
  })

  it('follows the recalibration', () => {
    // At evens logit q = ln 3 makes q = 3/4: 8 · (2 · 0.75 − 1) = 4; actual 2 · 8 − 8.
    const result = expectedResult(part(8, 8).prices, { intercept: Math.log(3), slope: 1 })
    expect(result.expected).toBeCloseTo(4, 12)
    expect(result.actual).toBe(8)
    expect(result.variance).toBeCloseTo(8 * 4 * 0.1875, 12)
  })

  it('takes the bets of a cell at their mean price', () => {
    // 2.00 and 2.005 are in one cell of the grid: each expects nothing of itself, and so do both.
    const both = dashboardPart([...bets(1, 1, 2), ...bets(1, 0, 2.005)]).prices
    expect(both.cell).toEqual([0])
    expect(both.decimalOdds[0]).toBeCloseTo(4.005, 12)
    expect(expectedResult(both, { intercept: 0, slope: 1 }).expected).toBeCloseTo(0, 4)
  })
})

describe('expectedByMonth', () => {
  it('expects nothing before 500 earlier bets', () => {
    const months = [part(LEAST_EARLIER_BETS - 1, 200), part(1, 1), part(10, 5)].map(({ prices }) => prices)
    expect(expectedByMonth(months).map((expected) => expected !== undefined)).toEqual([false, false, true])
  })

  it('learns from the months before and never from the month itself', () => {
    const before = part(10_000, 4000).prices
    const [, bad] = expectedByMonth([before, part(100, 10).prices])
    const [, good] = expectedByMonth([before, part(100, 90).prices])
    expect(bad?.expected).toBe(good?.expected)
    // Four of ten at evens, drawn a little to the price by the prior: 100 · (2 · 0.4 − 1) = −20.
    expect(bad?.expected).toBeGreaterThan(-20)
    expect(bad?.expected).toBeLessThan(-19.5)
    expect([bad?.actual, good?.actual]).toEqual([-80, 80])
  })
})

describe('luckOf', () => {
  it('is the difference in deviations of chance, with bets before it could be told apart', () => {
    const luck = luckOf(told(part(10_000, 5000), part(100, 60)))
    expect(luck).toMatchObject({ n: 100, withoutExpectation: 10_000, actual: 20, designEffect: expect.any(Number) })
    expect(luck?.expected).toBeCloseTo(0, 6)
    expect(luck?.difference).toBeCloseTo(20, 6)
    // √(100 · 4 · 1/4) = 10 with one bet a day: G/(G − 1) of clustered errors is that of n/(n − 1).
    expect(luck?.designEffect).toBeCloseTo(1, 12)
    expect(luck?.standardDeviation).toBeCloseTo(10, 6)
    expect(luck?.z).toBeCloseTo(2, 6)
    expect(luck?.p).toBeCloseTo(0.0455002638963584, 6)
  })

  it('counts bets that share the fate of their day as fewer', () => {
    // Fifty days of two bets each, both won or both lost in turn: twice the variance, but for G/(G − 1) in place of n/(n − 1).
    const pairs = Array.from({ length: 100 }, (_, i) => {
      const day = Math.floor(i / 2)
      const placedAtMs = LEDGER_START_MS + day * DAY_MS
      return bet({ id: `p${i}`, state: day % 2 === 0 ? 'won' : 'lost', placedAtMs })
    })
    const luck = luckOf(told(part(10_000, 5000), dashboardPart(pairs)))
    const effect = ((50 / 49) * 2 * 99) / 100
    expect(luck?.designEffect).toBeCloseTo(effect, 12)
    expect(luck?.standardDeviation).toBeCloseTo(10 * Math.sqrt(effect), 6)
  })

  it('is undefined where nothing could be expected', () => {
    expect(luckOf(told(part(10, 5)))).toBeUndefined()
    expect(luckOf([])).toBeUndefined()
  })

  it('leaves bets out that were not simply won or lost, or are lottery tickets', () => {
    const odd = [
      bet({ state: 'push' }),
      bet({ state: 'half_won' }),
      bet({ decimalOdds: 500 }),
      bet({ decimalOdds: null }),
    ]
    expect(dashboardPart(odd).prices.cell).toEqual([])
  })
})

describe('designEffect', () => {
  it('is 2 where bets come in pairs of one fate', () => {
    // 40 days of two bets, won and lost in turn: Σ(y_d)² = 160, Σy² = 80. Clustered: 40/39 · 160/80²; alone: 80/79/80.
    const effect = designEffect({ n: 80, days: 40, x: 80, y: 0, xx: 160, xy: 0, yy: 160 }, 80)
    expect(effect).toBeCloseTo(((40 / 39) * 2 * 79) / 80, 12)
  })

  it('is 1 where days vary less than bets, and where it cannot be told', () => {
    expect(designEffect({ n: 4, days: 2, x: 4, y: 0, xx: 8, xy: 0, yy: 0 }, 4)).toBe(1)
    expect(designEffect({ n: 4, days: 1, x: 4, y: 0, xx: 16, xy: 0, yy: 0 }, 4)).toBe(1)
    expect(designEffect({ n: 2, days: 2, x: 2, y: -2, xx: 2, xy: -2, yy: 2 }, 2)).toBe(1)
  })
})
