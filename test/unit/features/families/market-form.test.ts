import { describe, expect, test } from 'vitest'
import { returnDeviation, wilson } from '../../../../shared/features/families/market-form.ts'
import { RETURN, RETURN_SQUARES, RETURNED, SQUARE_UNIT, TOTALS, UNIT } from '../../../../shared/features/totals.ts'
import { bet } from '../../../support/bets.ts'
import { at, featuresAt, results } from '../features-at.ts'

describe('how a market has run lately', () => {
  // 15 won, then 6 lost, 4 won; of the last ten 4 were won, of the last twenty 14, of all 25 19.
  const ledger = results('WWWWWWWWWWWWWWWLLLLLLWWWW')

  test.each(['sport_market', 'sport_league_market'])('tells the win rates and returns of %s', (group) => {
    const features = featuresAt(ledger, { placedAtMs: at(3) })
    expect(features[`${group}_win_rate_last_10`]).toBeCloseTo(0.4, 7)
    expect(features[`${group}_win_rate_last_20`]).toBeCloseTo(0.7, 7)
    expect(features[`${group}_win_rate_momentum`]).toBeCloseTo(0.4 - 0.76, 7)
    expect(features[`${group}_roi_last_10`]).toBeCloseTo(-0.2, 7)
    expect(features[`${group}_roi_last_20`]).toBeCloseTo(0.4, 7)
    expect(features[`${group}_roi_momentum`]).toBeCloseTo(-0.2 - 0.52, 7)
    expect(features[`${group}_streak`]).toBe(4)
  })

  test('is of the sport, league and market where these differ', () => {
    const features = featuresAt(ledger, { placedAtMs: at(3), league: 'WNBA' })
    expect(features.sport_market_streak).toBe(4)
    expect(features.sport_league_market_streak).toBe(0)
    expect(features.sport_league_market_win_rate_low).toBeNaN()
  })

  test.each([
    ['', 0],
    ['P', 0],
    ['W', 1],
    ['LL', -2],
    ['WWL', -1],
    ['LWW', 2],
    ['WWPWP', 3],
    ['LLPPL', -3],
    ['WLWLWL', -1],
  ])('after %s has a streak of %d', (text, streak) => {
    expect(featuresAt(results(text), { placedAtMs: at(3) }).sport_market_streak).toBe(streak)
  })

  test('is missing, and its streak zero, without a history', () => {
    const features = featuresAt([], {})
    for (const suffix of ['win_rate_last_10', 'roi_last_20', 'roi_momentum', 'roi_deviation', 'win_rate_width']) {
      expect(features[`sport_market_${suffix}`]).toBeNaN()
    }
    expect(features.sport_market_streak).toBe(0)
  })
})

describe('a Wilson interval', () => {
  // R's binom package, binom.wilson: 8 of 10; 0 of 10 ends at z²/(n + z²).
  test.each([
    [8, 10, 0.4901624715, 0.9433178485],
    [0, 10, 0, 0.2775327999],
    [10, 10, 0.7224672001, 1],
    [1, 1, 0.2065493144, 1],
  ])('of %d of %d is as published', (wins, n, low, high) => {
    expect(wilson(wins, n).low).toBeCloseTo(low, 9)
    expect(wilson(wins, n).high).toBeCloseTo(high, 9)
  })

  test('of nothing is missing', () => {
    expect(wilson(0, 0)).toEqual({ low: Number.NaN, high: Number.NaN })
  })

  test('stays within 0 and 1 and holds the share, however many bets', () => {
    for (const n of [1, 2, 3, 10, 999, 1e6]) {
      for (const wins of [0, 1, n - 1, n].filter((count) => count >= 0)) {
        const { low, high } = wilson(wins, n)
        expect(low >= 0 && low <= wins / n + 1e-12 && high >= wins / n - 1e-12 && high <= 1).toBe(true)
      }
    }
  })

  test('tells a feature its lower end and its width', () => {
    const features = featuresAt(results('WWWWWWWWLL'), { placedAtMs: at(2) })
    expect(features.sport_market_win_rate_low).toBeCloseTo(0.4901624715, 7)
    expect(features.sport_market_win_rate_width).toBeCloseTo(0.9433178485 - 0.4901624715, 7)
  })
})

describe('a deviation of returns', () => {
  function totalsOf(returns: readonly number[]): Float64Array {
    const totals = new Float64Array(TOTALS)
    totals[RETURNED] = returns.length
    totals[RETURN] = returns.reduce((sum, net) => sum + net, 0) * UNIT
    totals[RETURN_SQUARES] = returns.reduce((sum, net) => sum + net * net, 0) * SQUARE_UNIT
    return totals
  }

  test('is that of a sample', () => {
    // Mean 1, squares of the differences 4, 4 and 0 over 2.
    expect(returnDeviation(totalsOf([3, -1, 1]))).toBe(2)
    expect(returnDeviation(totalsOf([0.5, 0.5, 0.5, 0.5]))).toBe(0)
  })

  test('is missing for fewer than two', () => {
    expect(returnDeviation(totalsOf([]))).toBeNaN()
    expect(returnDeviation(totalsOf([3]))).toBeNaN()
  })

  test('of bets is over their returns', () => {
    const money = [3000, -1000, 1000].map((profitMinor, i) => bet({ id: `${i}`, profitMinor, settledAtMs: at(0, 3) }))
    expect(featuresAt(money, { placedAtMs: at(1) }).sport_market_roi_deviation).toBe(2)
  })

  test('of equal returns is as good as none', () => {
    // 0.83² = 0.6889 lies furthest from whole 2⁻¹⁶: 0.3 of one too low. √(10/9 · 0.3/65536) = 0.0023.
    const equal = Array.from({ length: 10 }, (_, i) => bet({ id: `${i}`, profitMinor: 830 }))
    expect(featuresAt(equal, { placedAtMs: at(1) }).sport_market_roi_deviation).toBeLessThan(0.003)
  })
})
