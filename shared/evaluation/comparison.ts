import { Z_95 } from '../kernel/numeric.ts'
import { clusteredError } from './clustered.ts'
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
 * @throws {DomainError} `too_few_clusters` below two, `length_mismatch`, `cluster_not_finite`, `label_not_binary`,
 *   `probability_out_of_range`
 */
export function compareLogLoss(
  labels: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  clusters: ArrayLike<number>,
): LossDifference {
  assertScorable(labels, first)
  assertScorable(labels, second)
  const a = rowLogLosses(labels, first)
  const b = rowLogLosses(labels, second)
  const difference = a.map((loss, r) => loss - (b[r] as number))
  const { mean, error, clusters: count } = clusteredError(difference, clusters)
  return { mean, low: mean - Z_95 * error, high: mean + Z_95 * error, clusters: count }
}
