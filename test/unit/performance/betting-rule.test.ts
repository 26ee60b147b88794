import { describe, expect, test } from 'vitest'
import { logit, sigmoid } from '../../../shared/kernel/numeric.ts'
import { createRng } from '../../../shared/kernel/random.ts'
import type { RuleBets } from '../../../shared/performance/betting-rule.ts'
import { compareBettingRules, evaluateBettingRule } from '../../../shared/performance/betting-rule.ts'

const refusal = (code: string) => expect.objectContaining({ name: 'DomainError', code })

/** Five bets at evens: won, lost, won, lost, won, on three days; the close of two is known. */
const bets: RuleBets = {
  decimalOdds: Float64Array.of(2, 2, 2, 2, 2),
  returnsPerUnit: Float64Array.of(1, -1, 1, -1, 1),
  closingLineValues: Float64Array.of(0.02, Number.NaN, 0.04, -0.5, Number.NaN),
  clusters: Float64Array.of(1, 1, 2, 3, 3),
}
const probabilities = [0.6, 0.55, 0.6, 0.4, 0.5]

describe('evaluateBettingRule', () => {
  test('bets where the expected value is above the threshold', () => {
    // Expected values 0.2, 0.1, 0.2, −0.2, 0.
    const result = evaluateBettingRule(bets, probabilities, 0)
    expect([result.offered, result.n]).toEqual([5, 3])
    expect(result.roi?.mean).toBeCloseTo(1 / 3, 14)
  })

  test('gives the hand example of an interval clustered by day', () => {
    // Returns 1, −1 on day one and 1 on day two: mean ⅓, centred sums −⅔ and ⅔, error √(2 · 8/9)/3 = 4/9.
    const { roi } = evaluateBettingRule(bets, probabilities, 0)
    const reach = (Math.tan(0.475 * Math.PI) * 4) / 9
    expect(roi?.interval?.clusters).toBe(2)
    expect(roi?.interval?.low).toBeCloseTo(1 / 3 - reach, 9)
    expect(roi?.interval?.high).toBeCloseTo(1 / 3 + reach, 9)
  })

  test('takes fewer bets at a higher threshold, exclusive', () => {
    expect(evaluateBettingRule(bets, probabilities, 0.15).n).toBe(2)
    expect(evaluateBettingRule(bets, [0.75, 0.5, 0.5, 0.5, 0.5], 0.5).n).toBe(0)
    expect(evaluateBettingRule(bets, probabilities, -1).n).toBe(5)
  })

  test('measures closing line value on the bets taken whose close is known', () => {
    const { closing } = evaluateBettingRule(bets, probabilities, 0)
    expect([closing.n, closing.coverage]).toEqual([2, 2 / 3])
    expect(closing.value?.mean).toBeCloseTo(0.03, 14)
    expect(closing.value?.interval?.clusters).toBe(2)
    expect(closing.value?.interval?.high).toBeGreaterThan(0.03)
  })

  test('says that there is no ROI where it took no bet', () => {
    expect(evaluateBettingRule(bets, probabilities, 1)).toEqual({
      offered: 5,
      n: 0,
      roi: undefined,
      closing: { n: 0, coverage: undefined, value: undefined },
    })
  })

  test('gives no interval where all bets taken are of one day', () => {
    const result = evaluateBettingRule(bets, [0.6, 0.6, 0.1, 0.1, 0.1], 0)
    expect(result.roi).toEqual({ mean: 0, interval: undefined })
    expect(result.closing.value).toEqual({ mean: 0.02, interval: undefined })
    expect(result.closing.coverage).toBe(0.5)
  })

  test('never bets on the implied probability, though its log-odds were kept in single precision', () => {
    const rng = createRng(1)
    const decimalOdds = Float64Array.from({ length: 5000 }, () => 1.01 + 100 * rng.next() ** 3)
    const many: RuleBets = {
      decimalOdds,
      returnsPerUnit: decimalOdds.map(() => -1),
      closingLineValues: decimalOdds.map(() => Number.NaN),
      clusters: decimalOdds.map((_, r) => r),
    }
    const implied = decimalOdds.map((price) => sigmoid(Math.fround(logit(1 / price))))
    expect(implied.filter((p, r) => p * (decimalOdds[r] ?? Number.NaN) > 1).length).toBeGreaterThan(1000)
    expect(evaluateBettingRule(many, implied, 0).n).toBe(0)
    const better = decimalOdds.map((price) => 1.0001 / price)
    expect(evaluateBettingRule(many, better, 0).n).toBe(5000)
  })
})

