import { describe, expect, test } from 'vitest'
import { clusteredError, clusteredMean } from '../../../shared/evaluation/clustered.ts'

const refusal = (code: string) => expect.objectContaining({ name: 'DomainError', code })

describe('clusteredMean', () => {
  test('gives the hand example, with the quantile of Student for two clusters', () => {
    // Mean ½, centred sums 2 and −2, error √(2/1 · 8)/4 = 1; t with one degree of freedom is tan(0.475·π).
    const { mean, low, high, clusters } = clusteredMean([1, 2, -1, 0], [1, 1, 2, 2])
    expect([mean, clusters]).toEqual([0.5, 2])
    expect(low).toBeCloseTo(0.5 - Math.tan(0.475 * Math.PI), 10)
    expect(high).toBeCloseTo(0.5 + Math.tan(0.475 * Math.PI), 10)
  })

  test('is the usual interval of a mean where each row is its own cluster', () => {
    // 1 … 5: mean 3, standard deviation √2.5, t with four degrees of freedom 2.776445.
    const { low, high } = clusteredMean([1, 2, 3, 4, 5], [10, 11, 12, 13, 14])
    expect(low).toBeCloseTo(3 - 2.7764451052 * Math.sqrt(0.5), 8)
    expect(high).toBeCloseTo(3 + 2.7764451052 * Math.sqrt(0.5), 8)
  })

  test('weighs rows alike, however large their cluster', () => {
    // Sums −1 + 0, and 1 around mean 2: error √(2 · 2)/3.
    const { mean, error } = clusteredError([1, 2, 3], [7, 7, 9])
    expect(mean).toBe(2)
    expect(error).toBeCloseTo(2 / 3, 14)
  })

  test.each<[string, string, number[], number[]]>([
    ['clusters of another length', 'length_mismatch', [1, 2], [1]],
    ['a missing value', 'value_not_finite', [1, Number.NaN], [1, 2]],
    ['an infinite value', 'value_not_finite', [1, Number.POSITIVE_INFINITY], [1, 2]],
    ['a missing cluster', 'cluster_not_finite', [1, 2], [1, Number.NaN]],
    ['one cluster', 'too_few_clusters', [1, 2, 3], [4, 4, 4]],
    ['no rows', 'too_few_clusters', [], []],
  ])('refuses %s', (_, code, values, clusters) => {
    expect(() => clusteredMean(values, clusters)).toThrow(refusal(code))
  })
})
