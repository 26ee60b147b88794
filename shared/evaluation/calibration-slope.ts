import type { Coefficient } from './clustered-logistic.ts'
import { fitClusteredLogistic } from './clustered-logistic.ts'
import { assertScorable, logOddsOf } from './metrics.ts'

/** The line that would recalibrate the probabilities: 1 and 0 where they need none. */
export interface CalibrationLine {
  /** Below 1 where the probabilities are too extreme, above where they are too timid, negative where they are upside down. */
  slope: Coefficient
  /** With the slope beside it: above 0 where ones are more frequent than a probability of one half says. */
  intercept: Coefficient
}

/**
 * Calibration slope and intercept: logistic regression of the label on logit p, with errors clustered.
 *
 * Both are fitted together, logit P(label = 1) = intercept + slope · logit p, by plain maximum likelihood.
 *
 * @param labels         0 or 1
 * @param probabilities  in [0, 1]; 0 and 1 count as in the log loss, as one unit of the last place off
 * @param clusters       cluster of each row, at least three in all
 * @throws {DomainError} `length_mismatch`, `label_not_binary`, `probability_out_of_range` (NaN included),
 *   `cluster_not_finite`, `too_few_clusters`, `one_class`; `singular` where all probabilities are equal or tell the labels
 *   apart without error
 * @see D. R. Cox, "Two Further Applications of a Model for Binary Regression", Biometrika 45, 1958
 */
export function calibrationSlope(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  clusters: ArrayLike<number>,
): CalibrationLine {
  assertScorable(labels, probabilities)
  const [intercept, slope] = fitClusteredLogistic([logOddsOf(probabilities)], labels, clusters)
  return { slope: slope as Coefficient, intercept: intercept as Coefficient }
}