describe('compareBettingRules', () => {
  test('runs the same rule on each placebo, and takes every bet beside it', () => {
    const placebos = { implied: [0.5, 0.5, 0.5, 0.5, 0.5], recalibrated: [0.4, 0.6, 0.4, 0.6, 0.4] }
    const comparison = compareBettingRules(bets, { model: probabilities, placebos }, 0)
    expect(comparison.threshold).toBe(0)
    expect(comparison.rule).toEqual(evaluateBettingRule(bets, probabilities, 0))
    expect(Object.keys(comparison.placebos)).toEqual(['implied', 'recalibrated'])
    expect(comparison.placebos.implied?.n).toBe(0)
    expect([comparison.placebos.recalibrated?.n, comparison.placebos.recalibrated?.roi?.mean]).toEqual([2, -1])
    expect([comparison.everything.n, comparison.everything.closing.n]).toEqual([5, 3])
    expect(comparison.everything.roi?.mean).toBeCloseTo(0.2, 14)
    expect(comparison.everything.roi?.interval?.clusters).toBe(3)
  })

  test('tells skill from prices: a model without any does as its placebo', () => {
    // Favourites return 2 % more than longshots, and only the price knows which is which.
    const rng = createRng(2)
    const n = 4000
    const isFavourite = Array.from({ length: n }, () => rng.next() < 0.5)
    const priced: RuleBets = {
      decimalOdds: Float64Array.from(isFavourite, (favourite) => (favourite ? 1.5 : 4)),
      returnsPerUnit: Float64Array.from(isFavourite, (favourite) =>
        favourite ? (rng.next() < 0.7 ? 0.5 : -1) : rng.next() < 0.2 ? 3 : -1,
      ),
      closingLineValues: new Float64Array(n).fill(Number.NaN),
      clusters: Float64Array.from(isFavourite, (_, r) => Math.floor(r / 10)),
    }
    const byPrice = isFavourite.map((favourite) => (favourite ? 0.7 : 0.2))
    const { rule, placebos, everything } = compareBettingRules(
      priced,
      { model: byPrice, placebos: { recalibrated: byPrice } },
      0,
    )
    expect(rule.n).toBe(isFavourite.filter(Boolean).length)
    expect(rule).toEqual(placebos.recalibrated)
    expect(rule.roi?.mean).toBeGreaterThan(everything.roi?.mean ?? Number.NaN)
  })
})

describe('a betting rule refuses', () => {
  const change = (columns: Partial<RuleBets>): RuleBets => ({ ...bets, ...columns })

  test.each<[string, string, RuleBets, number[]]>([
    ['probabilities of another length', 'length_mismatch', bets, [0.5]],
    ['returns of another length', 'length_mismatch', change({ returnsPerUnit: Float64Array.of(1) }), probabilities],
    ['a missing probability', 'probability_out_of_range', bets, probabilities.with(2, Number.NaN)],
    ['a price of one', 'odds_out_of_range', change({ decimalOdds: bets.decimalOdds.with(1, 1) }), probabilities],
    [
      'a missing price',
      'odds_out_of_range',
      change({ decimalOdds: bets.decimalOdds.with(1, Number.NaN) }),
      probabilities,
    ],
    [
      'a missing return',
      'return_out_of_range',
      change({ returnsPerUnit: bets.returnsPerUnit.with(1, Number.NaN) }),
      probabilities,
    ],
    [
      'a loss of more than the stake',
      'return_out_of_range',
      change({ returnsPerUnit: bets.returnsPerUnit.with(1, -1.5) }),
      probabilities,
    ],
    ['a missing day', 'cluster_not_finite', change({ clusters: bets.clusters.with(1, Number.NaN) }), probabilities],
    [
      'an infinite closing line value',
      'closing_value_out_of_range',
      change({ closingLineValues: bets.closingLineValues.with(1, Number.NEGATIVE_INFINITY) }),
      probabilities,
    ],
  ])('%s', (_, code, rows, p) => {
    expect(() => evaluateBettingRule(rows, p, 0)).toThrow(refusal(code))
    expect(() => compareBettingRules(rows, { model: p, placebos: {} }, 0)).toThrow(refusal(code))
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('a threshold of %d', (threshold) => {
    expect(() => evaluateBettingRule(bets, probabilities, threshold)).toThrow(refusal('threshold_out_of_range'))
  })

  test('no bets', () => {
    const none = new Float64Array()
    const empty = { decimalOdds: none, returnsPerUnit: none, closingLineValues: none, clusters: none }
    expect(() => evaluateBettingRule(empty, [], 0)).toThrow(refusal('no_rows'))
  })
})
