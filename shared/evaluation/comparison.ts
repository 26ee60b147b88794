import { DomainError } from '../kernel/errors.ts'
import { Z_95 } from '../kernel/numeric.ts'
import { assertScorable, rowLogLosses } from './metrics.ts'

/** Difference of two sets of predictions on the same rows, in log loss; negative where the first is better. */
export interface LossDifference {
  mean: number
  /** 95 % interval with errors clustered. */
  low: number
  high: number
  clusters: number
}

/**
 * Mean difference in log loss, first minus second, with a normal 95 % interval whose errors are clustered.
 *
 * Rows of one cluster (a day) share games and form, so they count as one draw: Var = G/(G−1) · Σ_g (Σ_{r∈g} (d_r − d̄))² / n².
 *
 * @param clusters  cluster of each row; rows of one cluster carry equal values
 * @throws {DomainError} `too_few_clusters` below two, `length_mismatch`, `label_not_binary`, `probability_out_of_range`
 */
export function compareLogLoss(
  labels: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  clusters: ArrayLike<number>,
): LossDifference {
  assertScorable(labels, first)
  assertScorable(labels, second)
  if (clusters.length !== labels.length) {
    throw new DomainError('length_mismatch', `${labels.length} labels and ${clusters.length} clusters`)
  }
  const a = rowLogLosses(labels, first)
  const b = rowLogLosses(labels, second)
  const difference = a.map((loss, r) => loss - (b[r] as number))
  const mean = difference.reduce((sum, d) => sum + d, 0) / difference.length
  const sums = new Map<number, number>()
  for (let r = 0; r < difference.length; r++) {
    const cluster = clusters[r] as number
    sums.set(cluster, (sums.get(cluster) ?? 0) + (difference[r] as number) - mean)
  }
  if (sums.size < 2)
    throw new DomainError(
      'too_few_clusters',
      `all rows to be scored on are of ${sums.size} day or group: that is too little to tell a difference from luck`,
    )
  let squares = 0
  for (const sum of sums.values()) squares += sum * sum
  const error = Math.sqrt((sums.size / (sums.size - 1)) * squares) / difference.length
  return { mean, low: mean - Z_95 * error, high: mean + Z_95 * error, clusters: sums.size }
}
