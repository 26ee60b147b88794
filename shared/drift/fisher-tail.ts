import { DomainError } from '../kernel/errors.ts'
import { logGamma } from './incomplete-gamma.ts'

const MOST_TERMS = 10_000
const TINY = 1e-300

/**
 * Chance that a ratio of two mean squares, of d₁ and d₂ degrees of freedom, is x or more: Fisher's distribution,
 * I_{d₂/(d₂ + d₁·x)}(d₂/2, d₁/2) with I the regularised incomplete beta function.
 *
 * Degrees need not be whole numbers: those of a fitted variance seldom are.
 *
 * @param x  ≥ 0
 * @param d1  > 0
 * @param d2  > 0
 * @returns   in [0, 1]
 * @throws {DomainError} `fisher_out_of_range` (NaN included)
 * @example fisherTail(4.964602743730711, 1, 10) // 0.05
 * @see M. Abramowitz, I. A. Stegun, "Handbook of Mathematical Functions", 26.6.2
 */
export function fisherTail(x: number, d1: number, d2: number): number {
  if (!(x >= 0 && d1 > 0 && d2 > 0 && d1 < Number.POSITIVE_INFINITY && d2 < Number.POSITIVE_INFINITY)) {
    throw new DomainError('fisher_out_of_range', `ratio ${x} of ${d1} and ${d2} degrees of freedom`)
  }
  if (x === 0) return 1
  if (x === Number.POSITIVE_INFINITY) return 0
  return incompleteBeta(d2 / (d2 + d1 * x), d2 / 2, d1 / 2)
}

/** I_x(a, b) by the continued fraction of whichever end converges quickly. */
function incompleteBeta(x: number, a: number, b: number): number {
  // As x nears 1 its own digits are gone; the complement never is asked there, for x is far below the mean then.
  const isLow = x < (a + 1) / (a + b + 2)
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x))
  return isLow ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b
}

/** 1/(1 + d₁/(1 + d₂/(1 + …))) by Lentz's method. @see Abramowitz and Stegun, 26.5.8 */
function fraction(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1))
  let sum = d
  for (let k = 1; k < MOST_TERMS; k++) {
    const even = (k * (b - k) * x) / ((a + 2 * k - 1) * (a + 2 * k))
    d = 1 / nonZero(1 + even * d)
    c = nonZero(1 + even / c)
    sum *= d * c
    const odd = (-(a + k) * (a + b + k) * x) / ((a + 2 * k) * (a + 2 * k + 1))
    d = 1 / nonZero(1 + odd * d)
    c = nonZero(1 + odd / c)
    sum *= d * c
    if (Math.abs(d * c - 1) < 1e-15) break
  }
  return sum
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value
}
