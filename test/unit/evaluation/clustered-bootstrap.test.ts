import { describe, expect, test } from 'vitest'
import { clusteredMean } from '../../../shared/evaluation/clustered.ts'
import { clusteredBootstrap } from '../../../shared/evaluation/clustered-bootstrap.ts'
import { scoreBinary } from '../../../shared/evaluation/metrics.ts'
import { createRng } from '../../../shared/kernel/random.ts'

const refusal = (code: string) => expect.objectContaining({ name: 'DomainError', code })
const meanOf = (values: ArrayLike<number>) => (rows: Int32Array) =>
  rows.reduce((sum, r) => sum + (values[r] ?? Number.NaN), 0) / rows.length

/** 60 days of ten rows; rows of a day share most of what they are. */
function days(seed: number) {
  const rng = createRng(seed)
  const ofDay = Array.from({ length: 60 }, () => rng.normal())
  const clusters = Float64Array.from({ length: 600 }, (_, r) => Math.floor(r / 10))
  return { clusters, values: clusters.map((day) => (ofDay[day] ?? Number.NaN) + 0.2 * rng.normal()) }
}

describe('clusteredBootstrap', () => {
  test('gives about the interval that the formula gives for a mean', () => {
    const { values, clusters } = days(1)
    const byFormula = clusteredMean(values, clusters)
    const drawn = clusteredBootstrap(meanOf(values), clusters, { rng: createRng(2), replicates: 2000 })
    const width = byFormula.high - byFormula.low
    expect(drawn.estimate).toBeCloseTo(byFormula.mean, 12)
    expect(Math.abs((drawn.high - drawn.low) / width - 1)).toBeLessThan(0.1)
    expect(Math.abs(drawn.low - byFormula.low) / width).toBeLessThan(0.1)
    expect([drawn.clusters, drawn.replicates]).toEqual([60, 2000])
  })

  test('draws whole clusters: each one that is drawn comes with all its rows', () => {
    const clusters = [5, 8, 5, 8, 8, 2]
    const seen = new Set<number>()
    const rowsOfEach = (rows: Int32Array) => {
      const count = (r: number) => rows.filter((row) => row === r).length
      expect([count(2), count(3), count(4)]).toEqual([count(0), count(1), count(1)])
      // Three clusters are drawn each time.
      expect(count(0) + count(1) + count(5)).toBe(3)
      seen.add(rows.length)
      return rows.length
    }
    clusteredBootstrap(rowsOfEach, clusters, { rng: createRng(3), replicates: 400 })
    // Sizes 2, 3 and 1, three draws with replacement: 3 to 9 rows.
    expect([...seen].sort()).toEqual([3, 4, 5, 6, 7, 8, 9])
  })

  test('gives the same interval for the same seed, another for another', () => {
    const { values, clusters } = days(4)
    const run = (seed: number) => clusteredBootstrap(meanOf(values), clusters, { rng: createRng(seed), replicates: 50 })
    expect(run(1)).toEqual(run(1))
    expect(run(1).low).not.toBe(run(2).low)
  })

  test('takes the quantiles at 2.5 and 97.5 %, straight between replicates', () => {
    let calls = 0
    // The rows themselves, then 101 replicates with the values 0 … 100 in falling order.
    const result = clusteredBootstrap(() => 101 - calls++, [1, 2], { rng: createRng(5), replicates: 101 })
    expect(result.estimate).toBe(101)
    expect(result.low).toBeCloseTo(2.5, 12)
    expect(result.high).toBeCloseTo(97.5, 12)
  })

  test('leaves out replicates on which the statistic is not defined, and counts the rest', () => {
    const labels = [1, 0, 0, 0]
    const auc = (rows: Int32Array) =>
      scoreBinary(
        Array.from(rows, (r) => labels[r] ?? Number.NaN),
        Array.from(rows, (r) => [0.9, 0.2, 0.3, 0.1][r] ?? Number.NaN),
      ).auc
    const result = clusteredBootstrap(auc, [1, 2, 3, 4], { rng: createRng(6), replicates: 1000 })
    // The only one is drawn unless missed four times: 1 − (3/4)⁴ = 68 %, less the 1/256 in which nothing else is.
    expect(result.replicates / 1000).toBeGreaterThan(0.62)
    expect(result.replicates / 1000).toBeLessThan(0.74)
    expect([result.estimate, result.low, result.high]).toEqual([1, 1, 1])
  })

  test('draws a thousand times where not told otherwise', () => {
    expect(clusteredBootstrap(() => 1, [1, 2], { rng: createRng(7) }).replicates).toBe(1000)
  })
})

describe('clusteredBootstrap refuses', () => {
  const rng = createRng(8)

  test.each([0, -1, 1.5, Number.NaN])('%d replicates', (replicates) => {
    expect(() => clusteredBootstrap(() => 1, [1, 2], { rng, replicates })).toThrow(refusal('replicates_out_of_range'))
  })

  test('one cluster, none and a missing one', () => {
    expect(() => clusteredBootstrap(() => 1, [1, 1], { rng })).toThrow(refusal('too_few_clusters'))
    expect(() => clusteredBootstrap(() => 1, [], { rng })).toThrow(refusal('too_few_clusters'))
    expect(() => clusteredBootstrap(() => 1, [1, Number.NaN], { rng })).toThrow(refusal('cluster_not_finite'))
  })

  test('a statistic that is not defined on the rows, or on most replicates', () => {
    expect(() => clusteredBootstrap(() => Number.NaN, [1, 2], { rng })).toThrow(refusal('statistic_undefined'))
    let calls = 0
    const rarely = () => (calls++ % 3 === 0 ? 1 : Number.NaN)
    expect(() => clusteredBootstrap(rarely, [1, 2], { rng, replicates: 30 })).toThrow(refusal('statistic_undefined'))
  })
})
