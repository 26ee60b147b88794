import { describe, expect, test } from 'vitest'
import { winDistribution, winRateInterval } from '../../../shared/market-model/win-distribution.ts'

describe('winDistribution', () => {
  test('agrees with scipy.stats.betabinom', () => {
    const masses = winDistribution(30, 0.52, 0.05)
    const expected = [
      8.013902779067791e-6, 6.23116679883446e-5, 0.04161937540209064, 0.0883473256883902, 2.44208671418805e-5,
    ]
    for (const [i, k] of [0, 1, 10, 15, 30].entries()) {
      expect((masses[k] ?? Number.NaN) / (expected[i] ?? Number.NaN)).toBeCloseTo(1, 10)
    }
  })

  test('is binomial without correlation', () => {
    const masses = winDistribution(30, 0.3, 0)
    // scipy.stats.binom
    expect(masses[0]).toBeCloseTo(2.2539340290692216e-5, 9)
    expect(masses[9]).toBeCloseTo(0.15729077895777904, 6)
  })

  test('has mass one, the mean asked for, and the variance that the correlation makes', () => {
    const [n, p, rho] = [30, 0.37, 0.08]
    const masses = winDistribution(n, p, rho)
    const moment = (power: number) => masses.reduce((sum, mass, k) => sum + mass * k ** power, 0)
    expect(moment(0)).toBeCloseTo(1, 12)
    expect(moment(1)).toBeCloseTo(n * p, 10)
    expect(moment(2) - moment(1) ** 2).toBeCloseTo(n * p * (1 - p) * (1 + (n - 1) * rho), 9)
  })
})

describe('winRateInterval', () => {
  test.each([
    // scipy.stats: ppf at both ends
    ['beta-binomial', winDistribution(30, 0.52, 0.05), 0.8, 10, 21],
    ['beta-binomial', winDistribution(30, 0.52, 0.05), 0.95, 7, 24],
    ['binomial', winDistribution(30, 0.5, 0), 0.8, 11, 19],
    ['binomial', winDistribution(30, 0.5, 0), 0.95, 10, 20],
  ])('of a %s distribution ends at its quantiles', (_, masses, level, low, high) => {
    expect(winRateInterval(masses, level)).toEqual({ low: low / 30, high: high / 30 })
  })
})
