import { DomainError } from '../kernel/errors.ts'
import { studentQuantile } from './distributions.ts'

/** A mean with its 95 % interval, errors clustered. */
export interface ClusteredMean {
  mean: number
  low: number
  high: number
  /** Clusters, on which the interval stands; rows of one count as one draw. */
  clusters: number
}

/**
 * Mean with a 95 % interval whose errors are clustered: rows of one cluster (a day) share what happened and count as one
 * draw.
 *
 * mean ± t·se with se² = G/(G − 1) · Σ_g (Σ_{r∈g} (v_r − v̄))² / n² and t the quantile of Student's distribution with
 * G − 1 degrees of freedom, G being the number of clusters.
 *
 * @param values    finite
 * @param clusters  cluster of each row; rows of one cluster carry equal values
 * @throws {DomainError} `length_mismatch`, `value_not_finite`, `cluster_not_finite` (NaN included), `too_few_clusters`
 *   below two
 * @see A. C. Cameron, D. L. Miller, "A Practitioner's Guide to Cluster-Robust Inference", Journal of Human Resources 50, 2015
 */
export function clusteredMean(values: ArrayLike<number>, clusters: ArrayLike<number>): ClusteredMean {
  const { mean, error, clusters: count } = clusteredError(values, clusters)
  const reach = studentQuantile(count - 1) * error
  return { mean, low: mean - reach, high: mean + reach, clusters: count }
}

/** Mean and its standard error as in {@link clusteredMean}, without an interval; errors as there. */
export function clusteredError(
  values: ArrayLike<number>,
  clusters: ArrayLike<number>,
): { mean: number; error: number; clusters: number } {
  const n = values.length
  let total = 0
  for (let r = 0; r < n; r++) {
    if (!Number.isFinite(values[r])) throw new DomainError('value_not_finite', `value ${values[r]} of row ${r}`)
    total += values[r] as number
  }
  assertClusters(clusters, n)
  const mean = total / n
  const sums = new Map<number, number>()
  for (let r = 0; r < n; r++) {
    const cluster = clusters[r] as number
    sums.set(cluster, (sums.get(cluster) ?? 0) + (values[r] as number) - mean)
  }
  assertEnoughClusters(sums.size, 2)
  let squares = 0
  for (const sum of sums.values()) squares += sum * sum
  return { mean, error: Math.sqrt((sums.size / (sums.size - 1)) * squares) / n, clusters: sums.size }
}

/** @throws {DomainError} `length_mismatch`, `cluster_not_finite` */
export function assertClusters(clusters: ArrayLike<number>, rows: number): void {
  if (clusters.length !== rows) {
    throw new DomainError('length_mismatch', `${rows} rows and ${clusters.length} clusters`)
  }
  for (let r = 0; r < rows; r++) {
    if (!Number.isFinite(clusters[r])) throw new DomainError('cluster_not_finite', `cluster ${clusters[r]} of row ${r}`)
  }
}

/** @throws {DomainError} `too_few_clusters` */
export function assertEnoughClusters(count: number, least: number): void {
  if (count < least) {
    const groups = count === 1 ? 'day or group' : 'days or groups'
    throw new DomainError(
      'too_few_clusters',
      `all rows to be scored on are of ${count} ${groups}, and ${least} are the fewest to tell a difference from luck`,
    )
  }
}
