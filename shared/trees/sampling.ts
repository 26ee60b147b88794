import type { Rng } from '../kernel/random.ts'

/**
 * Draws each row with a probability of `share`, without replacement.
 *
 * @param rows  filled with all row indices: the drawn ones first, ascending, then the others, descending
 * @returns how many were drawn; all, and without asking `rng`, where `share` is 1
 */
export function drawRows(rows: Int32Array, share: number, rng: Rng): number {
  let drawn = 0
  let others = rows.length
  for (let r = 0; r < rows.length; r++) {
    if (share >= 1 || rng.next() < share) rows[drawn++] = r
    else rows[--others] = r
  }
  return drawn
}

/** A share of the features, at least one, ascending; `features` itself is reordered. */
export function drawFeatures(features: Int32Array, share: number, rng: Rng): Int32Array {
  const wanted = Math.max(1, Math.round(share * features.length))
  for (let i = 0; i < wanted; i++) {
    const j = i + rng.integer(features.length - i)
    const chosen = features[j] as number
    features[j] = features[i] as number
    features[i] = chosen
  }
  return features.subarray(0, wanted).sort()
}

/** The numbers 0 to n − 1. */
export function firstIntegers(n: number): Int32Array {
  const integers = new Int32Array(n)
  for (let i = 0; i < n; i++) integers[i] = i
  return integers
}

/** How often each of `n` rows is drawn when `draws` rows are drawn with replacement. */
export function drawWithReplacement(n: number, draws: number, rng: Rng): Float64Array {
  const counts = new Float64Array(n)
  for (let i = 0; i < draws; i++) {
    const r = rng.integer(n)
    counts[r] = (counts[r] as number) + 1
  }
  return counts
}
