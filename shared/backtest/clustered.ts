import { DomainError } from '../kernel/errors.ts'
import { Z_95 } from '../kernel/numeric.ts'

/** A ratio of sums with a normal 95 % interval whose errors are clustered. */
export interface ClusteredRatio {
  ratio: number
  /** Undefined where fewer than two clusters give no spread. */
  interval: { low: number; high: number } | undefined
  clusters: number
  n: number
}

/**
 * Σ numerators / Σ denominators; with denominators of 1 a mean, with profits over stakes an ROI.
 *
 * Rows of one cluster (a day) share games and form, so they count as one draw: with residuals u = a − ratio·b,
 * Var = G/(G − 1) · Σ_g (Σ_{r∈g} u_r)² / (Σ b)².
 *
 * @param denominators  ≥ 0
 * @param clusters      cluster of each row; rows of one cluster carry equal values
 * @returns             undefined where the denominators sum to 0
 * @throws {DomainError} `length_mismatch`
 * @see W. G. Cochran, "Sampling Techniques", 3rd ed., 1977, 9A.1 (ratio of cluster totals)
 */
export function clusteredRatio(
  numerators: ArrayLike<number>,
  denominators: ArrayLike<number>,
  clusters: ArrayLike<number>,
): ClusteredRatio | undefined {
  const n = numerators.length
  if (denominators.length !== n || clusters.length !== n) {
    throw new DomainError('length_mismatch', `${n} numerators, ${denominators.length} and ${clusters.length} others`)
  }
  const sums = new Map<number, { a: number; b: number }>()
  let [totalA, totalB] = [0, 0]
  for (let r = 0; r < n; r++) {
    const [a, b, cluster] = [numerators[r] as number, denominators[r] as number, clusters[r] as number]
    totalA += a
    totalB += b
    const sum = sums.get(cluster)
    if (sum === undefined) sums.set(cluster, { a, b })
    else {
      sum.a += a
      sum.b += b
    }
  }
  if (!(totalB > 0)) return undefined
  const ratio = totalA / totalB
  let squares = 0
  for (const { a, b } of sums.values()) squares += (a - ratio * b) ** 2
  const halfWidth = (Z_95 * Math.sqrt((sums.size / (sums.size - 1)) * squares)) / totalB
  const interval = sums.size < 2 ? undefined : { low: ratio - halfWidth, high: ratio + halfWidth }
  return { ratio, interval, clusters: sums.size, n }
}
