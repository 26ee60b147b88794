import { describe, expect, test } from 'vitest'
import {
  addToSpread,
  createSpread,
  FEWEST_PRIOR_BETS,
  MOST_PRIOR_BETS,
  priorBets,
} from '../../../shared/features/shrinkage.ts'
import { createRng } from '../../../shared/kernel/random.ts'
import { shuffled } from '../../support/bets.ts'

/** The weight for sets of residuals, taken in in a random order. */
function weightOf(sets: readonly (readonly number[])[], seed = 1): number {
  const spread = createSpread()
  const counts = sets.map(() => 0)
  const sums = sets.map(() => 0)
  const all = sets.flatMap((residuals, s) => residuals.map((residual) => ({ s, residual })))
  for (const { s, residual } of shuffled(all, seed)) {
    addToSpread(spread, counts[s] ?? 0, sums[s] ?? 0, residual)
    counts[s] = (counts[s] ?? 0) + 1
    sums[s] = (sums[s] ?? 0) + residual
  }
  return priorBets(spread)
}

function repeated(value: number, times: number): number[] {
  return Array.from({ length: times }, () => value)
}

/** So many won and lost at 2.00. */
function atEvens(won: number, lost: number): number[] {
  return [...repeated(0.5, won), ...repeated(-0.5, lost)]
}

describe('the weight of the prior', () => {
  /*
   * By hand for 3 won of 4 and 1 won of 3: means 1/4 and −1/6, over all 1/14; MSB = 4·(5/28)² + 3·(5/21)² = 25/84,
   * MSW = (3/4 + 2/3)/5 = 17/60, n₀ = 7 − 25/7 = 24/7, τ² = (25/84 − 17/60)/(24/7) = 1/240, k = (17/60)·240 = 68.
   * The other from sums of squared differences in exact fractions (Python's fractions.Fraction, by the definitions of
   * MSB and MSW as mean squared differences): 60 of 100, 20 of 50 and 11 of 20 won give k = 14400/529.
   */
  test.each([
    ['two small sets', [atEvens(3, 1), atEvens(1, 2)], 68],
    ['three of different sizes', [atEvens(60, 40), atEvens(20, 30), atEvens(11, 9)], 14_400 / 529],
  ])('is σ²/τ² by the method of moments: %s', (_, sets, k) => {
    expect(weightOf(sets)).toBeCloseTo(k, 8)
    expect(weightOf([...sets].reverse(), 5)).toBeCloseTo(k, 8)
  })

  test('is 1000 where sets differ by no more than luck', () => {
    // MSB = 1/6 below MSW = 1/3.
    expect(weightOf([atEvens(2, 1), atEvens(1, 2)])).toBe(MOST_PRIOR_BETS)
    expect(weightOf([atEvens(5, 5), atEvens(5, 5)])).toBe(MOST_PRIOR_BETS)
  })

  test('is never above 1000 and never below 20', () => {
    // k = 14/23 by the same fractions: 6 of 7 won against 1 of 7.
    expect(weightOf([atEvens(6, 1), atEvens(1, 6)])).toBe(FEWEST_PRIOR_BETS)
    expect(weightOf([repeated(0.5, 9), repeated(-0.5, 9)])).toBe(FEWEST_PRIOR_BETS)
    // MSB just above MSW: 10,050 of 20,000 won against 9,950 give k in the tens of thousands.
    expect(weightOf([atEvens(10_100, 9900), atEvens(9900, 10_100)])).toBe(MOST_PRIOR_BETS)
  })

  test.each([
    ['nothing', []],
    ['one set', [atEvens(30, 10)]],
    ['one bet in each set', [[0.5], [-0.5], [0.5]]],
  ])('is 1000 where it cannot be told: %s', (_, sets) => {
    expect(weightOf(sets)).toBe(MOST_PRIOR_BETS)
  })

  test('is 1000 where all results are alike: nothing differs, within sets or between them', () => {
    const rng = createRng(1)
    const weights = Array.from({ length: 2000 }, () => {
      const odds = Math.round(100 * (1.05 + 4 * rng.next())) / 100
      const residual = -Math.round(2 ** 24 / odds) / 2 ** 24
      const sizes = Array.from({ length: 2 + rng.integer(5) }, () => 1 + rng.integer(60))
      return weightOf(sizes.map((size) => repeated(residual, size)))
    })
    expect(weights.filter((weight) => weight !== MOST_PRIOR_BETS)).toEqual([])
  })

  test('does not depend on the order in which results come', () => {
    const sets = [atEvens(40, 20), atEvens(11, 19), atEvens(8, 8)]
    const weights = Array.from({ length: 20 }, (_, seed) => weightOf(sets, seed))
    for (const weight of weights) expect(weight).toBeCloseTo(weights[0] ?? Number.NaN, 8)
  })
})
