import type { BinnedMatrix } from './binning.ts'
import { MISSING_BIN } from './binning.ts'

/**
 * Sums of gradients and Hessians by feature and bin: entry 2·(256·slot + code) is Σ gradient, the next Σ hessian,
 * with `slot` the feature's position in the tree's column sample.
 */
export type Histogram = Float64Array

const BINS_PER_FEATURE = MISSING_BIN + 1

/** An empty histogram for `nSlots` features. */
export function createHistogram(nSlots: number): Histogram {
  return new Float64Array(2 * BINS_PER_FEATURE * nSlots)
}

/** Offset of feature slot `slot` in a {@link Histogram}. */
export function slotOffset(slot: number): number {
  return 2 * BINS_PER_FEATURE * slot
}

/**
 * Fills `out` with the sums over `rows[begin … end)`.
 *
 * @param pairs  gradient and Hessian of row r at 2r and 2r + 1
 */
export function fillHistogram(
  out: Histogram,
  matrix: BinnedMatrix,
  features: Int32Array,
  rows: Int32Array,
  range: { begin: number; end: number },
  pairs: Float64Array,
): void {
  out.fill(0)
  // Gathered once, the pairs are read in order for every feature instead of all over memory.
  const n = range.end - range.begin
  const gathered = new Float64Array(2 * n)
  for (let i = 0; i < n; i++) {
    const r = rows[range.begin + i] as number
    gathered[2 * i] = pairs[2 * r] as number
    gathered[2 * i + 1] = pairs[2 * r + 1] as number
  }
  for (let slot = 0; slot < features.length; slot++) {
    const codes = matrix.codes[features[slot] as number] as Uint8Array
    const base = slotOffset(slot)
    for (let i = 0; i < n; i++) {
      const at = base + 2 * (codes[rows[range.begin + i] as number] as number)
      out[at] = (out[at] as number) + (gathered[2 * i] as number)
      out[at + 1] = (out[at + 1] as number) + (gathered[2 * i + 1] as number)
    }
  }
}

/** out = parent − sibling, in place of a second pass over the larger child's rows. */
export function subtractHistogram(out: Histogram, parent: Histogram, sibling: Histogram): void {
  for (let i = 0; i < out.length; i++) out[i] = (parent[i] as number) - (sibling[i] as number)
}
