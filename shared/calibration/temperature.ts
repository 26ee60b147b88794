import { DomainError } from '../kernel/errors.ts'
import { sigmoid } from '../kernel/numeric.ts'
import type { Calibrator } from './calibrator.ts'
import { assertFittable } from './fitting-rows.ts'
import { noUniqueFit } from './symmetric.ts'

/** Temperature scaling: one divisor for all scores. */
export type TemperatureCalibrator = Extract<Calibrator, { kind: 'temperature' }>

/**
 * Temperature scaling, logit p = score / temperature, by maximum likelihood.
 *
 * With τ = 1/temperature the log loss is convex in τ; its derivative Σ (sigmoid(τ·score) − label)·score is brought to
 * zero by Newton steps kept inside a bracket. A temperature above 1 draws probabilities towards one half.
 *
 * @param scores  log-odds, finite
 * @param labels  0 or 1
 * @throws {DomainError} `length_mismatch`, `score_not_finite`, `label_not_binary`, `one_class`; `no_temperature` where
 *   the scores say nothing or speak against the labels; `singular` where they tell the labels apart without error
 * @see C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, "On Calibration of Modern Neural Networks", ICML 2017
 */
export function fitTemperature(scores: ArrayLike<number>, labels: ArrayLike<number>): TemperatureCalibrator {
  assertFittable(scores, labels)
  const slopeAt = (tau: number) => derivatives(tau, scores, labels)
  if (!(slopeAt(0).first < 0)) {
    throw new DomainError(
      'no_temperature',
      'the scores say nothing or speak against the labels: no temperature is best',
    )
  }
  if (!hasWrongSign(scores, labels)) throw noUniqueFit()
  let high = 1
  while (slopeAt(high).first < 0) high *= 2
  return { kind: 'temperature', temperature: 1 / rootBelow(high, slopeAt) }
}

interface Derivatives {
  first: number
  second: number
}

/** Root of an increasing function on [0, high], to a relative 1e−15. */
function rootBelow(high: number, slopeAt: (tau: number) => Derivatives): number {
  let below = 0
  let above = high
  let tau = high / 2
  for (let step = 0; step < 200; step++) {
    const { first, second } = slopeAt(tau)
    if (first < 0) below = tau
    else above = tau
    const newton = tau - first / second
    // A step that leaves the bracket (or is no number) is replaced by halving it.
    const next = newton > below && newton < above ? newton : (below + above) / 2
    if (Math.abs(next - tau) <= 1e-15 * next) return next
    tau = next
  }
  return tau
}

/** Of the log loss in τ. */
function derivatives(tau: number, scores: ArrayLike<number>, labels: ArrayLike<number>): Derivatives {
  let first = 0
  let second = 0
  for (let r = 0; r < scores.length; r++) {
    const score = scores[r] as number
    const p = sigmoid(tau * score)
    first += (p - (labels[r] as number)) * score
    second += p * (1 - p) * score * score
  }
  return { first, second }
}

function hasWrongSign(scores: ArrayLike<number>, labels: ArrayLike<number>): boolean {
  for (let r = 0; r < scores.length; r++) {
    if (((labels[r] as number) - 0.5) * (scores[r] as number) < 0) return true
  }
  return false
}
