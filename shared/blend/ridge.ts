import { factorSymmetric, noUniqueFit, SMALLEST_PIVOT, solveFactored } from '../calibration/symmetric.ts'
import { DomainError } from '../kernel/errors.ts'
import { sigmoid, softplus } from '../kernel/numeric.ts'

/** A logistic fit on top of scores that are given: logit p = offset + intercept + Σ coefficients[j] · x[j]. */
export interface RidgeFit {
  intercept: number
  coefficients: number[]
}

export interface RidgeOptions {
  /** Log-odds of each row before anything is fitted, finite. */
  offset: Float64Array
  /** λ of each coefficient, ≥ 0: ½·λ·coefficient² is added to the summed log loss. */
  penalties: readonly number[]
  /** λ of the intercept, ≥ 0; 0 where not given. */
  interceptPenalty?: number
}

const MOST_STEPS = 100
const LEAST_STEP = 1e-9
/** A step halved more often than this moves nothing. */
const MOST_HALVINGS = 30

/**
 * Penalised logistic regression by Newton's method: the posterior mode under normal priors of variance 1/λ about 0.
 *
 * Stops when no parameter moves by more than 1e−9 of its size; steps that raise the penalised loss are halved.
 *
 * @param columns  inputs by column, each of length n, finite
 * @param labels   0 or 1, length n
 * @throws {DomainError} `no_rows`; `length_mismatch`; `label_not_binary`; `penalty_out_of_range`; `input_not_finite` (NaN
 *   included in all); `singular` where a penalty of 0 leaves no single best fit, as where an input parts the labels without error
 * @see A. E. Hoerl, R. W. Kennard, "Ridge Regression", Technometrics 12(1), 1970
 */
export function fitRidge(
  columns: readonly Float64Array[],
  labels: Float64Array,
  { offset, penalties, interceptPenalty = 0 }: RidgeOptions,
): RidgeFit {
  const lambdas = [interceptPenalty, ...penalties]
  assertFittable(columns, labels, offset, lambdas)
  let weights = new Float64Array(columns.length + 1)
  let loss = penalisedLoss(weights, columns, labels, { offset, lambdas })
  for (let step = 0; step < MOST_STEPS; step++) {
    const { gradient, hessian } = derivatives(weights, columns, labels, offset)
    const information = hessian[0]?.[0] ?? 0
    for (const [j, lambda] of lambdas.entries()) {
      gradient[j] = (gradient[j] as number) + lambda * (weights[j] as number)
      const row = hessian[j] as Float64Array
      row[j] = (row[j] as number) + lambda
    }
    factorSymmetric(hessian)
    const move = solveFactored(hessian, gradient)
    let next = weights.map((weight, j) => weight - (move[j] as number))
    let nextLoss = penalisedLoss(next, columns, labels, { offset, lambdas })
    // Near the minimum a step changes the loss by less than its own rounding, and must not be refused for that.
    for (let halving = 1; !(nextLoss <= loss * (1 + 1e-12)) && halving <= MOST_HALVINGS; halving++) {
      next = weights.map((weight, j) => weight - (move[j] as number) / 2 ** halving)
      nextLoss = penalisedLoss(next, columns, labels, { offset, lambdas })
    }
    const isStill = next.every((weight, j) => Math.abs(weight - (weights[j] as number)) <= leastMove(weight))
    weights = next
    loss = nextLoss
    if (!isStill) continue
    // Without a penalty there is no end among certainties but that of the digits.
    if (lambdas.includes(0) && !(information > SMALLEST_PIVOT * labels.length)) break
    return { intercept: weights[0] as number, coefficients: Array.from(weights.subarray(1)) }
  }
  throw noUniqueFit()
}

/** Moves smaller than this are none: a coefficient of an input in small units is large. */
function leastMove(weight: number): number {
  return LEAST_STEP * Math.max(1, Math.abs(weight))
}

/** Σ log loss + Σ ½·λ·weight². */
function penalisedLoss(
  weights: Float64Array,
  columns: readonly Float64Array[],
  labels: Float64Array,
  { offset, lambdas }: { offset: Float64Array; lambdas: readonly number[] },
): number {
  const scores = scoresAt(weights, columns, offset)
  let sum = weights.reduce(
    (total, weight, j) => total + (weight === 0 ? 0 : 0.5 * (lambdas[j] as number) * weight ** 2),
    0,
  )
  for (let r = 0; r < scores.length; r++)
    sum += softplus(labels[r] === 1 ? -(scores[r] as number) : (scores[r] as number))
  return sum
}

function scoresAt(weights: Float64Array, columns: readonly Float64Array[], offset: Float64Array): Float64Array {
  const scores = offset.map((score) => score + (weights[0] as number))
  for (const [j, column] of columns.entries()) {
    const weight = weights[j + 1] as number
    for (let r = 0; r < scores.length; r++) scores[r] = (scores[r] as number) + weight * (column[r] as number)
  }
  return scores
}

/** Gradient and lower triangle of the Hessian of the summed log loss. */
function derivatives(
  weights: Float64Array,
  columns: readonly Float64Array[],
  labels: Float64Array,
  offset: Float64Array,
): { gradient: Float64Array; hessian: Float64Array[] } {
  const n = labels.length
  const inputs = [new Float64Array(n).fill(1), ...columns]
  const scores = scoresAt(weights, columns, offset)
  const slopes = scores.map((score, r) => sigmoid(score) - (labels[r] as number))
  const curvatures = scores.map((score) => sigmoid(score) * sigmoid(-score))
  const hessian = inputs.map(() => new Float64Array(inputs.length))
  const weighted = new Float64Array(n)
  for (const [i, column] of inputs.entries()) {
    for (let r = 0; r < n; r++) weighted[r] = (curvatures[r] as number) * (column[r] as number)
    for (let j = 0; j <= i; j++) (hessian[i] as Float64Array)[j] = dot(weighted, inputs[j] as Float64Array)
  }
  return { gradient: Float64Array.from(inputs, (column) => dot(slopes, column)), hessian }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let r = 0; r < a.length; r++) sum += (a[r] as number) * (b[r] as number)
  return sum
}

function assertFittable(
  columns: readonly Float64Array[],
  labels: Float64Array,
  offset: Float64Array,
  lambdas: readonly number[],
): void {
  if (labels.length === 0) throw new DomainError('no_rows', 'a logistic fit needs rows, and there are none')
  for (const column of [...columns, offset]) {
    if (column.length !== labels.length) {
      throw new DomainError('length_mismatch', `${labels.length} labels and an input of ${column.length} values`)
    }
    assertFinite(column)
  }
  const label = labels.find((value) => value !== 0 && value !== 1)
  if (label !== undefined) throw new DomainError('label_not_binary', `label ${label}: must be 0 or 1`)
  if (lambdas.length !== columns.length + 1) {
    throw new DomainError('length_mismatch', `${columns.length} inputs and ${lambdas.length - 1} penalties`)
  }
  const penalty = lambdas.find((lambda) => !(lambda >= 0 && lambda < Number.POSITIVE_INFINITY))
  if (penalty !== undefined) {
    throw new DomainError('penalty_out_of_range', `penalty ${penalty}: must be finite and not negative`)
  }
}

function assertFinite(column: Float64Array): void {
  const r = column.findIndex((value) => !Number.isFinite(value))
  if (r >= 0) throw new DomainError('input_not_finite', `input ${column[r]} of row ${r}: must be finite`)
}
