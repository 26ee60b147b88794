import type { Bet } from '../bets/bet.ts'
import { walkForwardFolds } from '../evaluation/folds.ts'
import { featureSet } from '../features/feature-set.ts'
import { replayLedger } from '../features/replay.ts'
import { mean } from '../kernel/numeric.ts'
import type { Progress } from '../kernel/ports.ts'
import { learningRows } from '../recipe/dataset.ts'
import { WIN_PROBABILITY_INPUTS } from '../recipe/inputs.ts'
import type { Scoreboard } from '../recipe/walk-forward.ts'
import { runFold } from '../recipe/walk-forward.ts'

const CONTENDERS = ['model', 'implied', 'recalibratedImplied'] as const
type Contender = (typeof CONTENDERS)[number]

const METRICS = ['n', 'logLoss', 'brier', 'auc', 'ece'] as const

export interface FoldReport extends Scoreboard {
  fold: number
  testFrom: string
  testTo: string
  trees: number
}

/** Scores of a walk forward: each fold, and the plain means over folds. */
export interface EvaluationReport {
  /** Decisive bets with a price within American ±10,000. */
  rows: number
  folds: FoldReport[]
  mean: Record<Contender, Record<(typeof METRICS)[number], number>>
}

/**
 * Scores the recipe as it would have done in the past: for each fold everything is learned from the bets before it.
 *
 * The bets scored are won or lost at a price within American ±10,000, sorted by placement, then id.
 *
 * @throws {DomainError} `too_few_rows`
 */
export function evaluateModel(
  deps: { progress: Progress },
  ledger: readonly Bet[],
  foldCount: number,
): EvaluationReport {
  const rows = learningRows(replayLedger(ledger, featureSet(WIN_PROBABILITY_INPUTS)))
  const folds = walkForwardFolds(rows.matrix.nRows, foldCount)
  const task = deps.progress.start('Walking forward', folds.length)
  const reports = folds.map((fold, k): FoldReport => {
    const { model, scores } = runFold(rows, fold)
    task.advance(k + 1)
    return {
      fold: k,
      testFrom: new Date(rows.placedAtMs[fold.testBegin] as number).toISOString(),
      testTo: new Date(rows.placedAtMs[fold.testEnd - 1] as number).toISOString(),
      trees: model.trees.length,
      ...scores,
    }
  })
  task.finish()
  const means = CONTENDERS.map((who) => [
    who,
    Object.fromEntries(METRICS.map((metric) => [metric, mean(reports.map((report) => report[who][metric]))])),
  ])
  return { rows: rows.matrix.nRows, folds: reports, mean: Object.fromEntries(means) as EvaluationReport['mean'] }
}
