import type { CategoryCounts } from './contingency.ts'
import { totals } from './contingency.ts'

/**
 * Jensen–Shannon distance of two samples over categories: √(½·KL(p‖m) + ½·KL(q‖m)) with m = (p + q)/2 and logarithms to
 * base 2.
 *
 * @returns in [0, 1]: 0 for equal shares, 1 where no category is shared
 * @throws {DomainError} as `chiSquareTest`
 * @see D. M. Endres, J. E. Schindelin, "A New Metric for Probability Distributions", IEEE Trans. Inf. Theory 49, 2003
 */
export function jensenShannonDistance(counts: CategoryCounts): number {
  const { n, m } = totals(counts)
  const divergence = counts.reference.reduce((sum, reference, k) => {
    const p = reference / n
    const q = (counts.current[k] as number) / m
    const middle = (p + q) / 2
    return sum + (surprise(p, middle) + surprise(q, middle)) / 2
  }, 0)
  // Rounding may leave equal shares a hair below nothing.
  return Math.sqrt(Math.max(0, divergence))
}

function surprise(p: number, middle: number): number {
  return p === 0 ? 0 : p * Math.log2(p / middle)
}
