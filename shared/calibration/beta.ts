import { softplus } from '../kernel/numeric.ts'
import type { Calibrator } from './calibrator.ts'
import { assertFittable } from './fitting-rows.ts'
import { fitLogistic, logisticScores } from './logistic.ts'

/** Beta calibration: a line in ln p and ln(1 − p), which can bend both ends of the scale by different amounts. */
export type BetaCalibrator = Extract<Calibrator, { kind: 'beta' }>

/**
 * Beta calibration, logit p′ = a·ln p − b·ln(1 − p) + c with p = sigmoid(score), by maximum likelihood with a, b ≥ 0.
 *
 * Where a or b comes out negative, the fit is made again with one of them at zero, and the better of those that hold is
 * kept; where neither holds, both are zero and the result is the share of ones. The loss is convex, so this is the best
 * fit under the constraint. a = b = 1, c = 0 leaves the score as it is.
 *
 * @param scores  log-odds, finite
 * @param labels  0 or 1
 * @throws {DomainError} `length_mismatch`, `score_not_finite`, `label_not_binary`, `one_class`; `singular` where fewer
 *   than three scores differ or the scores tell the labels apart without error
 * @see M. Kull, T. Silva Filho, P. Flach, "Beta calibration: a well-founded and easily implemented improvement on
 *   logistic calibration for binary classifiers", AISTATS 2017
 */
export function fitBeta(scores: ArrayLike<number>, labels: ArrayLike<number>): BetaCalibrator {
  assertFittable(scores, labels)
  const targets = Float64Array.from(labels)
  const logP = Float64Array.from(scores, (score) => -softplus(-score))
  const minusLogQ = Float64Array.from(scores, (score) => softplus(score))
  const { intercept, coefficients } = fitLogistic([logP, minusLogQ], targets)
  const [a, b] = coefficients as [number, number]
  if (a >= 0 && b >= 0) return { kind: 'beta', a, b, c: intercept }
  const one = fitOneSided(logP, targets)
  const other = fitOneSided(minusLogQ, targets)
  if (one.slope < 0 && other.slope < 0) return { kind: 'beta', a: 0, b: 0, c: fitLogistic([], targets).intercept }
  return other.slope < 0 || (one.slope >= 0 && one.loss <= other.loss)
    ? { kind: 'beta', a: one.slope, b: 0, c: one.intercept }
    : { kind: 'beta', a: 0, b: other.slope, c: other.intercept }
}

function fitOneSided(input: Float64Array, targets: Float64Array): { slope: number; intercept: number; loss: number } {
  const model = fitLogistic([input], targets)
  const loss = logisticScores(model, [input]).reduce(
    (sum, score, r) => sum + softplus(targets[r] === 1 ? -score : score),
    0,
  )
  return { slope: model.coefficients[0] as number, intercept: model.intercept, loss }
}
