/** Logistic function 1 / (1 + e^−x), computed without overflow for any finite `x`. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x))
  const e = Math.exp(x)
  return e / (1 + e)
}

/**
 * ln(1 + e^x) without overflow: the log loss of a row whose raw score, signed by its label, is −x.
 */
export function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x))
}

/** Log-odds ln(p / (1 − p)) of a probability in the open interval (0, 1); ±Infinity at its ends. */
export function logit(p: number): number {
  return Math.log(p) - Math.log1p(-p)
}

/** `x` moved into the closed interval [low, high]; NaN stays NaN. */
export function clamp(x: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, x))
}

/** Arithmetic mean; NaN for an empty input, since nothing has no mean. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i] as number
  return sum / values.length
}

const POWERS_OF_TEN = [1, 10, 100, 1e3, 1e4, 1e5, 1e6]

/** `x` rounded half away from zero to `digits` decimals, for figures that people read. */
export function round(x: number, digits: number): number {
  // A power is worked out anew each time, which takes longer than the rest.
  const scale = POWERS_OF_TEN[digits] ?? 10 ** digits
  const rounded = (Math.sign(x) * Math.round(Math.abs(x) * scale + 1e-9)) / scale
  return rounded === 0 ? 0 : rounded
}

/** Two-sided 95 % quantile of the standard normal distribution. */
export const Z_95 = 1.959963984540054
