/**
 * A map from a raw score (log-odds) to a calibrated probability, monotone in the score.
 *
 * - `none`: sigmoid(score)
 * - `platt`: sigmoid(intercept + slope · score)
 * - `temperature`: sigmoid(score / temperature), temperature > 0
 * - `beta`: sigmoid(a · ln p − b · ln(1 − p) + c) with p = sigmoid(score), a ≥ 0, b ≥ 0
 * - `isotonic`: linear between the points (scores[i], probabilities[i]), both ascending; level beyond the ends
 */
export type Calibrator =
  | { kind: 'none' }
  | { kind: 'platt'; slope: number; intercept: number }
  | { kind: 'temperature'; temperature: number }
  | { kind: 'beta'; a: number; b: number; c: number }
  | { kind: 'isotonic'; scores: readonly number[]; probabilities: readonly number[] }

export const CALIBRATION_KINDS = ['none', 'platt', 'temperature', 'beta', 'isotonic'] as const
export type CalibrationKind = Calibrator['kind']
