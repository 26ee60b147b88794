import type { Blend } from '../blend/blend.ts'
import { predictBlend } from '../blend/predict.ts'
import type { Fold } from '../evaluation/folds.ts'
import { purgedLearningRows } from '../evaluation/purged-folds.ts'
import { DomainError } from '../kernel/errors.ts'
import type { LearningRows } from './dataset.ts'
import { dayOfRow, labelTimes, sliceRows, takeRows } from './dataset.ts'
import type { Recipe } from './recipe.ts'
import type { RoiPredictions } from './roi-comparison.ts'
import type { FittedRoi } from './roi-fit.ts'
import { fitRoi } from './roi-fit.ts'
import { impliedRoi, predictRoi } from './roi-head.ts'

/** What a fold taught of returns, and the rows that it is scored on. */
export interface RoiFold {
  fitted: FittedRoi
  /** Bets learned from. */
  learned: number
  test: LearningRows
}

/**
 * Learns returns from the rows whose result was known before the first row of a win probability's test block was placed,
 * to be scored on all bets of that block whose return is known, ties and cash-outs among them.
 *
 * @param rows     as of `returnRows`
 * @param decided  the rows that the win probability's fold cuts, of the same ledger
 * @throws {DomainError} as {@link fitRoi}; `no_rows` where no return is known in the block
 */
export function runRoiFold(
  rows: LearningRows,
  { decided, fold }: { decided: LearningRows; fold: Fold },
  options: { recipe?: Recipe; onStep?: (done: number) => void } = {},
): RoiFold {
  const own = blockOf(rows, decided, fold)
  if (own.testEnd === own.testBegin) {
    throw new DomainError(
      'no_rows',
      'no return of the bets to be scored on is known: there is nothing to hold a head against',
    )
  }
  const learned = takeRows(rows, purgedLearningRows(labelTimes(rows), own))
  const fitted = fitRoi(learned, options.recipe, options.onStep)
  return { fitted, learned: learned.matrix.nRows, test: sliceRows(rows, own.testBegin, own.testEnd) }
}

/** The same stretch of the ledger in other rows of it. */
function blockOf(rows: LearningRows, decided: LearningRows, { testBegin, testEnd }: Fold): Fold {
  const first = (place: number) => {
    const ledgerRow = decided.ledgerRows[place] ?? Number.POSITIVE_INFINITY
    const found = rows.ledgerRows.findIndex((r) => r >= ledgerRow)
    return found < 0 ? rows.ledgerRows.length : found
  }
  return { testBegin: first(testBegin), testEnd: first(testEnd) }
}

/** Expected returns of a fold's test rows by the head, the constant, the price and a win probability: p · d − 1. */
export function predictRoiFold({ fitted, test }: Pick<RoiFold, 'fitted' | 'test'>, blend: Blend): RoiPredictions {
  const { head, market, constant } = fitted
  const priceImplied = impliedRoi({ kind: 'column', score: market }, test.matrix)
  const decimalOdds = test.impliedProbabilities.map((q) => 1 / q)
  const probabilities = predictBlend(blend, test.matrix)
  return {
    head: head === undefined ? priceImplied : predictRoi(head, test.matrix),
    constant: new Float64Array(test.matrix.nRows).fill(constant),
    priceImplied,
    winProbability: probabilities.map((p, r) => p * (decimalOdds[r] as number) - 1),
    returns: test.returns,
    decimalOdds,
    days: dayOfRow(test),
  }
}
