import { DomainError } from '../kernel/errors.ts'
import { clamp, logit } from '../kernel/numeric.ts'

/** Scores of predicted probabilities against what happened; never shown without `n`. */
export interface BinaryScores {
  /** Rows scored. */
  n: number
  /** Mean of −ln of the probability given to what happened, in nats; lower is better. */
  logLoss: number
  /** Mean squared difference between probability and outcome, in [0, 1]; lower is better. */
  brier: number
  /** Chance that a row that won has the higher probability than one that lost, ties counting half; NaN in one class. */
  auc: number
  /** Expected calibration error over ten equal-width bins. */
  ece: number
}

/**
 * All scores of one set of predictions.
 *
 * @throws {DomainError} `no_rows`, `length_mismatch`, `label_not_binary`, `probability_out_of_range` (NaN included)
 */
export function scoreBinary(labels: ArrayLike<number>, probabilities: ArrayLike<number>): BinaryScores {
  assertScorable(labels, probabilities)
  if (labels.length === 0) throw new DomainError('no_rows', 'there is nothing to score')
  return {
    n: labels.length,
    logLoss: logLoss(labels, probabilities),
    brier: brierScore(labels, probabilities),
    auc: rocAuc(labels, probabilities),
    ece: expectedCalibrationError(labels, probabilities),
  }
}

/** @throws {DomainError} as {@link scoreBinary}, but for `no_rows` */
export function assertScorable(labels: ArrayLike<number>, probabilities: ArrayLike<number>): void {
  if (labels.length !== probabilities.length) {
    throw new DomainError('length_mismatch', `${labels.length} labels and ${probabilities.length} probabilities`)
  }
  for (let r = 0; r < labels.length; r++) {
    const label = labels[r]
    if (label !== 0 && label !== 1)
      throw new DomainError('label_not_binary', `label ${label} of row ${r}: must be 0 or 1`)
    const p = probabilities[r] as number
    if (!(p >= 0 && p <= 1)) throw new DomainError('probability_out_of_range', `probability ${p} of row ${r}`)
  }
}

/**
 * Log loss of each row: −ln p where the label is 1, −ln(1 − p) where it is 0, with p kept within one unit of the last
 * place of [0, 1] so that a wrong certainty costs about 36 nats and not infinity.
 */
export function rowLogLosses(labels: ArrayLike<number>, probabilities: ArrayLike<number>): Float64Array {
  const losses = new Float64Array(labels.length)
  for (let r = 0; r < losses.length; r++) {
    const p = Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, probabilities[r] as number))
    losses[r] = labels[r] === 1 ? -Math.log(p) : -Math.log1p(-p)
  }
  return losses
}

/**
 * Log-odds of probabilities, with 0 and 1 kept off their ends as in {@link rowLogLosses}, so that all are finite.
 *
 * @param probabilities  in [0, 1]
 */
export function logOddsOf(probabilities: ArrayLike<number>): Float64Array {
  return Float64Array.from(probabilities, (p) => logit(clamp(p, Number.EPSILON, 1 - Number.EPSILON)))
}

/**
 * Share of rows whose more probable label came: 1 where p > 0.5, else 0.
 *
 * @throws {DomainError} as {@link scoreBinary}
 */
export function accuracyOf(labels: ArrayLike<number>, probabilities: ArrayLike<number>): number {
  assertScorable(labels, probabilities)
  if (labels.length === 0) throw new DomainError('no_rows', 'there is nothing to score')
  let right = 0
  for (let r = 0; r < labels.length; r++) {
    if (((probabilities[r] as number) > 0.5 ? 1 : 0) === labels[r]) right++
  }
  return right / labels.length
}

function logLoss(labels: ArrayLike<number>, probabilities: ArrayLike<number>): number {
  return rowLogLosses(labels, probabilities).reduce((sum, loss) => sum + loss, 0) / labels.length
}

function brierScore(labels: ArrayLike<number>, probabilities: ArrayLike<number>): number {
  let sum = 0
  for (let r = 0; r < labels.length; r++) sum += ((probabilities[r] as number) - (labels[r] as number)) ** 2
  return sum / labels.length
}

/** Area under the ROC curve by the rank-sum statistic: (R₁ − n₁(n₁+1)/2) / (n₁·n₀), ties at their mean rank. */
function rocAuc(labels: ArrayLike<number>, probabilities: ArrayLike<number>): number {
  const sorted = Float64Array.from(probabilities).sort()
  const sortedOfOnes = Float64Array.from(probabilities)
    .filter((_, r) => labels[r] === 1)
    .sort()
  let ones = 0
  let rankSum = 0
  for (let begin = 0; begin < sorted.length; ) {
    const value = sorted[begin]
    let end = begin
    while (end < sorted.length && sorted[end] === value) end++
    const onesBefore = ones
    while (ones < sortedOfOnes.length && sortedOfOnes[ones] === value) ones++
    rankSum += (ones - onesBefore) * ((begin + 1 + end) / 2)
    begin = end
  }
  return (rankSum - (ones * (ones + 1)) / 2) / (ones * (labels.length - ones))
}

/** Σ share of rows in bin · |share that won − mean probability|, over bins [k/10, (k+1)/10), the last one closed. */
function expectedCalibrationError(labels: ArrayLike<number>, probabilities: ArrayLike<number>): number {
  const gaps = new Float64Array(10)
  for (let r = 0; r < labels.length; r++) {
    const p = probabilities[r] as number
    const bin = Math.min(9, Math.floor(p * 10))
    gaps[bin] = (gaps[bin] as number) + (labels[r] as number) - p
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / labels.length
}
