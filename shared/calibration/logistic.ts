import { DomainError } from '../kernel/errors.ts'
import { sigmoid, softplus } from '../kernel/numeric.ts'

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
 * @param labels   0 or 1, length n
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
  const n = columns[0]?.length ?? 0
  const scores = new Float64Array(n).fill(model.intercept)
  for (const [j, column] of columns.entries()) {
    const weight = model.coefficients[j] as number
    for (let r = 0; r < n; r++) scores[r] = (scores[r] as number) + weight * (column[r] as number)
  }
  return scores
}

function moved(weights: Float64Array, direction: Float64Array, scale: number): Float64Array<ArrayBuffer> {
  return Float64Array.from(weights, (w, j) => w - scale * (direction[j] as number))
}

function scoreOf(weights: Float64Array, columns: readonly Float64Array[], r: number): number {
  let score = weights[0] as number
  for (const [j, column] of columns.entries()) score += (weights[j + 1] as number) * (column[r] as number)
  return score
}

function negativeLogLikelihood(weights: Float64Array, columns: readonly Float64Array[], labels: Float64Array): number {
  let sum = 0
  for (let r = 0; r < labels.length; r++) {
    const score = scoreOf(weights, columns, r)
    sum += softplus(labels[r] === 1 ? -score : score)
  }
  return sum
}

/** H⁻¹g of the negative log-likelihood at `weights`. */
function newtonDirection(weights: Float64Array, columns: readonly Float64Array[], labels: Float64Array): Float64Array {
  const size = weights.length
  const gradient = new Float64Array(size)
  const hessian = Array.from({ length: size }, () => new Float64Array(size))
  for (let r = 0; r < labels.length; r++) {
    const p = sigmoid(scoreOf(weights, columns, r))
    const slope = p - (labels[r] as number)
    const curvature = p * (1 - p)
    for (let i = 0; i < size; i++) {
      const xi = i === 0 ? 1 : ((columns[i - 1] as Float64Array)[r] as number)
      gradient[i] = (gradient[i] as number) + slope * xi
      const row = hessian[i] as Float64Array
      for (let j = 0; j <= i; j++) {
        const xj = j === 0 ? 1 : ((columns[j - 1] as Float64Array)[r] as number)
        row[j] = (row[j] as number) + curvature * xi * xj
      }
    }
  }
  // Σ p(1 − p) falls to nothing where the fit runs off to certainties.
  if (!((hessian[0]?.[0] ?? 0) > SMALLEST_PIVOT * labels.length)) throw noUniqueFit()
  return solveSymmetric(hessian, gradient)
}

/** Share of its diagonal entry that a Cholesky pivot must keep; relative, so that the inputs' units do not matter. */
const SMALLEST_PIVOT = 1e-10

function noUniqueFit(): DomainError {
  return new DomainError(
    'singular',
    'no unique fit exists: inputs are collinear, missing or part the labels without error',
  )
}

/** Solves A·x = b by Cholesky factors, A given by its lower triangle, which is overwritten. */
function solveSymmetric(lower: readonly Float64Array[], b: Float64Array): Float64Array {
  const n = b.length
  const at = (i: number, j: number) => (lower[i] as Float64Array)[j] as number
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const entry = at(i, j)
      let sum = entry
      for (let k = 0; k < j; k++) sum -= at(i, k) * at(j, k)
      if (i === j && !(sum > SMALLEST_PIVOT * entry)) throw noUniqueFit()
      ;(lower[i] as Float64Array)[j] = i === j ? Math.sqrt(sum) : sum / at(j, j)
    }
  }
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
