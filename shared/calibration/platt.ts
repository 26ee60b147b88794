import type { Calibrator } from './calibrator.ts'
import { assertFittable } from './fitting-rows.ts'
import { fitLogistic } from './logistic.ts'

/** Platt scaling: the straight line in the score whose sigmoid is the probability. */
export type PlattCalibrator = Extract<Calibrator, { kind: 'platt' }>

/**
 * Platt scaling, logit p = intercept + slope · score, by Newton's method.
 *
 * Where smoothed, the line is drawn to Platt's targets (n₁ + 1)/(n₁ + 2) for a one and 1/(n₀ + 2) for a zero, with n₁
 * ones and n₀ zeros: the fit is finite even where the scores tell the labels apart without error. Otherwise it is plain
 * maximum likelihood. Platt's own A is −slope, his B −intercept. The slope is negative where the scores speak against
 * the labels.
 *
 * @param scores   log-odds, finite
 * @param labels   0 or 1
 * @param options  `smoothed`, true by default
 * @throws {DomainError} `length_mismatch`, `score_not_finite`, `label_not_binary`, `one_class`; `singular` where all
 *   scores are equal or, without smoothing, tell the labels apart without error
 * @see J. C. Platt, "Probabilistic Outputs for Support Vector Machines", 2000, section 2.2
 */
export function fitPlatt(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  options: { smoothed?: boolean } = {},
): PlattCalibrator {
  assertFittable(scores, labels)
  const plain = Float64Array.from(labels)
  const targets = (options.smoothed ?? true) ? smoothedTargets(plain) : plain
  const model = fitLogistic([Float64Array.from(scores)], targets)
  return { kind: 'platt', slope: model.coefficients[0] as number, intercept: model.intercept }
}

function smoothedTargets(labels: Float64Array): Float64Array {
  const ones = labels.reduce((sum, y) => sum + y, 0)
  const zeros = labels.length - ones
  return labels.map((y) => (y === 1 ? (ones + 1) / (ones + 2) : 1 / (zeros + 2)))
}
