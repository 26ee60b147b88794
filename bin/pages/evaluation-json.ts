import type { BinaryScores } from '../../shared/evaluation/metrics.ts'
import type { RoiLoss, RoiScores } from '../../shared/recipe/roi-comparison.ts'
import type { ContenderName } from '../../shared/recipe/walk-forward.ts'
import { CONTENDERS } from '../../shared/recipe/walk-forward.ts'
import type { EvaluationReport } from '../../shared/usecases/evaluate-model.ts'
import type { RoiEvaluation } from '../../shared/usecases/evaluate-roi.ts'

/** Names of the contenders in JSON. */
export const CONTENDER_KEYS = {
  model: 'model',
  implied: 'implied',
  recalibratedImplied: 'recalibrated_implied',
  baseRate: 'base_rate',
} as const satisfies Record<ContenderName, string>

const METRICS = ['n', 'logLoss', 'brier', 'auc', 'ece'] as const

/** An evaluation for programs: scores by fold, their plain means, and everything that is told of all folds together. */
export function evaluationJson(report: EvaluationReport) {
  return {
    rows: report.rows,
    verdict: report.verdict,
    folds: report.folds.map(({ fold, testFrom, testTo, learned, members, calibration, scores }) => ({
      ...{ fold, testFrom, testTo, learned, members, calibration },
      ...named(scores),
      model_minus_implied: scores.modelMinusImplied,
      model_minus_recalibrated: scores.modelMinusRecalibrated,
    })),
    mean: named(report.mean),
    pooled: {
      ...named(report.pooled.scores),
      model_minus_implied: report.pooled.scores.modelMinusImplied,
      model_minus_recalibrated: report.pooled.scores.modelMinusRecalibrated,
      accuracy: report.pooled.accuracy,
      calibration: report.pooled.calibration,
      encompassing: report.pooled.encompassing ?? null,
      rules: report.pooled.rules,
    },
    roi_head: roiJson(report.roiHead),
  }
}

function roiJson({ verdict, reason, checks, folds, scores }: RoiEvaluation) {
  return {
    ...{ verdict, reason, checks, folds },
    n: scores?.n ?? 0,
    losses:
      scores === undefined ? null : { robust: roiLosses(scores, 'robust'), squared: roiLosses(scores, 'squared') },
    head_minus_constant: scores?.headMinus.constant ?? null,
    head_minus_price_implied: scores?.headMinus.priceImplied ?? null,
    head_minus_win_probability: scores?.headMinus.winProbability ?? null,
  }
}

function roiLosses({ losses }: RoiScores, of: RoiLoss) {
  const { head, constant, priceImplied, winProbability } = losses[of]
  return { head, constant, price_implied: priceImplied, win_probability: winProbability }
}

function named(boards: Record<ContenderName, BinaryScores>) {
  return Object.fromEntries(
    CONTENDERS.map((name) => [
      CONTENDER_KEYS[name],
      Object.fromEntries(METRICS.map((metric) => [metric, boards[name][metric]])),
    ]),
  )
}
