import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chiSquareTest } from '../../../shared/drift/contingency.ts'
import { jensenShannonDistance } from '../../../shared/drift/jensen-shannon.ts'
import { kolmogorovSmirnovTest } from '../../../shared/drift/kolmogorov-smirnov.ts'
import { populationStabilityIndex, psiPValue } from '../../../shared/drift/psi.ts'
import { countBins, quantileEdges } from '../../../shared/drift/quantile-bins.ts'
import { wassersteinDistance } from '../../../shared/drift/wasserstein.ts'
import { createRng } from '../../../shared/kernel/random.ts'

const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 40 }).map(sorted)
const counts = fc
  .array(fc.tuple(fc.nat(30), fc.nat(30)), { minLength: 1, maxLength: 8 })
  .map((pairs) => ({ reference: pairs.map(([r]) => r), current: pairs.map(([, c]) => c) }))
  .filter(({ reference, current }) => Math.max(...reference) > 0 && Math.max(...current) > 0)

describe('kolmogorovSmirnovTest', () => {
  test('finds the largest gap of the steps, ties taken together', () => {
    // F steps to 1/4, 1/2, 3/4, 1 at 1, 2, 3, 4; G is 1/2 from 3 on and 1 from 4 on.
    expect(kolmogorovSmirnovTest(sorted([1, 2, 3, 4]), sorted([3, 4])).statistic).toBe(0.5)
    expect(kolmogorovSmirnovTest(sorted([1, 1, 1]), sorted([1, 1])).statistic).toBe(0)
  })

  test('alarms no more often than its level where nothing moved', () => {
    const rng = createRng(1)
    let alarms = 0
    for (let i = 0; i < 400; i++) {
      const draw = (n: number) => sorted(Array.from({ length: n }, () => rng.next()))
      if (kolmogorovSmirnovTest(draw(300), draw(60)).pValue <= 0.05) alarms++
    }
    // 20 of 400 are expected; 35 or more would come by chance once in a thousand times.
    expect(alarms).toBeLessThan(35)
    expect(alarms).toBeGreaterThan(4)
  })

  test.each([
    [[], [1], 'no_rows'],
    [[1], [Number.NaN], 'value_not_finite'],
    [[2, 1], [1], 'not_sorted'],
  ])('refuses %j and %j as %s', (a, b, code) => {
    expect(() => kolmogorovSmirnovTest(Float64Array.from(a), Float64Array.from(b))).toThrow(
      expect.objectContaining({ code }),
    )
  })
})

describe('wassersteinDistance', () => {
  test('is how far values move', () => {
    expect(wassersteinDistance(sorted([0, 1, 3]), sorted([5, 6, 8]))).toBe(5)
    expect(wassersteinDistance(sorted([0, 4]), sorted([1]))).toBe(2)
  })

  test('does not mind the order of the samples, and moves with a shift of both', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const there = wassersteinDistance(a, b)
        expect(wassersteinDistance(b, a)).toBeCloseTo(there, 12)
        expect(
          wassersteinDistance(
            a.map((v) => v + 7),
            b.map((v) => v + 7),
          ),
        ).toBeCloseTo(there, 12)
      }),
    )
  })
})

describe('over categories', () => {
  test('chi-square is that of the textbook’s table', () => {
    // Expected 7.5 and 12.5 of each sample; gaps of 2.5: 2·6.25/7.5 + 2·6.25/12.5.
    const { statistic, degrees } = chiSquareTest({ reference: [10, 10], current: [5, 15] })
    expect(statistic).toBeCloseTo(8 / 3, 12)
    expect(degrees).toBe(1)
  })

  test('one category alone, seen or not, shows nothing', () => {
    expect(chiSquareTest({ reference: [4, 0], current: [9, 0] })).toEqual({ statistic: 0, degrees: 0, pValue: 1 })
    expect(psiPValue(0, { n: 4, m: 9, bins: 1 })).toBe(1)
  })

  test('the index of halves that become quarters and three quarters is a quarter of ln 3', () => {
    const counted = { reference: [10, 10], current: [5, 15] }
    expect(populationStabilityIndex(counted)).toBeCloseTo(Math.log(3) / 4, 12)
  })

  test('an empty bin counts as the least share', () => {
    const index = populationStabilityIndex({ reference: [50, 50], current: [100, 0] })
    expect(index).toBeCloseTo(0.5 * Math.log(2) + (1e-4 - 0.5) * Math.log(1e-4 / 0.5), 12)
  })

  test('nothing in common is a Jensen-Shannon distance of 1, nothing changed one of 0', () => {
    expect(jensenShannonDistance({ reference: [3, 0], current: [0, 8] })).toBeCloseTo(1, 12)
    expect(jensenShannonDistance({ reference: [3, 6], current: [1, 2] })).toBe(0)
  })

  test('neither distance minds which sample came first, and both stay in their range', () => {
    fc.assert(
      fc.property(counts, ({ reference, current }) => {
        const there = { reference, current }
        const back = { reference: current, current: reference }
        expect(jensenShannonDistance(back)).toBeCloseTo(jensenShannonDistance(there), 12)
        expect(populationStabilityIndex(back)).toBeCloseTo(populationStabilityIndex(there), 10)
        expect(jensenShannonDistance(there)).toBeLessThanOrEqual(1 + 1e-12)
        expect(populationStabilityIndex(there)).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  test.each([
    [{ reference: [1], current: [1, 2] }, 'length_mismatch'],
    [{ reference: [Number.NaN], current: [1] }, 'count_out_of_range'],
    [{ reference: [-1], current: [1] }, 'count_out_of_range'],
    [{ reference: [0], current: [1] }, 'no_rows'],
  ])('%j is refused as %s', (table, code) => {
    expect(() => chiSquareTest(table)).toThrow(expect.objectContaining({ code }))
  })
})

describe('bins of equal shares', () => {
  test('lie at the quantiles of the reference and are open at both ends', () => {
    const edges = quantileEdges(sorted([0, 1, 2, 3, 4]), 4)
    expect([...edges]).toEqual([1, 2, 3])
    expect(countBins(edges, Float64Array.of(-100, 1, 1.5, 3, 100))).toEqual([1, 2, 0, 2])
  })

  test('are fewer where values repeat', () => {
    expect([...quantileEdges(sorted([7, 7, 7, 7]), 10)]).toEqual([])
    expect(countBins(Float64Array.of(), Float64Array.of(7, 8))).toEqual([2])
  })

  test('count every value once', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const counted = countBins(quantileEdges(a, 10), b)
        expect(counted.reduce((sum, count) => sum + count, 0)).toBe(b.length)
      }),
    )
  })
})

function sorted(of: readonly number[]): Float64Array {
  return Float64Array.from(of).sort()
}
