import { invariant } from '../kernel/errors.ts'
import { clamp, sigmoid, softplus } from '../kernel/numeric.ts'
import type { Calibrator } from './calibrator.ts'

/**
 * The probability that a calibrator makes of a raw score (log-odds).
 *
 * @param score  log-odds; ±Infinity gives the limit, NaN gives NaN
 * @returns      probability in [0, 1]
 * @example applyCalibrator({ kind: 'platt', slope: 2, intercept: 0 }, Math.log(3)) // 0.9
 */
export function applyCalibrator(calibrator: Calibrator, score: number): number {
  if (Number.isNaN(score)) return Number.NaN
  switch (calibrator.kind) {
    case 'none':
      return sigmoid(score)
    case 'platt':
      return sigmoid(calibrator.intercept + calibrator.slope * score)
    case 'temperature':
      return sigmoid(score / calibrator.temperature)
    case 'beta':
      return sigmoid(betaScore(calibrator.a, calibrator.b, calibrator.c, score))
    case 'isotonic':
      return interpolate(calibrator.scores, calibrator.probabilities, score)
  }
}

/**
 * a · ln p − b · ln(1 − p) + c with p = sigmoid(score), by ln p = −softplus(−score) and ln(1 − p) = −softplus(score). A
 * weight of 0 leaves its term out, infinite logarithms included.
 */
function betaScore(a: number, b: number, c: number, score: number): number {
  const left = a === 0 ? 0 : -a * softplus(-score)
  const right = b === 0 ? 0 : b * softplus(score)
  return c + left + right
}

/**
 * Linear interpolation at x between the points (xs[i], ys[i]), xs ascending; level beyond the ends. Where points share
 * an x, the first of them holds there.
 */
function interpolate(xs: readonly number[], ys: readonly number[], x: number): number {
  invariant(
    xs.length > 0 && xs.length === ys.length,
    `${xs.length} scores and ${ys.length} probabilities of an isotone`,
  )
  const within = clamp(x, xs[0] as number, xs.at(-1) as number)
  const upper = lowerBound(xs, within)
  if (upper === 0) return ys[0] as number
  const x0 = xs[upper - 1] as number
  const y0 = ys[upper - 1] as number
  return y0 + ((within - x0) / ((xs[upper] as number) - x0)) * ((ys[upper] as number) - y0)
}

/** Number of values of an ascending list that are below `x`. */
function lowerBound(ascending: readonly number[], x: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] as number) < x) low = middle + 1
    else high = middle
  }
  return low
}
