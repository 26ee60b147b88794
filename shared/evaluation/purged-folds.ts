import { DomainError } from '../kernel/errors.ts'
import type { Fold } from './folds.ts'
import { walkForwardFolds } from './folds.ts'

/** When each row is predicted and when its label becomes known; rows in order of prediction. */
export interface LabelTimes {
  /** UTC instants in milliseconds, finite, never falling. */
  madeAtMs: Float64Array
  /** UTC instants in milliseconds; Infinity where the label is not known yet. */
  knownAtMs: Float64Array
}

/** A test block and the rows that may be learned from to be scored on it. */
export interface PurgedFold extends Fold {
  /** Row numbers, rising; one or more. */
  learn: Int32Array
}

export interface PurgeOptions {
  /** Room left between the labels of the learning rows and the test block, in milliseconds, ≥ 0; 0 where not given. */
  embargoMs?: number
  /** Whether rows after the block may be learned from too, as in blocked cross-validation; false where not given. */
  learnAfter?: boolean
}

/**
 * Rows that share no moment with a test block, so that what they teach could have been known before it.
 *
 * A row before the block is kept if it was made before the block's first row and its label was known more than
 * `embargoMs` before that (purge). A row after it, where those are wanted, is kept if it was made more than `embargoMs`
 * after the last label of the block was known (embargo). Rows between the two overlap with the block and are left out.
 *
 * @param times    of all rows
 * @param test     rows [testBegin, testEnd), at least one
 * @returns        row numbers, rising; possibly none
 * @throws {DomainError} `length_mismatch`, `instant_not_finite` (NaN included), `not_in_time_order`,
 *   `fold_out_of_range`, `embargo_out_of_range`
 * @see M. López de Prado, "Advances in Financial Machine Learning", 2018, sections 7.4.1 and 7.4.2
 */
export function purgedLearningRows(times: LabelTimes, test: Fold, options: PurgeOptions = {}): Int32Array {
  assertTimes(times)
  return learningRows(times, test, options)
}

/**
 * Walk-forward folds ({@link walkForwardFolds}) with purged learning rows, all of them before the block.
 *
 * @param count  ≥ 1
 * @throws {DomainError} as {@link purgedLearningRows}; `too_few_rows` where a block or its learning rows would be empty
 */
export function purgedWalkForward(
  times: LabelTimes,
  count: number,
  options: Pick<PurgeOptions, 'embargoMs'> = {},
): PurgedFold[] {
  assertTimes(times)
  return walkForwardFolds(times.madeAtMs.length, count).map((fold) => withLearningRows(times, fold, options))
}

/**
 * Blocked cross-validation: all rows cut into `count` equal blocks in time order, each scored by what was learned from
 * the rows before and after it, purged and embargoed.
 *
 * @param count  ≥ 2
 * @throws {DomainError} as {@link purgedWalkForward}
 */
export function purgedBlocks(
  times: LabelTimes,
  count: number,
  options: Pick<PurgeOptions, 'embargoMs'> = {},
): PurgedFold[] {
  assertTimes(times)
  const n = times.madeAtMs.length
  if (!(Number.isInteger(count) && count >= 2 && count <= n)) {
    throw new DomainError('too_few_rows', `${n} rows cannot be cut into ${count} blocks: at least 2 of a row or more`)
  }
  const boundary = (k: number) => Math.floor((n * k) / count)
  return Array.from({ length: count }, (_, k) => {
    const fold = { testBegin: boundary(k), testEnd: boundary(k + 1) }
    return withLearningRows(times, fold, { ...options, learnAfter: true })
  })
}

function withLearningRows(times: LabelTimes, fold: Fold, options: PurgeOptions): PurgedFold {
  const learn = learningRows(times, fold, options)
  if (learn.length === 0) {
    throw new DomainError(
      'too_few_rows',
      `no row is free of overlap with test rows ${fold.testBegin} to ${fold.testEnd - 1}`,
    )
  }
  return { ...fold, learn }
}

function learningRows({ madeAtMs, knownAtMs }: LabelTimes, test: Fold, options: PurgeOptions): Int32Array {
  const { testBegin, testEnd } = test
  const embargoMs = options.embargoMs ?? 0
  if (!(testBegin >= 0 && testEnd > testBegin && testEnd <= madeAtMs.length)) {
    throw new DomainError('fold_out_of_range', `test rows ${testBegin} to ${testEnd} of ${madeAtMs.length}`)
  }
  if (!(embargoMs >= 0 && Number.isFinite(embargoMs))) {
    throw new DomainError('embargo_out_of_range', `embargo of ${embargoMs} ms: must be finite and not negative`)
  }
  const firstMade = madeAtMs[testBegin] as number
  const lastKnown = lastInstant(madeAtMs, knownAtMs, test)
  const isBefore = (r: number) =>
    (madeAtMs[r] as number) < firstMade && (knownAtMs[r] as number) < firstMade - embargoMs
  const isAfter = (r: number) => (options.learnAfter ?? false) && (madeAtMs[r] as number) > lastKnown + embargoMs
  const rows = Int32Array.from({ length: madeAtMs.length }, (_, r) => r)
  return rows.filter((r) => (r < testBegin && isBefore(r)) || (r >= testEnd && isAfter(r)))
}

/** Latest instant at which anything of the block was made or became known. */
function lastInstant(madeAtMs: Float64Array, knownAtMs: Float64Array, { testBegin, testEnd }: Fold): number {
  const latest = knownAtMs.subarray(testBegin, testEnd).reduce((max, instant) => Math.max(max, instant), -Infinity)
  return Math.max(latest, madeAtMs[testEnd - 1] as number)
}

function assertTimes({ madeAtMs, knownAtMs }: LabelTimes): void {
  if (madeAtMs.length !== knownAtMs.length) {
    throw new DomainError('length_mismatch', `${madeAtMs.length} rows and ${knownAtMs.length} instants of their labels`)
  }
  for (let r = 0; r < madeAtMs.length; r++) {
    const made = madeAtMs[r] as number
    const known = knownAtMs[r] as number
    if (!Number.isFinite(made) || Number.isNaN(known)) {
      throw new DomainError('instant_not_finite', `row ${r} was made at ${made} and known at ${known}`)
    }
    if (r > 0 && made < (madeAtMs[r - 1] as number)) {
      throw new DomainError('not_in_time_order', `row ${r} was made at ${made}, before the row above it`)
    }
  }
}
