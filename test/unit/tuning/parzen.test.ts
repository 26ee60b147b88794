import { describe, expect, it } from 'vitest'
import { createRng } from '../../../shared/kernel/random.ts'
import { bandwidths, parzenEstimator, windowWeights } from '../../../shared/tuning/parzen.ts'
import type { Dimension } from '../../../shared/tuning/space.ts'

const X: Dimension = { kind: 'float', name: 'x', low: 0, high: 10, scale: 'linear' }
const RATE: Dimension = { kind: 'float', name: 'rate', low: 0.001, high: 1, scale: 'log' }
const COUNT: Dimension = { kind: 'integer', name: 'count', low: 1, high: 100, scale: 'log' }
const KIND: Dimension = { kind: 'choice', name: 'kind', choices: ['a', 'b', 'c'] }

describe('parzenEstimator', () => {
  // Mixtures of scipy.stats.truncnorm with the bandwidths and weights worked out by hand.
  it.each([
    [0, 0.07756665184281325],
    [2.5, 0.14282809389403062],
    [9.9, 0.059842743926300124],
  ])('has at %d the density of truncated normals around what was observed', (x, density) => {
    expect(parzenEstimator(X, [2, 3, 8]).density(x)).toBeCloseTo(density, 12)
  })

  it.each([
    [0.002, 0.09035248727801454],
    [0.05, 0.1622693341396661],
    [1, 0.05920313440150879],
  ])('has at %d on a logarithmic scale the density of windows of which the old weigh less', (rate, density) => {
    const observed = Array.from({ length: 30 }, (_, k) => 10 ** (-3 + (3 * (k + 1)) / 31))
    expect(parzenEstimator(RATE, observed).density(rate)).toBeCloseTo(density, 12)
  })

  it.each([
    [1, 0.20578084874863958],
    [10, 0.022552650430326598],
    [100, 0.000880561666294836],
  ])('gives the whole number %d the mass of its cell', (count, mass) => {
    expect(parzenEstimator(COUNT, [1, 10]).density(count)).toBeCloseTo(mass, 12)
  })

  it('adds up to 1 over whole numbers and over choices', () => {
    const counts = parzenEstimator(COUNT, [3, 3, 50])
    const all = Array.from({ length: 100 }, (_, i) => counts.density(i + 1)).reduce((sum, mass) => sum + mass, 0)
    expect(all).toBeCloseTo(1, 10)
  })

  it('gives choices their counts and a share of the prior', () => {
    // n = 3: an observed choice has (1 + 1/4)/(1 + 3/4) = 5/7 of its window, another 1/7, and the prior gives 1/3 each.
    const kinds = parzenEstimator(KIND, ['a', 'a', 'c'])
    expect(kinds.density('a')).toBeCloseTo((5 / 7 + 5 / 7 + 1 / 7 + 1 / 3) / 4, 12)
    expect(kinds.density('b')).toBeCloseTo((1 / 7 + 1 / 7 + 1 / 7 + 1 / 3) / 4, 12)
    expect(kinds.density('c')).toBeCloseTo((1 / 7 + 1 / 7 + 5 / 7 + 1 / 3) / 4, 12)
  })

  it('is the prior where nothing was observed', () => {
    expect(parzenEstimator(KIND, []).density('b')).toBeCloseTo(1 / 3, 12)
    // A normal of width 10 at 5 has 0.3829249225 of its mass in [0, 10]; its density at its centre is 0.0398942280.
    expect(parzenEstimator(X, []).density(5)).toBeCloseTo(0.0398942280401 / 0.382924922548, 10)
  })

  it('draws as often as its density says', () => {
    const counts = parzenEstimator(COUNT, [1, 10])
    const kinds = parzenEstimator(KIND, ['a', 'a', 'c'])
    const rng = createRng(11)
    const [ones, as] = [counts, kinds].map((estimator) => Array.from({ length: 4000 }, () => estimator.sample(rng)))
    const shareOf = (drawn: readonly unknown[] = [], value: unknown) => drawn.filter((v) => v === value).length / 4000
    expect(Math.abs(shareOf(ones, 1) - 0.20578)).toBeLessThan(0.025)
    expect(Math.abs(shareOf(as, 'a') - kinds.density('a'))).toBeLessThan(0.025)
  })

  it('draws values within the bounds, floats and whole numbers', () => {
    const rng = createRng(12)
    for (let i = 0; i < 500; i++) {
      const rate = Number(parzenEstimator(RATE, [0.001, 1]).sample(rng))
      const count = Number(parzenEstimator(COUNT, [100]).sample(rng))
      expect(rate >= 0.001 && rate <= 1).toBe(true)
      expect(Number.isInteger(count) && count >= 1 && count <= 100).toBe(true)
    }
  })

  it('never has a density of 0, however narrow its windows', () => {
    const crowded = parzenEstimator(
      X,
      Array.from({ length: 200 }, () => 0),
    )
    expect(crowded.density(10)).toBeGreaterThan(0)
  })
})

describe('windowWeights', () => {
  it('are equal for up to 25 observations and the prior', () => {
    expect([...windowWeights(3)]).toEqual([0.25, 0.25, 0.25, 0.25])
    expect(windowWeights(25)).toEqual(new Float64Array(26).fill(1 / 26))
  })

  it('rise evenly from 1/n over those before the last 25', () => {
    // n = 28: 1/28, the middle of 1/28 and 1, 1; then 25 of 1 and the prior.
    const sum = 1 / 28 + (1 / 28 + 1) / 2 + 1 + 26
    const weights = windowWeights(28)
    expect(weights[0]).toBeCloseTo(1 / 28 / sum, 12)
    expect(weights[1]).toBeCloseTo((1 / 28 + 1) / 2 / sum, 12)
    expect(weights[2]).toBeCloseTo(1 / sum, 12)
    expect(weights[28]).toBeCloseTo(1 / sum, 12)
  })

  it('of one old observation is 1/n', () => {
    expect((windowWeights(26)[0] ?? 0) / (windowWeights(26)[1] ?? 1)).toBeCloseTo(1 / 26, 12)
  })
})

describe('bandwidths', () => {
  it('are the distances to the farther neighbour, in the order of the places', () => {
    expect([...bandwidths([8, 2, 5, 3])]).toEqual([3, 1, 3, 2])
    expect([...bandwidths([4, 4])]).toEqual([0, 0])
    expect([...bandwidths([4])]).toEqual([0])
  })
})
