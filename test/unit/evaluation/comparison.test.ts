import { describe, expect, test } from 'vitest'
import { compareLogLoss } from '../../../shared/evaluation/comparison.ts'
import { createRng } from '../../../shared/kernel/random.ts'

const E = Math.E
/** Probability whose loss, where the label is 1, is `loss` nats. */
const costing = (...losses: number[]) => losses.map((loss) => E ** -loss)

describe('compareLogLoss', () => {
  test('gives the hand example of a clustered error', () => {
    // Differences 1, 2 on day one and −1, 0 on day two: mean ½, centred sums 2 and −2, error √(2/1 · 8)/4 = 1.
    const result = compareLogLoss([1, 1, 1, 1], costing(2, 3, 1, 1), costing(1, 1, 2, 1), [1, 1, 2, 2])
    expect(result.clusters).toBe(2)
    expect(result.mean).toBeCloseTo(0.5, 12)
    expect(result.low).toBeCloseTo(0.5 - 1.959963984540054, 12)
    expect(result.high).toBeCloseTo(0.5 + 1.959963984540054, 12)
  })

  test('is negative where the first predictions are better', () => {
    const result = compareLogLoss([1, 0, 1, 0], [0.9, 0.1, 0.8, 0.2], [0.5, 0.5, 0.5, 0.5], [1, 2, 3, 4])
    expect(result.mean).toBeLessThan(0)
    expect(result.high).toBeLessThan(0)
  })

  test('widens the interval where rows of a day move together', () => {
    const rng = createRng(1)
    const labels = new Float64Array(400).fill(1)
    const second = new Float64Array(400).fill(0.5)
    const byDay = Array.from({ length: 40 }, () => 0.4 + 0.2 * rng.next())
    const first = Float64Array.from(labels, (_, r) => byDay[Math.floor(r / 10)] ?? Number.NaN)
    const apart = compareLogLoss(
      labels,
      first,
      second,
      first.map((_, r) => r),
    )
    const together = compareLogLoss(
      labels,
      first,
      second,
      first.map((_, r) => Math.floor(r / 10)),
    )
    // Ten equal rows count as one: √10 times the error.
    expect((together.high - together.low) / (apart.high - apart.low)).toBeCloseTo(Math.sqrt(10), 1)
    expect([together.clusters, apart.clusters]).toEqual([40, 400])
  })

  test('does not need the rows of a cluster to stand together', () => {
    const together = compareLogLoss([1, 1, 1, 1], costing(2, 3, 1, 1), costing(1, 1, 2, 1), [1, 1, 2, 2])
    const apart = compareLogLoss([1, 1, 1, 1], costing(2, 1, 3, 1), costing(1, 2, 1, 1), [1, 2, 1, 2])
    expect(apart.high).toBeCloseTo(together.high, 12)
  })

  test.each([
    ['no rows', []],
    ['one cluster', [7, 7]],
  ])('gives no interval for %s', (_, clusters) => {
    const rows = clusters.map(() => 0.5)
    expect(() =>
      compareLogLoss(
        clusters.map(() => 1),
        rows,
        rows,
        clusters,
      ),
    ).toThrow(expect.objectContaining({ code: 'too_few_clusters' }))
  })

  test.each([
    ['first', [0.5], [0.5, 0.5], [1, 2]],
    ['second', [0.5, 0.5], [0.5], [1, 2]],
    ['clusters', [0.5, 0.5], [0.5, 0.5], [1]],
  ])('refuses %s of another length than the labels', (_, first, second, clusters) => {
    expect(() => compareLogLoss([1, 0], first, second, clusters)).toThrow(
      expect.objectContaining({ code: 'length_mismatch' }),
    )
  })
})
