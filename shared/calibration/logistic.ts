import { DomainError } from '../kernel/errors.ts'
import { sigmoid, softplus } from '../kernel/numeric.ts'
import { factorSymmetric, noUniqueFit, SMALLEST_PIVOT, solveFactored } from './symmetric.ts'

/** A linear model of log-odds: logit p = intercept + Σ coefficients[j] · x[j]. */
export interface LogisticModel {
  intercept: number
  coefficients: number[]
}

/**
 * Maximum-likelihood logistic regression by Newton's method, for a few inputs.
 *
 * Stops when no parameter moves by more than 1e−10, or after 100 steps; steps that raise the loss are halved.
 *
 * @param columns  inputs by column, each of length n, finite
 * @param labels   0 or 1, or a share between them that the row's probability is drawn to; length n
 * @throws {DomainError} `one_class` where all labels agree (no finite maximum), `singular` where inputs are collinear,
 *   missing, or tell the labels apart without error (no finite maximum either)
 * @see Hastie, Tibshirani, Friedman, "The Elements of Statistical Learning", 4.4.1
 */
export function fitLogistic(columns: readonly Float64Array[], labels: Float64Array): LogisticModel {
  const ones = labels.reduce((sum, y) => sum + y, 0)
  if (ones === 0 || ones === labels.length) {
    throw new DomainError('one_class', `all ${labels.length} labels are the same: there is nothing to fit`)
  }
  let weights = new Float64Array(columns.length + 1)
  weights[0] = Math.log(ones / (labels.length - ones))
  let loss = negativeLogLikelihood(weights, columns, labels)
  for (let step = 0; step < 100; step++) {
    const direction = newtonDirection(weights, columns, labels)
    let scale = 1
    let next = moved(weights, direction, scale)
    let nextLoss = negativeLogLikelihood(next, columns, labels)
    // Near the maximum a step changes the loss by less than its own rounding, and must not be refused for that.
    while (!(nextLoss <= loss * (1 + 1e-12)) && scale > 1e-6) {
      scale /= 2
      next = moved(weights, direction, scale)
      nextLoss = negativeLogLikelihood(next, columns, labels)
    }
    const largest = direction.reduce((max, d) => Math.max(max, Math.abs(d)), 0) * scale
    weights = next
    loss = nextLoss
    if (largest < 1e-10) break
  }
  return { intercept: weights[0] as number, coefficients: Array.from(weights.subarray(1)) }
}

/** Log-odds that a model gives to each row; `columns` as in {@link fitLogistic}. */
export function logisticScores(model: LogisticModel, columns: readonly Float64Array[]): Float64Array {
  return scoresAt(Float64Array.of(model.intercept, ...model.coefficients), columns, columns[0]?.length ?? 0)
}

function moved(weights: Float64Array, direction: Float64Array, scale: number): Float64Array<ArrayBuffer> {
  return Float64Array.from(weights, (w, j) => w - scale * (direction[j] as number))
}

function scoresAt(weights: Float64Array, columns: readonly Float64Array[], n: number): Float64Array {
  const scores = new Float64Array(n).fill(weights[0] as number)
  for (const [j, column] of columns.entries()) {
    const weight = weights[j + 1] as number
    for (let r = 0; r < n; r++) scores[r] = (scores[r] as number) + weight * (column[r] as number)
  }
  return scores
}

function negativeLogLikelihood(weights: Float64Array, columns: readonly Float64Array[], labels: Float64Array): number {
  const scores = scoresAt(weights, columns, labels.length)
  let sum = 0
  for (let r = 0; r < labels.length; r++) sum += rowLoss(labels[r] as number, scores[r] as number)
  return sum
}

/** −y·ln p − (1 − y)·ln(1 − p), with p = sigmoid(score). */
function rowLoss(label: number, score: number): number {
  if (label === 1) return softplus(-score)
  if (label === 0) return softplus(score)
  return label * softplus(-score) + (1 - label) * softplus(score)
}

/**
 * Information matrix Σ p(1 − p)·x·xᵀ of a model, the Hessian of its negative log-likelihood; x begins with 1 for the intercept.
 *
 * @returns rows of the lower triangle, each of the full length 1 + columns
 */
export function logisticInformation(model: LogisticModel, columns: readonly Float64Array[]): Float64Array[] {
  const weights = Float64Array.of(model.intercept, ...model.coefficients)
  return derivatives(weights, columns, new Float64Array(columns[0]?.length ?? 0)).hessian
}

/** H⁻¹g of the negative log-likelihood at `weights`. */
function newtonDirection(weights: Float64Array, columns: readonly Float64Array[], labels: Float64Array): Float64Array {
  const { gradient, hessian } = derivatives(weights, columns, labels)
  // Σ p(1 − p) falls to nothing where the fit runs off to certainties.
  if (!((hessian[0]?.[0] ?? 0) > SMALLEST_PIVOT * labels.length)) throw noUniqueFit()
  factorSymmetric(hessian)
  return solveFactored(hessian, gradient)
}

/** Gradient of the negative log-likelihood at `weights`, and the lower triangle of its Hessian. */
function derivatives(
  weights: Float64Array,
  columns: readonly Float64Array[],
  labels: Float64Array,
): { gradient: Float64Array; hessian: Float64Array[] } {
  const n = labels.length
  const scores = scoresAt(weights, columns, n)
  const slopes = new Float64Array(n)
  const curvatures = new Float64Array(n)
  for (let r = 0; r < n; r++) {
    const p = sigmoid(scores[r] as number)
    slopes[r] = p - (labels[r] as number)
    curvatures[r] = p * (1 - p)
  }
  const inputs = [new Float64Array(n).fill(1), ...columns]
  return {
    gradient: Float64Array.from(inputs, (input) => sumOfProducts(slopes, input)),
    hessian: inputs.map((input, i) => {
      const weighted = product(curvatures, input)
      return Float64Array.from(inputs, (other, j) => (j <= i ? sumOfProducts(weighted, other) : 0))
    }),
  }
}

function product(a: Float64Array, b: Float64Array): Float64Array {
  const products = new Float64Array(a.length)
  for (let r = 0; r < a.length; r++) products[r] = (a[r] as number) * (b[r] as number)
  return products
}

function sumOfProducts(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let r = 0; r < a.length; r++) sum += (a[r] as number) * (b[r] as number)
  return sum
}
