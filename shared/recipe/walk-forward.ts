import type { LossDifference } from '../evaluation/comparison.ts'
import { compareLogLoss } from '../evaluation/comparison.ts'
import type { Fold } from '../evaluation/folds.ts'
import type { BinaryScores } from '../evaluation/metrics.ts'
import { scoreBinary } from '../evaluation/metrics.ts'
import { sigmoid } from '../kernel/numeric.ts'
import type { LearningRows } from './dataset.ts'
import { dayOfRow, sliceRows } from './dataset.ts'
import { fitMarketCalibration, marketScores } from './market-calibration.ts'
import type { MarketModel } from './market-model.ts'
import { fitMarketModel, predictWinProbabilities } from './market-model.ts'

/** A model's scores on rows it never saw, always beside the two baselines that cost nothing. */
export interface Scoreboard {
  model: BinaryScores
  /** The price as it is: 1/decimalOdds. */
  implied: BinaryScores
  /** The price through a logistic fitted on the same learning rows as the model. */
  recalibratedImplied: BinaryScores
  /** Log loss of the model minus that of the recalibrated price, errors clustered by day. */
  modelMinusRecalibrated: LossDifference
}

/** Learns from the rows before a fold's test rows and scores on these. */
export function runFold(
  rows: LearningRows,
  fold: Fold,
  onRound?: (done: number) => void,
): { model: MarketModel; scores: Scoreboard } {
  const before = sliceRows(rows, 0, fold.testBegin)
  const model = fitMarketModel(before, undefined, onRound)
  return { model, scores: scoreOnRows(model, before, sliceRows(rows, fold.testBegin, fold.testEnd)) }
}

function scoreOnRows(model: MarketModel, learned: LearningRows, test: LearningRows): Scoreboard {
  const predicted = predictWinProbabilities(model, test.matrix)
  const recalibrated = marketScores(fitMarketCalibration(learned), test.matrix).map(sigmoid)
  return {
    model: scoreBinary(test.labels, predicted),
    implied: scoreBinary(test.labels, test.impliedProbabilities),
    recalibratedImplied: scoreBinary(test.labels, recalibrated),
    modelMinusRecalibrated: compareLogLoss(test.labels, predicted, recalibrated, dayOfRow(test)),
  }
}
