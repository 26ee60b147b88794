import { sigmoid, softplus } from '../kernel/numeric.ts'
import type { Link } from './ensemble.ts'
import { weightedMedian } from './median.ts'

/** Rows that a loss is taken over: a label and, where there are some, a weight for each. */
export interface TargetRows {
  labels: Float64Array
  /** Counts of how often each row stands for itself, ≥ 0; 1 each where left out. */
  weights?: Float64Array | undefined
}

/** A loss as boosting sees it: its gradients and its mean, from raw scores of one array for each output. */
export interface Objective {
  /** How a raw score becomes a prediction. */
  readonly link: Link
  /** Raw scores of a row. */
  readonly nOutputs: number
  /** Says why a label is none of this loss; undefined where it is one. */
  refuseLabel(label: number | undefined): { code: string; wanted: string } | undefined
  /** Writes weight · gradient and weight · Hessian of row r and output k to 2r and 2r + 1 of `pairs[k]`. */
  fillPairs(pairs: readonly Float64Array[], scores: readonly Float64Array[], rows: TargetRows): void
  /** Weighted mean of the loss. */
  meanLoss(scores: readonly Float64Array[], rows: TargetRows): number
  /** Value of a leaf before the learning rate where Hessians do not tell it, from the rows that reached it. */
  leafValue?(score: Float64Array, rows: TargetRows, reached: Int32Array): number
}

/** Losses of one output; the name stands in settings. */
export const OBJECTIVES = ['log_loss', 'squared_error', 'absolute_error'] as const
export type ObjectiveName = (typeof OBJECTIVES)[number]

/** Least Hessian of a row, as in XGBoost: a certain row would else weigh nothing. */
const LEAST_HESSIAN = 1e-16

/** The loss of a name. */
export function objectiveOf(name: ObjectiveName): Objective {
  return { log_loss: LOG_LOSS, squared_error: SQUARED_ERROR, absolute_error: ABSOLUTE_ERROR }[name]
}

/** −ln p of the label, p = 1/(1 + e^−s): g = p − y, h = p(1 − p), labels 0 or 1. */
const LOG_LOSS: Objective = {
  link: 'logistic',
  nOutputs: 1,
  refuseLabel: (label) =>
    label === 0 || label === 1 ? undefined : { code: 'label_not_binary', wanted: 'must be 0 or 1' },
  fillPairs([pairs = EMPTY], [scores = EMPTY], { labels, weights }) {
    const least = LEAST_HESSIAN
    for (let r = 0; r < scores.length; r++) {
      const p = sigmoid(scores[r] as number)
      const weight = weights === undefined ? 1 : (weights[r] as number)
      pairs[2 * r] = (p - (labels[r] as number)) * weight
      pairs[2 * r + 1] = Math.max(p * (1 - p), least) * weight
    }
  },
  // Without rounding p to 0 or 1.
  meanLoss: ([scores = EMPTY], { labels, weights }) =>
    weightedMean(scores.length, weights, (r) =>
      softplus(labels[r] === 1 ? -(scores[r] as number) : (scores[r] as number)),
    ),
}

/** (s − y)², of which half is minimised: g = s − y, h = 1. */
const SQUARED_ERROR: Objective = {
  link: 'identity',
  nOutputs: 1,
  refuseLabel: refuseInfinite,
  fillPairs([pairs = EMPTY], [scores = EMPTY], { labels, weights }) {
    for (let r = 0; r < scores.length; r++) {
      const weight = weights === undefined ? 1 : (weights[r] as number)
      pairs[2 * r] = ((scores[r] as number) - (labels[r] as number)) * weight
      pairs[2 * r + 1] = weight
    }
  },
  meanLoss: ([scores = EMPTY], { labels, weights }) =>
    weightedMean(scores.length, weights, (r) => ((scores[r] as number) - (labels[r] as number)) ** 2),
}

/**
 * |s − y|: g = sign(s − y), h = 1.
 *
 * Splits are found on these; the value of a leaf is then the weighted median of y − s over its rows, before the
 * learning rate, as XGBoost has it from 1.7 on. Penalties steer the splits and not that median.
 */
