import { DomainError } from '../kernel/errors.ts'

/**
 * Refuses rows that no calibrator can be fitted on.
 *
 * @param scores  log-odds, finite
 * @param labels  0 or 1, both among them
 * @throws {DomainError} `length_mismatch`, `score_not_finite` (NaN included), `label_not_binary`, `one_class` (no rows included)
 */
export function assertFittable(scores: ArrayLike<number>, labels: ArrayLike<number>): void {
  if (scores.length !== labels.length) {
    throw new DomainError('length_mismatch', `${scores.length} scores and ${labels.length} labels`)
  }
  let ones = 0
  for (let r = 0; r < labels.length; r++) {
    const label = labels[r] as number
    if (label !== 0 && label !== 1) {
      throw new DomainError('label_not_binary', `label ${label} of row ${r}: must be 0 or 1`)
    }
    if (!Number.isFinite(scores[r])) {
      throw new DomainError('score_not_finite', `score ${scores[r]} of row ${r}: must be a finite number`)
    }
    ones += label
  }
  if (ones === 0 || ones === labels.length) {
    throw new DomainError('one_class', `all ${labels.length} labels are the same: there is nothing to calibrate`)
  }
}
