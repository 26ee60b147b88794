import type { LossDifference } from '../evaluation/comparison.ts'
import { compareLogLoss } from '../evaluation/comparison.ts'
import type { BinaryScores } from '../evaluation/metrics.ts'
import { scoreBinary } from '../evaluation/metrics.ts'
import { dayOfRow } from './dataset.ts'
import type { ContenderName, Predictions } from './walk-forward.ts'

/** Scores of a model on rows it never saw, always beside the baselines that cost nothing. */
export interface Scoreboard extends Record<ContenderName, BinaryScores> {
  /** Log loss of the model minus that of a baseline, with 95 % intervals whose errors are clustered by day. */
  modelMinusImplied: LossDifference
  modelMinusRecalibrated: LossDifference
}

/** @throws {DomainError} `too_few_clusters` where all rows are of one day */
export function scoreboardOf(predictions: Predictions): Scoreboard {
  const { test, model, implied, recalibratedImplied, baseRate } = predictions
  const days = dayOfRow(test)
  return {
    model: scoreBinary(test.labels, model),
    implied: scoreBinary(test.labels, implied),
    recalibratedImplied: scoreBinary(test.labels, recalibratedImplied),
    baseRate: scoreBinary(test.labels, baseRate),
    modelMinusImplied: compareLogLoss(test.labels, model, implied, days),
    modelMinusRecalibrated: compareLogLoss(test.labels, model, recalibratedImplied, days),
  }
}
