import type { Bet } from '../bets/bet.ts'
import { walkForwardFolds } from '../evaluation/folds.ts'
import type { BinaryScores } from '../evaluation/metrics.ts'
import { featureSet } from '../features/feature-set.ts'
import { replayLedger } from '../features/replay.ts'
import { mean } from '../kernel/numeric.ts'
import type { Progress } from '../kernel/ports.ts'
import type { Assessment } from '../performance/assessment.ts'
import { assess } from '../performance/assessment.ts'
import { closingLineValuesOf } from '../performance/closing-values.ts'
import { learningRows } from '../recipe/dataset.ts'
import { isMarketAlone } from '../recipe/fit-blend.ts'
import { WIN_PROBABILITY_INPUTS } from '../recipe/inputs.ts'
import { joinPredictions } from '../recipe/join-predictions.ts'
import type { Recipe } from '../recipe/recipe.ts'
import type { Scoreboard } from '../recipe/scoreboard.ts'
import { scoreboardOf } from '../recipe/scoreboard.ts'
import type { ContenderName, Predictions } from '../recipe/walk-forward.ts'
import { runFold } from '../recipe/walk-forward.ts'
import { membersOf } from './describe-model.ts'
import type { JudgedFold, RoiEvaluation } from './evaluate-roi.ts'
import { evaluateRoi } from './evaluate-roi.ts'

export interface FoldReport {
  fold: number
  testFrom: string
  testTo: string
  /** Bets learned from. */
  learned: number
  members: ReturnType<typeof membersOf>
  calibration: string
  scores: Scoreboard
}

/** Scores of a walk forward: each fold, the plain means over folds, and all folds' predictions together. */
export interface EvaluationReport {
  /** Decisive bets with a price within American ±10,000. */
  rows: number
  folds: FoldReport[]
  mean: Record<ContenderName, BinaryScores>
  /** Of all test rows together, each predicted by its own fold's model. */
  pooled: Assessment
  /** Whether the lead on the recalibrated price over all test rows is more than chance. */
  verdict: 'proven' | 'not_proven'
  /** The head that predicts ROI by itself, on the same folds and all bets of theirs whose return is known. */
  roiHead: RoiEvaluation
}

/**
 * Scores the recipe as it would have done in the past: for each fold everything is learned from the bets before it whose
 * results were known by then.
 *
 * The bets scored are won or lost at a price within American ±10,000, sorted by placement, then id.
 *
 * @throws {DomainError} `too_few_rows`
 */
export function evaluateModel(
  deps: { progress: Progress },
  ledger: readonly Bet[],
  foldCount: number,
  recipe?: Recipe,
): EvaluationReport {
  const replayed = replayLedger(ledger, featureSet(WIN_PROBABILITY_INPUTS))
  const rows = learningRows(replayed)
  const folds = walkForwardFolds(rows.matrix.nRows, foldCount)
  const task = deps.progress.start('Walking forward', folds.length)
  const predicted: Predictions[] = []
  const judged: JudgedFold[] = []
  const reports = folds.map((fold, k): FoldReport => {
    const { fitted, learned, predictions } = runFold(rows, fold, recipe === undefined ? {} : { recipe })
    predicted.push(predictions)
    judged.push({ fold, blend: fitted.blend })
    task.advance(k + 1)
    return {
      fold: k,
      testFrom: new Date(rows.placedAtMs[fold.testBegin] as number).toISOString(),
      testTo: new Date(rows.placedAtMs[fold.testEnd - 1] as number).toISOString(),
      learned: learned.labels.length,
      members: isMarketAlone(fitted.blend) ? [] : membersOf(fitted.blend),
      calibration: fitted.blend.calibrator.kind,
      scores: scoreboardOf(predictions),
    }
  })
  task.finish()
  const all = joinPredictions(predicted)
  const pooled = assess(all, closingLineValuesOf(replayed.bets, all.test.ledgerRows))
  return {
    rows: rows.matrix.nRows,
    folds: reports,
    mean: meanScores(reports),
    pooled,
    verdict: pooled.scores.modelMinusRecalibrated.high < 0 ? 'proven' : 'not_proven',
    roiHead: evaluateRoi(deps, replayed, { decided: rows, judged }, recipe),
  }
}

function meanScores(reports: readonly FoldReport[]): EvaluationReport['mean'] {
  const of = (name: ContenderName) => {
    const meanOf = (metric: keyof BinaryScores) => mean(reports.map(({ scores }) => scores[name][metric]))
    return {
      n: meanOf('n'),
      logLoss: meanOf('logLoss'),
      brier: meanOf('brier'),
      auc: meanOf('auc'),
      ece: meanOf('ece'),
    }
  }
  return {
    model: of('model'),
    implied: of('implied'),
    recalibratedImplied: of('recalibratedImplied'),
    baseRate: of('baseRate'),
  }
}
