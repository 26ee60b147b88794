import { DomainError } from '../kernel/errors.ts'

/** Lanczos' coefficients for g = 7, good to 15 digits. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const

const MOST_TERMS = 100_000
const TINY = 1e-300

/** ln Γ(a) for a > 0. @see C. Lanczos, "A Precision Approximation of the Gamma Function", SIAM J. Numer. Anal. 1, 1964 */
export function logGamma(a: number): number {
  const x = a - 1
  const t = x + 7.5
  const sum = LANCZOS.reduce((total, coefficient, i) => (i === 0 ? coefficient : total + coefficient / (x + i)), 0)
  return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(sum)
}

/**
 * Regularised upper incomplete gamma function Q(a, x) = Γ(a, x)/Γ(a): by the power series of P = 1 − Q below a + 1, by
 * Lentz's continued fraction above.
 *
 * @param a  > 0
 * @param x  ≥ 0
 * @returns  in [0, 1]
 * @throws {DomainError} `gamma_out_of_range` (NaN included)
 * @see M. Abramowitz, I. A. Stegun, "Handbook of Mathematical Functions", 6.5.29 and 6.5.31
 */
export function upperGamma(a: number, x: number): number {
  if (!(a > 0 && x >= 0)) throw new DomainError('gamma_out_of_range', `Q(${a}, ${x}): wants a > 0 and x >= 0`)
  if (x === 0) return 1
  if (x === Number.POSITIVE_INFINITY) return 0
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a))
  return x < a + 1 ? 1 - scale * lowerSeries(a, x) : scale * upperFraction(a, x)
}

/** Σ xᵏ / (a·(a + 1)·…·(a + k)). */
function lowerSeries(a: number, x: number): number {
  let term = 1 / a
  let sum = term
  for (let k = 1; k < MOST_TERMS && term > 1e-16 * sum; k++) {
    term *= x / (a + k)
    sum += term
  }
  return sum
}

/** 1/(x + 1 − a − 1·(1 − a)/(x + 3 − a − 2·(2 − a)/(x + 5 − a − …))). */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a
  let c = 1 / TINY
  let d = 1 / b
  let fraction = d
  for (let k = 1; k < MOST_TERMS; k++) {
    const numerator = -k * (k - a)
    b += 2
    d = 1 / nonZero(numerator * d + b)
    c = nonZero(b + numerator / c)
    fraction *= d * c
    if (Math.abs(d * c - 1) < 1e-16) break
  }
  return fraction
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value
}
