import { DomainError } from '../kernel/errors.ts'
import { sortedQuantile } from './sorted-quantile.ts'

/** How probabilities are put into bins. */
export interface Binning {
  /** Number of bins, a whole number ≥ 1; 10 where not given. */
  bins?: number
  /**
   * `equal_width` (the default): [k/bins, (k + 1)/bins), the last one closed.
   * `equal_mass`: (edge, next edge] at the quantiles k/bins of the probabilities, so that each holds about as many
   * rows; equal probabilities share a bin, and some bins may be empty for it.
   */
  kind?: 'equal_width' | 'equal_mass'
}

/** A bin number for each row. */
export interface BinnedRows {
  count: number
  ofRow: Int32Array
}

/**
 * Puts each row into its bin.
 *
 * @param probabilities  in [0, 1]
 * @throws {DomainError} `bins_out_of_range`
 */
export function binProbabilities(probabilities: ArrayLike<number>, binning: Binning = {}): BinnedRows {
  const count = binning.bins ?? 10
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new DomainError('bins_out_of_range', `${count} bins: must be a whole number of at least 1`)
  }
  const binOf = binning.kind === 'equal_mass' ? massBins(probabilities, count) : widthBins(count)
  return { count, ofRow: Int32Array.from(probabilities, binOf) }
}

function widthBins(count: number): (p: number) => number {
  return (p) => Math.min(count - 1, Math.floor(p * count))
}

function massBins(probabilities: ArrayLike<number>, count: number): (p: number) => number {
  const sorted = Float64Array.from(probabilities).sort()
  const edges = Float64Array.from({ length: count - 1 }, (_, k) => sortedQuantile(sorted, (k + 1) / count))
  return (p) => {
    let low = 0
    let high = edges.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((edges[middle] as number) < p) low = middle + 1
      else high = middle
    }
    return low
  }
}
