import { sortedQuantile } from '../evaluation/sorted-quantile.ts'
import { DomainError } from '../kernel/errors.ts'
import { assertSamples } from './empirical.ts'

/**
 * Inner edges of bins that hold equal shares of a sample; the outer bins are open. Edges that coincide are one, so a
 * sample of few values has fewer bins.
 *
 * @param reference  ascending, finite, at least one value
 * @param bins       wanted, a whole number ≥ 2
 * @returns          at most bins − 1 edges, ascending
 * @throws {DomainError} `bins_out_of_range`, `no_rows`, `value_not_finite`, `not_sorted`
 */
export function quantileEdges(reference: Float64Array, bins: number): Float64Array {
  if (!(Number.isInteger(bins) && bins >= 2)) throw new DomainError('bins_out_of_range', `${bins} bins: at least 2`)
  assertSamples(reference)
  const edges = Array.from({ length: bins + 1 }, (_, k) => sortedQuantile(reference, k / bins))
  return Float64Array.from(new Set(edges)).slice(1, -1)
}

/**
 * How many values lie in each bin: bin k has edges[k − 1] ≤ value < edges[k].
 *
 * @returns length edges + 1
 */
export function countBins(edges: Float64Array, values: Float64Array): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0)
  for (const value of values) {
    let low = 0
    let high = edges.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (value < (edges[middle] as number)) high = middle
      else low = middle + 1
    }
    counts[low] = (counts[low] as number) + 1
  }
  return counts
}
