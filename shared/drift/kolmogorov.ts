import { DomainError } from '../kernel/errors.ts'
import { clamp } from '../kernel/numeric.ts'
import { logGamma } from './incomplete-gamma.ts'

/** Up to this many rows the distribution is worked out exactly wherever that is quick. */
const FEW_ROWS = 140

/**
 * Chance that the Kolmogorov–Smirnov statistic of n rows against their own continuous distribution is d or more.
 *
 * As n·d² grows: Durbin's matrix (exact), the expansion of Pelz and Good in 1/√n (absolute error below 1e−8 where it is
 * used), and twice the one-sided tail, whose own tail is exact.
 *
 * @param d  in [0, 1]
 * @param n  a whole number ≥ 1
 * @returns  in [0, 1]
 * @throws {DomainError} `statistic_out_of_range` (NaN included)
 * @see R. Simard, P. L'Ecuyer, "Computing the Two-Sided Kolmogorov–Smirnov Distribution", J. Stat. Software 39(11), 2011
 */
export function kolmogorovTail(d: number, n: number): number {
  if (!(d >= 0 && d <= 1 && Number.isInteger(n) && n >= 1)) {
    throw new DomainError('statistic_out_of_range', `statistic ${d} of ${n} rows`)
  }
  if (d === 1) return 0
  if (n * d <= 0.5) return 1
  const square = n * d * d
  if (square >= 18) return 0
  if (square >= (n <= FEW_ROWS ? 4 : 2.2)) return clamp(2 * oneSidedTail(d, n), 0, 1)
  if (n <= FEW_ROWS || n * d ** 1.5 <= 1.4) return clamp(1 - durbin(d, n), 0, 1)
  return clamp(1 - pelzGood(Math.sqrt(n) * d, n), 0, 1)
}

/** P(D⁺ ≥ d) = d·Σⱼ C(n, j)·(1 − d − j/n)ⁿ⁻ʲ·(d + j/n)ʲ⁻¹ over j ≤ n·(1 − d). */
function oneSidedTail(d: number, n: number): number {
  let sum = 0
  for (let j = 0; j <= Math.floor(n * (1 - d)); j++) {
    const left = 1 - d - j / n
    // Only the last term can be there in name alone, and then it is nothing.
    if (left <= 0) continue
    const choose = logGamma(n + 1) - logGamma(j + 1) - logGamma(n - j + 1)
    sum += Math.exp(choose + (n - j) * Math.log(left) + (j - 1) * Math.log(d + j / n))
  }
  return d * sum
}

/**
 * P(D < d) as the middle element of a power of a matrix, times n!/nⁿ.
 *
 * @see G. Marsaglia, W. W. Tsang, J. Wang, "Evaluating Kolmogorov's Distribution", J. Stat. Software 8(18), 2003
 */
function durbin(d: number, n: number): number {
  const k = Math.floor(n * d) + 1
  const { matrix, exponent } = power(durbinMatrix(k - n * d, 2 * k - 1), n, 2 * k - 1)
  let log = Math.log(matrix[(k - 1) * (2 * k - 1) + k - 1] as number) + exponent * Math.LN2
  for (let i = 1; i <= n; i++) log += Math.log(i / n)
  return Math.exp(log)
}

function durbinMatrix(h: number, size: number): Float64Array {
  const matrix = Float64Array.from({ length: size * size }, (_, at) => {
    const below = Math.floor(at / size) - (at % size) + 1
    return below < 0 ? 0 : 1
  })
  const change = (row: number, column: number, by: number) => {
    matrix[row * size + column] = (matrix[row * size + column] as number) + by
  }
  for (let i = 0; i < size; i++) {
    change(i, 0, -(h ** (i + 1)))
    change(size - 1, i, -(h ** (size - i)))
  }
  change(size - 1, 0, Math.max(0, 2 * h - 1) ** size)
  return matrix.map((value, at) => {
    const below = Math.floor(at / size) - (at % size) + 1
    return below > 0 ? value / Math.exp(logGamma(below + 1)) : value
  })
}

/** A matrix's n-th power as matrix · 2^exponent, so that nothing overflows. */
function power(matrix: Float64Array, n: number, size: number): { matrix: Float64Array; exponent: number } {
  if (n === 1) return { matrix, exponent: 0 }
  const half = power(matrix, Math.floor(n / 2), size)
  let product = multiply(half.matrix, half.matrix, size)
  let exponent = 2 * half.exponent
  if (n % 2 === 1) product = multiply(product, matrix, size)
  const middle = Math.floor(size / 2)
  if ((product[middle * size + middle] as number) > 2 ** 400) {
    product = product.map((value) => value * 2 ** -400)
    exponent += 400
  }
  return { matrix: product, exponent }
}

function multiply(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const out = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = a[i * size + k] as number
      if (factor === 0) continue
      for (let j = 0; j < size; j++) {
        out[i * size + j] = (out[i * size + j] as number) + factor * (b[k * size + j] as number)
      }
    }
  }
  return out
}

/**
 * P(√n·D ≤ z) ≈ K₀(z) + K₁(z)/√n + K₂(z)/n + K₃(z)/n^1.5.
 *
 * @see W. Pelz, I. J. Good, "Approximating the Lower Tail-Areas of the Kolmogorov–Smirnov One-Sample Statistic", JRSS B 38, 1976
 */
function pelzGood(z: number, n: number): number {
  const [z2, z4, z6, z8] = [z ** 2, z ** 4, z ** 6, z ** 8]
  let [k0, k1, k2, k3] = [0, 0, 0, 0]
  // Terms fall like e^(−π²k²/2z²): z is below 1.5 here, and twenty leave nothing.
  for (let k = -20; k <= 20; k++) {
    const a = (Math.PI * (k + 0.5)) ** 2
    const b = (Math.PI * k) ** 2
    const ea = Math.exp(-a / (2 * z2))
    const eb = Math.exp(-b / (2 * z2))
    k0 += ea
    k1 += (a - z2) * ea
    k2 += (6 * z6 + 2 * z4 + a * (2 * z4 - 5 * z2) + a * a * (1 - 2 * z2)) * ea - 2 * z4 * b * eb
    k3 +=
      (a ** 3 * (5 - 30 * z2) + a * a * (-60 * z2 + 212 * z4) + a * (135 * z4 - 96 * z6) - (30 * z6 + 90 * z8)) * ea +
      30 * z4 * (-b * b + 3 * b * z2) * eb
  }
  const scale = Math.sqrt(Math.PI / 2)
  return scale * (k0 / z + k1 / (6 * z4 * Math.sqrt(n)) + k2 / (72 * z ** 7 * n) + k3 / (6480 * z ** 10 * n ** 1.5))
}
