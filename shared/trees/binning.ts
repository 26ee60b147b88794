import type { FeatureMatrix } from './matrix.ts'

/** Bin index that stands for a missing value. */
export const MISSING_BIN = 255

/** Most bins a feature may have; index 255 is kept for missing values. */
export const MAX_BINS = 255

/**
 * Quantile bins of each feature, found on training rows.
 *
 * Bin b of feature f holds the values in (edges[f][b−1], edges[f][b]]; the last bin is open above. Edges are values
 * that occur in the data, so a split "x ≤ edge" is exact in 32-bit floats.
 */
export interface Bins {
  /** Per feature its inner edges, ascending; `edges[f].length + 1` bins. */
  readonly edges: readonly Float32Array[]
}

/** A matrix after binning: `codes[f][r]` is a bin index, or {@link MISSING_BIN}. */
export interface BinnedMatrix {
  readonly nRows: number
  readonly codes: readonly Uint8Array[]
}

/**
 * Finds quantile bins.
 *
 * A feature with at most `maxBins` distinct values gets one bin for each; otherwise edges are chosen so that every bin
 * holds about as many rows, equal values never being parted.
 *
 * @param maxBins  2 … 255
 */
export function fitBins(matrix: FeatureMatrix, maxBins = MAX_BINS): Bins {
  return { edges: matrix.columns.map((column) => quantileEdges(column, maxBins)) }
}

/** Replaces every value by the index of its bin. */
export function binMatrix(matrix: FeatureMatrix, bins: Bins): BinnedMatrix {
  const codes = matrix.columns.map((column, f) => {
    const edges = bins.edges[f] as Float32Array
    const out = new Uint8Array(matrix.nRows)
    for (let r = 0; r < out.length; r++) out[r] = binOf(column[r] as number, edges)
    return out
  })
  return { nRows: matrix.nRows, codes }
}

/** Index of the first edge that is not below `value`; the number of edges if there is none; missing for NaN. */
function binOf(value: number, edges: Float32Array): number {
  if (Number.isNaN(value)) return MISSING_BIN
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (value <= (edges[middle] as number)) high = middle
    else low = middle + 1
  }
  return low
}

function quantileEdges(column: Float32Array, maxBins: number): Float32Array {
  const sorted = column.filter((value) => !Number.isNaN(value)).sort()
  const distinct: number[] = []
  const upTo: number[] = []
  for (let i = 0; i < sorted.length; i++) {
    if (i + 1 < sorted.length && sorted[i] === sorted[i + 1]) continue
    distinct.push(sorted[i] as number)
    upTo.push(i + 1)
  }
  // The largest value never is an edge: nothing would lie above it.
  if (distinct.length <= maxBins) return Float32Array.from(distinct.slice(0, -1))
  const edges: number[] = []
  let taken = 0
  for (let i = 0; i < distinct.length - 1 && edges.length < maxBins - 1; i++) {
    const share = (sorted.length - taken) / (maxBins - edges.length)
    if ((upTo[i] as number) - taken < share) continue
    edges.push(distinct[i] as number)
    taken = upTo[i] as number
  }
  return Float32Array.from(edges)
}
