import { DomainError } from '../kernel/errors.ts'

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
  const order = Array.from({ length: labels.length }, (_, r) => r).sort(
    (a, b) => (probabilities[a] as number) - (probabilities[b] as number),
  )
  let ones = 0
  let rankSum = 0
  for (let begin = 0; begin < order.length; ) {
    let end = begin
    let onesHere = 0
    const value = probabilities[order[begin] as number]
    while (end < order.length && probabilities[order[end] as number] === value) {
      onesHere += labels[order[end] as number] as number
      end++
    }
    rankSum += onesHere * ((begin + 1 + end) / 2)
    ones += onesHere
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