const ABSOLUTE_ERROR: Objective = {
  link: 'identity',
  nOutputs: 1,
  refuseLabel: refuseInfinite,
  fillPairs([pairs = EMPTY], [scores = EMPTY], { labels, weights }) {
    for (let r = 0; r < scores.length; r++) {
      const weight = weights === undefined ? 1 : (weights[r] as number)
      pairs[2 * r] = Math.sign((scores[r] as number) - (labels[r] as number)) * weight
      pairs[2 * r + 1] = weight
    }
  },
  meanLoss: ([scores = EMPTY], { labels, weights }) =>
    weightedMean(scores.length, weights, (r) => Math.abs((scores[r] as number) - (labels[r] as number))),
  leafValue(score, { labels, weights }, reached) {
    const residuals = Float64Array.from(reached, (r) => (labels[r] as number) - (score[r] as number))
    return weightedMedian(residuals, weights && Float64Array.from(reached, (r) => weights[r] as number))
  },
}

/**
 * −ln p_y over classes 0 … k − 1 with p_c = e^{s_c}/Σ_j e^{s_j}: g_c = p_c − [y = c], h_c = 2·p_c(1 − p_c).
 *
 * Twice the diagonal of the Hessian, as in XGBoost: it bounds the full matrix, which one tree for each class ignores.
 *
 * @param nClasses  ≥ 2
 */
export function softmaxObjective(nClasses: number): Objective {
  const shares = new Float64Array(nClasses)
  return {
    link: 'softmax',
    nOutputs: nClasses,
    refuseLabel: (label) =>
      Number.isInteger(label) && (label as number) >= 0 && (label as number) < nClasses
        ? undefined
        : { code: 'label_not_class', wanted: `must be a whole number of 0 to ${nClasses - 1}` },
    fillPairs(pairs, scores, { labels, weights }) {
      for (let r = 0; r < labels.length; r++) {
        const weight = weights === undefined ? 1 : (weights[r] as number)
        const sum = exponentials(shares, scores, r)
        for (let c = 0; c < nClasses; c++) {
          const p = (shares[c] as number) / sum
          const own = pairs[c] as Float64Array
          own[2 * r] = (labels[r] === c ? p - 1 : p) * weight
          own[2 * r + 1] = Math.max(2 * p * (1 - p), LEAST_HESSIAN) * weight
        }
      }
    },
    meanLoss: (scores, { labels, weights }) =>
      weightedMean(labels.length, weights, (r) => {
        const largest = largestScore(scores, r)
        const own = (scores[labels[r] as number] as Float64Array)[r] as number
        return Math.log(exponentials(shares, scores, r)) + largest - own
      }),
  }
}

const EMPTY = new Float64Array()

function refuseInfinite(label: number | undefined): { code: string; wanted: string } | undefined {
  return Number.isFinite(label) ? undefined : { code: 'label_not_finite', wanted: 'must be a finite number' }
}

function weightedMean(n: number, weights: Float64Array | undefined, lossOf: (r: number) => number): number {
  let sum = 0
  let total = 0
  for (let r = 0; r < n; r++) {
    const weight = weights === undefined ? 1 : (weights[r] as number)
    // A row without weight has no say, not even by an infinite loss.
    if (weight > 0) sum += weight * lossOf(r)
    total += weight
  }
  return sum / total
}

/** Writes exp(s_c − max s) to `out`; returns their sum. */
function exponentials(out: Float64Array, scores: readonly Float64Array[], r: number): number {
  const largest = largestScore(scores, r)
  let sum = 0
  for (let c = 0; c < out.length; c++) {
    const share = Math.exp(((scores[c] as Float64Array)[r] as number) - largest)
    out[c] = share
    sum += share
  }
  return sum
}

function largestScore(scores: readonly Float64Array[], r: number): number {
  let largest = Number.NEGATIVE_INFINITY
  for (let c = 0; c < scores.length; c++) largest = Math.max(largest, (scores[c] as Float64Array)[r] as number)
  return largest
}
