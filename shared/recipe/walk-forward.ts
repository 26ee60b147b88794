import { predictBlend } from '../blend/predict.ts'
import type { Fold } from '../evaluation/folds.ts'
import { purgedLearningRows } from '../evaluation/purged-folds.ts'
import { mean, sigmoid } from '../kernel/numeric.ts'
import type { LearningRows } from './dataset.ts'
import { labelTimes, sliceRows, takeRows } from './dataset.ts'
import type { FittedBlend } from './fit-blend.ts'
import { fitBlend } from './fit-blend.ts'
import { fitMarket, marketScores } from './market.ts'
import type { Recipe } from './recipe.ts'

/** Probabilities of rows that nothing was learned from, beside what costs nothing. */
export interface Predictions {
  /** The rows that were predicted. */
  test: LearningRows
  model: Float64Array
  /** The price as it is: 1/decimalOdds. */
  implied: Float64Array
  /** The price through a logistic fitted on the same learning rows as the model. */
  recalibratedImplied: Float64Array
  /** Share of the learning rows that won, for every row the same. */
  baseRate: Float64Array
}

/** Names of the sets of probabilities that are always shown together. */
export const CONTENDERS = ['model', 'implied', 'recalibratedImplied', 'baseRate'] as const
export type ContenderName = (typeof CONTENDERS)[number]

/**
 * Learns from the rows whose result was known before a fold's first test row was made, and predicts the test rows.
 *
 * @throws {DomainError} `one_class` of the learning rows
 */
export function runFold(
  rows: LearningRows,
  fold: Fold,
  options: { recipe?: Recipe; onStep?: (done: number) => void } = {},
): { fitted: FittedBlend; learned: LearningRows; predictions: Predictions } {
  const learned = takeRows(rows, purgedLearningRows(labelTimes(rows), fold))
  const fitted = fitBlend(learned, options.recipe, options.onStep)
  const test = sliceRows(rows, fold.testBegin, fold.testEnd)
  return { fitted, learned, predictions: predictRows(predictBlend(fitted.blend, test.matrix), learned, test) }
}

/** A model's probabilities of rows beside those of the baselines, which are fitted on what the model learned from. */
export function predictRows(model: Float64Array, learned: LearningRows, test: LearningRows): Predictions {
  return {
    test,
    model,
    implied: test.impliedProbabilities,
    recalibratedImplied: marketScores(fitMarket(learned), test.matrix).map(sigmoid),
    baseRate: new Float64Array(test.labels.length).fill(mean(learned.labels)),
  }
}
