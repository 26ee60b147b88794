import { DomainError } from '../kernel/errors.ts'

/** Share of its diagonal entry that a Cholesky pivot must keep; relative, so that the inputs' units do not matter. */
export const SMALLEST_PIVOT = 1e-10

/** Error of a fit that has no single best answer. */
export function noUniqueFit(): DomainError {
  return new DomainError(
    'singular',
    'no unique fit exists: inputs are collinear, missing or part the labels without error',
  )
}

/**
 * Replaces the lower triangle of a symmetric positive-definite matrix A by its Cholesky factor L, with A = L·Lᵀ, in place.
 *
 * @param lower  rows of A, of which the entries up to the diagonal are read
 * @throws {DomainError} `singular` where a pivot keeps less than {@link SMALLEST_PIVOT} of its diagonal entry
 */
export function factorSymmetric(lower: readonly Float64Array[]): void {
  const at = (i: number, j: number) => (lower[i] as Float64Array)[j] as number
  for (let i = 0; i < lower.length; i++) {
    for (let j = 0; j <= i; j++) {
      const entry = at(i, j)
      let sum = entry
      for (let k = 0; k < j; k++) sum -= at(i, k) * at(j, k)
      if (i === j && !(sum > SMALLEST_PIVOT * entry)) throw noUniqueFit()
      ;(lower[i] as Float64Array)[j] = i === j ? Math.sqrt(sum) : sum / at(j, j)
    }
  }
}

/** x of A·x = b, with A given by the factor that {@link factorSymmetric} left. */
export function solveFactored(lower: readonly Float64Array[], b: Float64Array): Float64Array {
  const n = b.length
  const at = (i: number, j: number) => (lower[i] as Float64Array)[j] as number
  const x = Float64Array.from(b)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] = (x[i] as number) - at(i, k) * (x[k] as number)
    x[i] = (x[i] as number) / at(i, i)
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] = (x[i] as number) - at(k, i) * (x[k] as number)
    x[i] = (x[i] as number) / at(i, i)
  }
  return x
}
