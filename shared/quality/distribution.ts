import * as z from 'zod'
import { invariant } from '../kernel/errors.ts'

/**
 * A sparse histogram of fixed bin width, from which quantiles are read. Bin k holds the values nearest to k·width, those
 * within half a width of it; only bins that hold something are listed.
 *
 * Two histograms of equal width add up to the histogram of all their values, so quantiles do not depend on how the
 * values were parted.
 */
export const distributionSchema = z.object({
  width: z.number().positive(),
  /** `k, count` after `k, count`, ascending in k. */
  bins: z.array(z.int()).refine((bins) => bins.length % 2 === 0, { error: 'each bin is an index and a count' }),
})

export type Distribution = z.infer<typeof distributionSchema>

/** Bins up to this far from zero are counted in an array, which is quicker than a map. */
const NEAR_BINS = 1024

/** Counts values into bins; what is not finite is passed over. */
export function createBinning(width: number): { add(x: number): void; distribution(): Distribution } {
  const near = new Int32Array(2 * NEAR_BINS + 1)
  const far = new Map<number, number>()
  return {
    add(x) {
      const bin = Math.round(x / width)
      if (bin >= -NEAR_BINS && bin <= NEAR_BINS) near[bin + NEAR_BINS] = (near[bin + NEAR_BINS] as number) + 1
      else if (Number.isFinite(bin)) far.set(bin, (far.get(bin) ?? 0) + 1)
    },
    distribution() {
      const bins: number[] = []
      for (let i = 0; i < near.length; i++) if (near[i] !== 0) bins.push(i - NEAR_BINS, near[i] as number)
      if (far.size === 0) return { width, bins }
      return mergeDistributions(width, [
        { width, bins },
        { width, bins: inOrder(far) },
      ])
    },
  }
}

/**
 * Counts of several histograms added up.
 *
 * @param parts  all of the given width
 */
export function mergeDistributions(width: number, parts: Iterable<Distribution>): Distribution {
  const counts = new Map<number, number>()
  for (const part of parts) {
    invariant(part.width === width, `a histogram of bin width ${part.width} cannot join one of ${width}`)
    for (let i = 0; i < part.bins.length; i += 2) {
      const bin = part.bins[i] as number
      counts.set(bin, (counts.get(bin) ?? 0) + (part.bins[i + 1] as number))
    }
  }
  return { width, bins: inOrder(counts) }
}

/**
 * Quantile of the counted values: between the two order statistics around (n − 1)·p, linearly (type 7 of Hyndman and
 * Fan, NumPy's default), each order statistic taken at the middle of its bin.
 *
 * @param p  in [0, 1]
 * @returns  at most half a bin width from the quantile of the values themselves; NaN where nothing was counted
 * @see R. J. Hyndman, Y. Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50(4), 1996
 */
export function quantile({ width, bins }: Distribution, p: number): number {
  let n = 0
  for (let i = 1; i < bins.length; i += 2) n += bins[i] as number
  const position = (n - 1) * p
  const below = Math.floor(position)
  const low = binAt(bins, below) * width
  const high = binAt(bins, Math.ceil(position)) * width
  return low + (position - below) * (high - low)
}

/** Bin of the value that has `rank` values before it in order; NaN where there is none. */
function binAt(bins: readonly number[], rank: number): number {
  let seen = 0
  for (let i = 0; i < bins.length; i += 2) {
    seen += bins[i + 1] as number
    if (rank < seen) return bins[i] as number
  }
  return Number.NaN
}

function inOrder(counts: ReadonlyMap<number, number>): number[] {
  const bins: number[] = []
  for (const bin of Float64Array.from(counts.keys()).sort()) bins.push(bin, counts.get(bin) as number)
  return bins
}
