import { DomainError } from '../kernel/errors.ts'
import type { FeatureMatrix } from './matrix.ts'
import type { Objective } from './objective.ts'

/** Rows with labels, and for each row the raw score (log-odds, under log loss) from which boosting starts. */
export interface LabelledRows {
  matrix: FeatureMatrix
  /** 0 or 1 under log loss, finite otherwise; length nRows. */
  labels: Float64Array
  /** Raw scores, finite, length nRows. */
  initialScores: Float64Array
  /** Counts of how often each row stands for itself, ≥ 0, length nRows; 1 each where left out. */
  weights?: Float64Array
}

/** The same for any number of outputs. */
export interface ScoredRows {
  matrix: FeatureMatrix
  labels: Float64Array
  /** One array for each output. */
  initialScores: readonly Float64Array[]
  weights?: Float64Array | undefined
}

export function asScoredRows(rows: LabelledRows): ScoredRows {
  return { ...rows, initialScores: [rows.initialScores] }
}

/** Fewest rows to learn from: fewer cannot stand on both sides of two splits. */
export const LEAST_ROWS = 4

/**
 * Throws where rows cannot be scored under a loss.
 *
 * @throws {DomainError} `no_rows`; `label_not_binary`, `label_not_finite` or `label_not_class`;
 *   `initial_score_not_finite`; `weight_not_usable` (negative, infinite, NaN or too few), `weights_all_zero`
 */
export function assertUsable(rows: ScoredRows, objective: Objective): void {
  const { matrix, labels, initialScores } = rows
  if (matrix.nRows === 0) throw new DomainError('no_rows', 'learning needs rows, and there are none')
  for (let r = 0; r < matrix.nRows; r++) {
    const refused = objective.refuseLabel(labels[r])
    if (refused !== undefined) {
      throw new DomainError(refused.code, `label ${labels[r]} of row ${r}: ${refused.wanted}`)
    }
    for (let k = 0; k < objective.nOutputs; k++) {
      const score = initialScores[k]?.[r]
      if (!Number.isFinite(score))
        throw new DomainError('initial_score_not_finite', `initial score ${score} of row ${r}`)
    }
  }
  if (rows.weights !== undefined) assertWeights(rows.weights, matrix.nRows)
}

/**
 * Throws where rows can be scored but not learned from.
 *
 * @throws {DomainError} `one_class`, `constant_labels` of the rows with weight; `too_few_rows`; `all_missing`
 */
export function assertLearnable({ matrix, labels, weights }: ScoredRows, objective: Objective): void {
  if (matrix.nRows < LEAST_ROWS) {
    throw new DomainError('too_few_rows', `${matrix.nRows} rows to learn from: ${LEAST_ROWS} are the least`)
  }
  const first = labels.find((_, r) => weightOf(weights, r) > 0)
  if (labels.every((label, r) => label === first || weightOf(weights, r) === 0)) {
    const code = objective.link === 'identity' ? 'constant_labels' : 'one_class'
    throw new DomainError(code, `all ${labels.length} training rows have the label ${first}: nothing to tell apart`)
  }
  if (matrix.columns.every((column) => column.every((value) => Number.isNaN(value)))) {
    throw new DomainError('all_missing', `no value in any of ${matrix.columns.length} columns: nothing to learn from`)
  }
}

/** @throws {DomainError} `weight_not_usable`, `weights_all_zero` */
export function assertWeights(weights: Float64Array, nRows: number): void {
  let total = 0
  for (let r = 0; r < nRows; r++) {
    const weight = weights[r]
    if (weight === undefined || !(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      throw new DomainError('weight_not_usable', `weight ${weight} of row ${r}: must be finite and not negative`)
    }
    total += weight
  }
  if (total === 0) throw new DomainError('weights_all_zero', `all ${nRows} rows have the weight 0: nothing counts`)
}

function weightOf(weights: Float64Array | undefined, row: number): number {
  return weights === undefined ? 1 : (weights[row] as number)
}
