import { DomainError } from '../kernel/errors.ts'

/** Probabilities of each class, row by row: as many in each row, adding up to 1. */
export type ClassProbabilities = ArrayLike<ArrayLike<number>>

/**
 * Ranked probability score of ordered classes, mean over the rows; lower is better.
 *
 * RPS = 1/(K − 1) · Σ_{k<K} (P_k − O_k)², with P_k and O_k the sums over the first k classes of the probabilities and of
 * the outcome (1 for the class that came, else 0).
 *
 * @param probabilities  K ≥ 2 a row, each in [0, 1]
 * @param labels         class of each row, counted from 0 in the classes' order
 * @returns              in [0, 1]
 * @throws {DomainError} `no_rows`, `length_mismatch`, `too_few_classes`, `label_out_of_range`, `probability_out_of_range`
 *   (NaN included), `probabilities_not_one` where a row's sum is off 1 by more than 1e−5
 * @see E. S. Epstein, "A Scoring System for Probability Forecasts of Ranked Categories", Journal of Applied Meteorology 8, 1969
 */
export function rankedProbabilityScore(probabilities: ClassProbabilities, labels: ArrayLike<number>): number {
  return meanOverRows(probabilities, labels, (row, label) => {
    let gap = 0
    let squares = 0
    for (let k = 0; k < row.length - 1; k++) {
      gap += (row[k] as number) - (k === label ? 1 : 0)
      squares += gap * gap
    }
    return squares / (row.length - 1)
  })
}

/**
 * Mean of −ln of the probability given to the class that came, in nats. Rows are divided by their sums; a probability
 * counts as at least one unit of the last place.
 *
 * @throws {DomainError} as {@link rankedProbabilityScore}
 */
export function multiclassLogLoss(probabilities: ClassProbabilities, labels: ArrayLike<number>): number {
  return meanOverRows(probabilities, labels, (row, label, sum) => {
    return -Math.log(Math.max(Number.EPSILON, (row[label] as number) / sum))
  })
}

/**
 * Share of rows whose most probable class came; the first of equals counts as the most probable.
 *
 * @throws {DomainError} as {@link rankedProbabilityScore}
 */
export function multiclassAccuracy(probabilities: ClassProbabilities, labels: ArrayLike<number>): number {
  return meanOverRows(probabilities, labels, (row, label) => {
    let best = 0
    for (let k = 1; k < row.length; k++) if ((row[k] as number) > (row[best] as number)) best = k
    return best === label ? 1 : 0
  })
}

function meanOverRows(
  probabilities: ClassProbabilities,
  labels: ArrayLike<number>,
  scoreOf: (row: ArrayLike<number>, label: number, sum: number) => number,
): number {
  if (probabilities.length !== labels.length) {
    throw new DomainError('length_mismatch', `${labels.length} labels and ${probabilities.length} rows`)
  }
  if (labels.length === 0) throw new DomainError('no_rows', 'there is nothing to score')
  const classes = (probabilities[0] as ArrayLike<number>).length
  if (classes < 2) throw new DomainError('too_few_classes', `${classes} classes: there is nothing to tell apart`)
  let total = 0
  for (let r = 0; r < labels.length; r++) {
    const row = probabilities[r] as ArrayLike<number>
    const label = labels[r] as number
    if (row.length !== classes) {
      throw new DomainError('length_mismatch', `${row.length} probabilities in row ${r}, ${classes} in the first`)
    }
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      throw new DomainError(
        'label_out_of_range',
        `label ${label} of row ${r}: must be a class from 0 to ${classes - 1}`,
      )
    }
    total += scoreOf(row, label, sumOf(row, r))
  }
  return total / labels.length
}

function sumOf(row: ArrayLike<number>, r: number): number {
  let sum = 0
  for (let k = 0; k < row.length; k++) {
    const p = row[k] as number
    if (!(p >= 0 && p <= 1)) {
      throw new DomainError('probability_out_of_range', `probability ${p} of class ${k}, row ${r}`)
    }
    sum += p
  }
  if (!(Math.abs(sum - 1) <= 1e-5)) {
    throw new DomainError('probabilities_not_one', `probabilities of row ${r} add up to ${sum}`)
  }
  return sum
}
