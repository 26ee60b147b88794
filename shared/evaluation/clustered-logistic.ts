import type { LogisticModel } from '../calibration/logistic.ts'
import { fitLogistic, logisticInformation, logisticScores } from '../calibration/logistic.ts'
import { factorSymmetric, solveFactored } from '../calibration/symmetric.ts'
import { DomainError } from '../kernel/errors.ts'
import { sigmoid, Z_95 } from '../kernel/numeric.ts'
import { assertClusters, assertEnoughClusters } from './clustered.ts'

/** A parameter of a fit, with its cluster-robust error. */
export interface Coefficient {
  value: number
  error: number
  /** 95 % interval: value ± 1.96 · error. */
  low: number
  high: number
}

/**
 * Maximum-likelihood logistic regression with cluster-robust (sandwich) standard errors.
 *
 * Cov = G/(G − 1) · H⁻¹ (Σ_g u_g u_gᵀ) H⁻¹, with H the information matrix, u_g = Σ_{r∈g} (y_r − p_r)·x_r the score of
 * cluster g, and G clusters. The rows themselves need not be independent, only the clusters.
 *
 * @param columns   inputs by column, without the intercept's, finite
 * @param labels    0 or 1
 * @param clusters  cluster of each row
 * @returns         the intercept's coefficient first, then one for each column
 * @throws {DomainError} `length_mismatch`, `label_not_binary`, `value_not_finite`, `cluster_not_finite`,
 *   `too_few_clusters` unless there are more clusters than parameters; `one_class`, `singular` as of {@link fitLogistic}
 * @see K.-Y. Liang, S. L. Zeger, "Longitudinal Data Analysis Using Generalized Linear Models", Biometrika 73, 1986
 */
export function fitClusteredLogistic(
  columns: readonly Float64Array[],
  labels: ArrayLike<number>,
  clusters: ArrayLike<number>,
): Coefficient[] {
  assertRegressable(columns, labels)
  assertClusters(clusters, labels.length)
  const targets = Float64Array.from(labels)
  const model = fitLogistic(columns, targets)
  const scores = clusterScores(model, columns, { targets, clusters })
  assertEnoughClusters(scores.length, columns.length + 2)
  const factor = logisticInformation(model, columns)
  factorSymmetric(factor)
  const spread = scores.map((score) => solveFactored(factor, score))
  const correction = scores.length / (scores.length - 1)
  return [model.intercept, ...model.coefficients].map((value, j) => {
    const squares = spread.reduce((sum, influence) => sum + (influence[j] as number) ** 2, 0)
    const error = Math.sqrt(correction * squares)
    return { value, error, low: value - Z_95 * error, high: value + Z_95 * error }
  })
}

/** Σ (y − p)·x of each cluster, x beginning with the intercept's 1. */
function clusterScores(
  model: LogisticModel,
  columns: readonly Float64Array[],
  { targets, clusters }: { targets: Float64Array; clusters: ArrayLike<number> },
): Float64Array[] {
  const fitted = logisticScores(model, columns)
  const sums = new Map<number, Float64Array>()
  for (let r = 0; r < targets.length; r++) {
    const cluster = clusters[r] as number
    const sum = sums.get(cluster) ?? new Float64Array(columns.length + 1)
    const residual = (targets[r] as number) - sigmoid(fitted[r] as number)
    sum[0] = (sum[0] as number) + residual
    for (const [j, column] of columns.entries()) {
      sum[j + 1] = (sum[j + 1] as number) + residual * (column[r] as number)
    }
    sums.set(cluster, sum)
  }
  return Array.from(sums.values())
}

function assertRegressable(columns: readonly Float64Array[], labels: ArrayLike<number>): void {
  for (let r = 0; r < labels.length; r++) {
    if (labels[r] !== 0 && labels[r] !== 1) {
      throw new DomainError('label_not_binary', `label ${labels[r]} of row ${r}: must be 0 or 1`)
    }
  }
  for (const [j, column] of columns.entries()) {
    if (column.length !== labels.length) {
      throw new DomainError('length_mismatch', `${labels.length} labels and ${column.length} values of input ${j}`)
    }
    const bad = column.findIndex((value) => !Number.isFinite(value))
    if (bad >= 0) throw new DomainError('value_not_finite', `value ${column[bad]} of input ${j}, row ${bad}`)
  }
}
