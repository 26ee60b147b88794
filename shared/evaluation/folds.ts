import { DomainError } from '../kernel/errors.ts'

/** One step of a walk forward: learn from rows [0, testBegin), test on [testBegin, testEnd). */
export interface Fold {
  testBegin: number
  testEnd: number
}

/** Share of the rows before the first test row. */
const LEARN_SHARE = 0.6

/**
 * Walk-forward folds over rows in time order: the last 40 % in `count` equal parts, each learned from all rows before.
 *
 * With four folds, fold k tests rows [0.6 + 0.1k, 0.7 + 0.1k) of n.
 *
 * @param nRows  rows in time order
 * @param count  ≥ 1
 * @throws {DomainError} `too_few_rows` where a part would be empty or there would be none (NaN included)
 */
export function walkForwardFolds(nRows: number, count: number): Fold[] {
  const step = (1 - LEARN_SHARE) / count
  const folds = Array.from({ length: count }, (_, k) => ({
    testBegin: boundary(nRows, LEARN_SHARE + step * k),
    testEnd: boundary(nRows, LEARN_SHARE + step * (k + 1)),
  }))
  const isWhole = folds.length > 0 && folds.every(({ testBegin, testEnd }) => testBegin > 0 && testEnd > testBegin)
  if (!isWhole) {
    throw new DomainError('too_few_rows', `${nRows} rows cannot be cut into ${count} test folds`)
  }
  return folds
}

/** Shares like 0.6 + 0.1·3 are a hair off 0.9 in binary; without the nudge a boundary would slip by one row. */
function boundary(nRows: number, share: number): number {
  return Math.floor(nRows * share + 1e-6)
}
