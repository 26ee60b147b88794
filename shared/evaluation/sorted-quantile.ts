/**
 * Quantile of rising values, straight between neighbours: the value at place q·(n − 1), counted from 0.
 *
 * @param sorted  rising, at least one
 * @param q       in [0, 1]
 */
export function sortedQuantile(sorted: ArrayLike<number>, q: number): number {
  const place = q * (sorted.length - 1)
  const below = Math.floor(place)
  const low = sorted[below] as number
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number
  return low + (place - below) * (high - low)
}
