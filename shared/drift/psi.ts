import type { CategoryCounts } from './contingency.ts'
import { totals } from './contingency.ts'
import { upperGamma } from './incomplete-gamma.ts'

/** A share below this counts as this much, so that an empty bin gives a number. */
export const LEAST_SHARE = 1e-4

/**
 * Population stability index: Σ (q − p)·ln(q/p) over bins, p and q the shares of the reference and the current sample,
 * each at least `leastShare`.
 *
 * A bin that is empty in both samples adds nothing.
 *
 * @returns ≥ 0, in nats; 0 for equal shares
 * @throws {DomainError} as `chiSquareTest`
 * @see B. Yurdakul, "Statistical Properties of Population Stability Index", Western Michigan University, 2018
 */
export function populationStabilityIndex(counts: CategoryCounts, leastShare = LEAST_SHARE): number {
  const { n, m } = totals(counts)
  return counts.reference.reduce((sum, reference, k) => {
    const current = counts.current[k] as number
    if (reference === 0 && current === 0) return sum
    const p = Math.max(reference / n, leastShare)
    const q = Math.max(current / m, leastShare)
    return sum + (q - p) * Math.log(q / p)
  }, 0)
}

/**
 * Chance of an index at least this large where nothing has changed: PSI·n·m/(n + m) is close to chi-square with
 * bins − 1 degrees of freedom, so what is alarming depends on the sizes and a fixed band of 0.1 or 0.25 means nothing.
 *
 * @param psi   ≥ 0
 * @param size  rows of the reference and of the current sample, and bins seen in either, at least 1
 */
export function psiPValue(psi: number, { n, m, bins }: { n: number; m: number; bins: number }): number {
  return bins < 2 ? 1 : upperGamma((bins - 1) / 2, (psi * n * m) / (n + m) / 2)
}
