import { describe, expect, it } from 'vitest'
import type { RoiPredictions } from '../../../shared/recipe/roi-comparison.ts'
import { joinRoi, ROI_RIVALS, scoreRoi } from '../../../shared/recipe/roi-comparison.ts'

/** Two bets on each of two days: at 2, at 5, at 2, at 5. */
const DRAWN: RoiPredictions = {
  head: Float64Array.of(0.5, -0.5, -0.5, 1),
  constant: Float64Array.of(0, 0, 0, 0),
  priceImplied: Float64Array.of(-0.1, -0.2, -0.1, -0.2),
  winProbability: Float64Array.of(0.5, -0.5, -0.5, 1),
  returns: Float64Array.of(1, -1, -1, 4),
  decimalOdds: Float64Array.of(2, 5, 2, 5),
  days: Float64Array.of(1, 1, 2, 2),
}

describe('scoreRoi', () => {
  const { n, losses, headMinus } = scoreRoi(DRAWN)

  it('takes the robust loss of returns in payouts, the squared of returns in stakes', () => {
    expect(n).toBe(4)
    // Head: residuals −0.5, 0.5, 0.5, −3 in stakes; over 2, 5, 2, 5 they are −0.25, 0.1, 0.25, −0.6.
    expect(losses.squared.head).toBeCloseTo((0.25 + 0.25 + 0.25 + 9) / 4, 12)
    expect(losses.robust.head).toBeCloseTo((0.0625 + 0.01 + 0.0625 + 0.36) / 4, 12)
    // Constant of 0: −1, 1, 1, −4 in stakes, −0.5, 0.2, 0.5, −0.8 in payouts.
    expect(losses.squared.constant).toBeCloseTo((1 + 1 + 1 + 16) / 4, 12)
    expect(losses.robust.constant).toBeCloseTo((0.25 + 0.04 + 0.25 + 0.64) / 4, 12)
  })

  it('holds the head against each rival, days being the draws', () => {
    const { mean, low, high, clusters } = headMinus.constant.robust
    // Differences by bet −0.1875, −0.03, −0.1875, −0.28; by day −0.2175 and −0.4675 around a mean of −0.17125 a bet.
    expect(mean).toBeCloseTo(-0.17125, 12)
    expect(clusters).toBe(2)
    // Day sums less twice the mean ±0.125: se = √(2/1 · 2 · 0.125²)/4 = 0.0625, and t with one degree of freedom 12.706.
    expect(high - mean).toBeCloseTo(12.7062047 * 0.0625, 6)
    expect(mean - low).toBeCloseTo(12.7062047 * 0.0625, 6)
    expect(headMinus.constant.squared.mean).toBeCloseTo((0.25 - 1 + 0.25 - 1 + 0.25 - 1 + 9 - 16) / 4, 12)
  })

  it('finds no difference where both say the same', () => {
    expect(headMinus.winProbability.robust).toMatchObject({ mean: 0, low: 0, high: 0 })
    expect(headMinus.winProbability.squared).toMatchObject({ mean: 0, low: 0, high: 0 })
  })

  it('keeps a return beyond any price from deciding', () => {
    const { losses: other } = scoreRoi({ ...DRAWN, returns: DRAWN.returns.with(0, 100) })
    // (0.5 − 100)/2 = −49.75 payouts: 2 · 49.75 − 1 = 98.5, not 2,475.
    expect(other.robust.head).toBeCloseTo((98.5 + 0.01 + 0.0625 + 0.36) / 4, 12)
  })

  it.each([
    ['no bet', 'no_rows', joinRoi([])],
    ['bets of a single day', 'too_few_clusters', { ...DRAWN, days: new Float64Array(4) }],
    ['an expectation that is no number', 'value_not_finite', { ...DRAWN, head: DRAWN.head.with(1, Number.NaN) }],
    ['a return that is no number', 'value_not_finite', { ...DRAWN, returns: DRAWN.returns.with(1, Number.NaN) }],
  ])('refuses %s', (_, code, predictions) => {
    expect(() => scoreRoi(predictions)).toThrow(expect.objectContaining({ name: 'DomainError', code }))
  })
})

describe('joinRoi', () => {
  it('puts folds one after the other', () => {
    const both = joinRoi([DRAWN, { ...DRAWN, head: Float64Array.of(9, 9, 9, 9) }])
    expect(Array.from(both.head)).toEqual([0.5, -0.5, -0.5, 1, 9, 9, 9, 9])
    for (const key of [...ROI_RIVALS, 'returns', 'decimalOdds', 'days'] as const) {
      expect(Array.from(both[key])).toEqual([...DRAWN[key], ...DRAWN[key]])
    }
  })
})
