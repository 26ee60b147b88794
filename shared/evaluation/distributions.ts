import { DomainError } from '../kernel/errors.ts'

/**
 * Chance that a standard normal deviate lies at least |z| from zero, on either side: erfc(|z|/√2).
 *
 * Near zero by the power series of erf, beyond by the continued fraction of erfc; relative error below 1e−12.
 *
 * @param z  any number
 * @returns  in [0, 1]; NaN for NaN
 * @example twoSidedNormal(1.959963984540054) // 0.05
 * @see M. Abramowitz, I. A. Stegun, "Handbook of Mathematical Functions", 7.1.6 and 7.1.14
 */
export function twoSidedNormal(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  if (x < 2) return 1 - erfSeries(x)
  if (x === Number.POSITIVE_INFINITY) return 0
  // √π·e^(x²)·erfc(x) = 1/(x + ½/(x + 1/(x + 3⁄2/(x + …)))), summed from its far end.
  let tail = x
  for (let k = 60; k >= 1; k--) tail = x + k / 2 / tail
  return Math.exp(-x * x) / (tail * Math.sqrt(Math.PI))
}

/** erf(x) = 2/√π · e^(−x²) · Σ 2ᵏ x²ᵏ⁺¹ / (1·3·…·(2k + 1)). */
function erfSeries(x: number): number {
  let term = x
  let sum = x
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= (2 * x * x) / (2 * k + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}

/**
 * Two-sided 95 % quantile of Student's distribution: |t| stays below it 95 times of 100.
 *
 * Found by halving the angle θ = atan(t/√ν) until the finite sum for A(t | ν) is 0.95.
 *
 * @param degrees  ν of freedom, a whole number ≥ 1
 * @throws {DomainError} `degrees_out_of_range`
 * @example studentQuantile(10) // 2.2281388520
 * @see M. Abramowitz, I. A. Stegun, "Handbook of Mathematical Functions", 26.7.3 and 26.7.4
 */
export function studentQuantile(degrees: number): number {
  if (!(Number.isInteger(degrees) && degrees >= 1)) {
    throw new DomainError('degrees_out_of_range', `${degrees} degrees of freedom: must be a whole number of at least 1`)
  }
  let below = 0
  let above = Math.PI / 2
  for (let step = 0; step < 60; step++) {
    const middle = (below + above) / 2
    if (centralShare(middle, degrees) < 0.95) below = middle
    else above = middle
  }
  return Math.sqrt(degrees) * Math.tan((below + above) / 2)
}

/** A(t | ν) for t = √ν·tan θ. */
function centralShare(angle: number, degrees: number): number {
  const cos = Math.cos(angle)
  const sin = Math.sin(angle)
  const isOdd = degrees % 2 === 1
  let term = isOdd ? cos : 1
  let sum = degrees === 1 ? 0 : term
  for (let k = isOdd ? 3 : 2; k <= degrees - 2; k += 2) {
    term *= ((k - 1) / k) * cos * cos
    sum += term
  }
  return isOdd ? (2 / Math.PI) * (angle + sin * sum) : sin * sum
}
