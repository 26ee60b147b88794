import type { LabelTimes } from '../evaluation/purged-folds.ts'
import { purgedLearningRows } from '../evaluation/purged-folds.ts'
import { DomainError } from '../kernel/errors.ts'

/** Rows that a fold learns from and rows that it is judged on, by number, rising; one or more each. */
export interface SearchFold {
  learn: Int32Array
  test: Int32Array
}

/** Where a search looks: the first this share of the rows. The rest it neither learns from nor is judged on. */
const SEARCH_SHARE = 0.6

/** Share of the searched rows before the first that is tested. */
const LEARN_SHARE = 0.5

/** Rows that a search may look at, of so many: those before the first that a walk forward tests. */
export function searchedRows(nRows: number): number {
  return boundary(nRows, SEARCH_SHARE)
}

/**
 * Expanding walk-forward folds inside the first 60 % of rows in time order: the second half of these in `count` equal
 * parts, each tested by what was learned from all rows before.
 *
 * Purged: a row is learned from only where its label was known before the fold's first test row was made, and tested only
 * where its label was known before the first row after the 60 % was made: nothing that became known later has a part in
 * the search.
 *
 * @param count  ≥ 1
 * @throws {DomainError} `too_few_rows` where a fold would have nothing to learn from or to be judged on, or there would
 *   be none (NaN included), and those of {@link purgedLearningRows}
 */
export function searchFolds(times: LabelTimes, count: number): SearchFold[] {
  const nRows = times.madeAtMs.length
  const end = searchedRows(nRows)
  const bound = (k: number) => boundary(end, LEARN_SHARE + ((1 - LEARN_SHARE) * k) / count)
  const blocks = Array.from({ length: count }, (_, k) => ({ testBegin: bound(k), testEnd: bound(k + 1) }))
  const untouchedFrom = times.madeAtMs[end] ?? Number.NaN
  const folds = blocks.map(({ testBegin, testEnd }) => ({
    learn: testEnd > testBegin ? purgedLearningRows(times, { testBegin, testEnd }) : new Int32Array(0),
    test: rowsBetween(testBegin, testEnd).filter((r) => (times.knownAtMs[r] as number) < untouchedFrom),
  }))
  if (folds.length > 0 && folds.every(({ learn, test }) => learn.length > 0 && test.length > 0)) return folds
  throw new DomainError(
    'too_few_rows',
    `the first ${end} of ${nRows} rows cannot be cut into ${count} folds to search on`,
  )
}

function rowsBetween(begin: number, end: number): Int32Array {
  return Int32Array.from({ length: end - begin }, (_, i) => begin + i)
}

/** Shares like 0.5 + 0.5·(2/3) are a hair off in binary; without the nudge a boundary would slip by one row. */
function boundary(nRows: number, share: number): number {
  return Math.floor(nRows * share + 1e-6)
}
