import { DomainError } from '../kernel/errors.ts'
import { mean } from '../kernel/numeric.ts'

/**
 * Mean absolute error, in the units of the values.
 *
 * @throws {DomainError} `no_rows`, `length_mismatch`, `value_not_finite` (NaN included)
 */
export function meanAbsoluteError(values: ArrayLike<number>, predictions: ArrayLike<number>): number {
  return mean(residuals(values, predictions).map(Math.abs))
}

/**
 * Root mean squared error, in the units of the values.
 *
 * @throws {DomainError} as {@link meanAbsoluteError}
 */
export function rootMeanSquaredError(values: ArrayLike<number>, predictions: ArrayLike<number>): number {
  return Math.sqrt(mean(residuals(values, predictions).map((e) => e * e)))
}

/**
 * Coefficient of determination 1 − Σ(v − v̂)² / Σ(v − v̄)²: 1 where exact, 0 where no better than the mean of the values,
 * negative where worse.
 *
 * @throws {DomainError} as {@link meanAbsoluteError}, and `constant_values` where all values are equal
 */
export function rSquared(values: ArrayLike<number>, predictions: ArrayLike<number>): number {
  const unexplained = residuals(values, predictions).reduce((sum, e) => sum + e * e, 0)
  const first = values[0] as number
  if (Array.from(values).every((value) => value === first)) {
    throw new DomainError('constant_values', `all ${values.length} values are ${first}: there is nothing to explain`)
  }
  const centre = mean(values)
  const whole = Float64Array.from(values, (value) => (value - centre) ** 2).reduce((sum, square) => sum + square, 0)
  return 1 - unexplained / whole
}

function residuals(values: ArrayLike<number>, predictions: ArrayLike<number>): Float64Array {
  if (values.length !== predictions.length) {
    throw new DomainError('length_mismatch', `${values.length} values and ${predictions.length} predictions`)
  }
  if (values.length === 0) throw new DomainError('no_rows', 'there is nothing to score')
  return Float64Array.from({ length: values.length }, (_, r) => {
    const residual = (values[r] as number) - (predictions[r] as number)
    if (!Number.isFinite(residual)) {
      throw new DomainError('value_not_finite', `value ${values[r]}, prediction ${predictions[r]} of row ${r}`)
    }
    return residual
  })
}
