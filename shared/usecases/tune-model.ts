import { sha256Hex } from '../kernel/digest.ts'
import { DomainError } from '../kernel/errors.ts'
import { mean } from '../kernel/numeric.ts'
import type { Clock, Progress } from '../kernel/ports.ts'
import type { LearningRows } from '../recipe/dataset.ts'
import { labelTimes } from '../recipe/dataset.ts'
import type { BoostingParams } from '../trees/boosting.ts'
import type { StudyChoice } from '../tuning/open-study.ts'
import { openStudy } from '../tuning/open-study.ts'
import type { Objective } from '../tuning/run-study.ts'
import { runStudy } from '../tuning/run-study.ts'
import type { SearchFold } from '../tuning/search-folds.ts'
import { searchedRows, searchFolds } from '../tuning/search-folds.ts'
import type { SearchSpace, TrialParams } from '../tuning/space.ts'
import type { Budget, Study, StudySettings } from '../tuning/study.ts'
import type { StudyStore } from '../tuning/study-store.ts'
import type { Trial, TrialStep } from '../tuning/trial.ts'
import { bestTrial } from '../tuning/trial.ts'

/**
 * Settings of the boosting that are searched. The number of trees is none of them: inside every fold it is chosen on rows
 * that the fold learns from, never on those that judge it.
 */
export const BOOSTING_SPACE = [
  { kind: 'float', name: 'learningRate', low: 0.005, high: 0.3, scale: 'log' },
  { kind: 'integer', name: 'maxDepth', low: 2, high: 8, scale: 'linear' },
  { kind: 'float', name: 'minChildWeight', low: 1, high: 500, scale: 'log' },
  { kind: 'float', name: 'lambdaL2', low: 0.01, high: 1000, scale: 'log' },
  { kind: 'float', name: 'gamma', low: 0, high: 5, scale: 'linear' },
  { kind: 'float', name: 'subsample', low: 0.5, high: 1, scale: 'linear' },
  { kind: 'float', name: 'colsample', low: 0.1, high: 1, scale: 'linear' },
] as const satisfies SearchSpace

/** What can be searched for. */
export const TUNING_OBJECTIVES = ['log_loss', 'brier', 'auc', 'combined'] as const
export type TuningObjective = (typeof TUNING_OBJECTIVES)[number]

/** A fold's scores on its test rows; `auc` is NaN where they are of one class. */
export interface FoldScores {
  logLoss: number
  brier: number
  auc: number
}

/** Learns from a fold's rows with the settings given, and from nothing else, and scores on its test rows. */
export type FitAndScore = (params: BoostingParams, fold: SearchFold) => FoldScores | Promise<FoldScores>

export interface TuneDeps {
  store: StudyStore
  clock: Clock
  progress: Progress
  fitAndScore: FitAndScore
}

export interface TuneCommand extends Budget {
  rows: LearningRows
  /** The settings in use: the first trial, and the value of every setting that is not searched. */
  present: BoostingParams
  /** Names what `fitAndScore` does, so that a change of it begins another study. */
  recipe: string
  objective: TuningObjective
  folds: number
  seed: number
  choice: StudyChoice
}

/** A study as it stands. */
export interface TuningReport {
  study: Study
  trials: readonly Trial[]
  /** The settings in use on the same folds; undefined until they are scored. */
  present: Trial | undefined
  best: (Trial & { value: number }) | undefined
}

/**
 * A step is a fold of other rows, so that a trial is judged by its latest value, and from the second fold on: one fold
 * alone says more of its own luck than of the settings.
 */
const PRUNER = { startupTrials: 5, warmupSteps: 1, intervalSteps: 1, judges: 'latest' } as const

/**
 * Searches boosting settings by their mean score over purged walk-forward folds, and goes on where an earlier search of
 * the very same rows, folds, space and seed ended or was killed.
 *
 * All folds lie in the first 60 % of the rows: those that `evaluate` tests on are never touched, and nothing that became
 * known after the first of them was placed has a part. The first trial is the settings in use. Steps are the means over
 * the folds so far.
 *
 * The best of many trials looks better than it is, since its luck was searched for too: whether it is better shows on rows
 * that the search has not seen.
 *
 * @throws {DomainError} `too_few_rows`, `params_outside_space` where the settings in use are not in the space,
 *   `budget_invalid`, and those of {@link openStudy} and {@link runStudy}
 */
export async function tuneModel(deps: TuneDeps, command: TuneCommand): Promise<TuningReport> {
  const folds = searchFolds(labelTimes(command.rows), command.folds)
  const budget = { trials: command.trials, seconds: command.seconds }
  const study = await openStudy(deps, await settingsOf(command), budget, command.choice)
  let best = bestTrial(await deps.store.trials(study))
  const task = deps.progress.start('Searching', command.trials * folds.length)
  const advance = (number: number, done: number) => task.advance(number * folds.length + done, standing(best))
  const trials = await runStudy(
    {
      store: deps.store,
      clock: deps.clock,
      onTrial: ({ number }, all) => {
        best = bestTrial(all)
        advance(number, folds.length)
      },
    },
    study,
    foldObjective(deps.fitAndScore, command, folds, advance),
  )
  task.finish(standing(best))
  return reportStudy(study, trials)
}

/** What a study's trials say. */
export function reportStudy(study: Study, trials: readonly Trial[]): TuningReport {
  const present = study.firstTrials.length === 0 ? undefined : trials.find(({ number }) => number === 0)
  return { study, trials, present, best: bestTrial(trials) }
}

/** The objective of a trial over all folds, with a step a fold. */
function foldObjective(
  fitAndScore: FitAndScore,
  { objective, present }: TuneCommand,
  folds: readonly SearchFold[],
  onFold: (number: number, done: number) => void,
): Objective {
  return async ({ number, params, done }, report) => {
    const settings = boostingParams(present, params)
    const losses = scoresOf(done, folds.length).map((scores) => foldLoss(objective, scores))
    for (const [step, fold] of folds.entries()) {
      if (step < losses.length) continue
      const { logLoss, brier, auc } = await fitAndScore(settings, fold)
      losses.push(foldLoss(objective, { logLoss, brier, auc }))
      const details = { logLoss, brier, auc: Number.isNaN(auc) ? null : auc }
      const told: TrialStep = { step, value: mean(losses), details }
      onFold(number, step + 1)
      if ((await report(told, { last: step === folds.length - 1 })) === 'stop') break
    }
    return mean(losses)
  }
}

/**
 * What is minimised, of one fold: `log_loss` and `brier` as they are, `auc` = 1 − AUC, and
 * `combined` = 0.6·Brier + 0.4·(1 − AUC), which weighs being right about the probabilities against ranking the bets.
 *
 * @throws {DomainError} `auc_undefined` where the fold's test rows are of one class
 */
export function foldLoss(objective: TuningObjective, { logLoss, brier, auc }: FoldScores): number {
  if (objective === 'log_loss') return logLoss
  if (objective === 'brier') return brier
  if (!(auc >= 0 && auc <= 1)) {
    throw new DomainError('auc_undefined', 'a fold has test rows of one class: there is no AUC to search for')
  }
  return objective === 'auc' ? 1 - auc : 0.6 * brier + 0.4 * (1 - auc)
}

/** The settings in use with those of a trial in their place. */
export function boostingParams(present: BoostingParams, params: TrialParams): BoostingParams {
  const searched = BOOSTING_SPACE.map(({ name }) => [name, Number(params[name])])
  return { ...present, ...Object.fromEntries(searched) }
}

/** The scores of the folds that a trial was stored with. @throws {DomainError} `corrupt_object` where they are not */
function scoresOf(done: readonly TrialStep[], folds: number): FoldScores[] {
  return done.map(({ step, details: { logLoss, brier, auc } }, i) => {
    const isWhole = step === i && i < folds && typeof logLoss === 'number' && typeof brier === 'number'
    if (isWhole && auc !== undefined) return { logLoss, brier, auc: auc ?? Number.NaN }
    throw new DomainError('corrupt_object', `step ${step} of a stored trial has not the scores of fold ${i}`)
  })
}

async function settingsOf(command: TuneCommand): Promise<StudySettings> {
  const { rows, present, recipe, objective, folds, seed } = command
  const searched = new Set<string>(BOOSTING_SPACE.map(({ name }) => name))
  const entries = Object.entries(present)
  const fixed = entries.filter(([name]) => !searched.has(name)).sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    objective,
    subject: {
      data: await rowsSha256(rows),
      rows: rows.matrix.nRows,
      folds,
      recipe,
      fixed: JSON.stringify(fixed),
    },
    space: [...BOOSTING_SPACE],
    firstTrials: [Object.fromEntries(BOOSTING_SPACE.map(({ name }) => [name, present[name]]))],
    pruner: PRUNER,
    seed,
  }
}

/** SHA-256 of all that a search looks at: features, prices, labels and times of the first 60 % of rows. */
async function rowsSha256({
  matrix,
  labels,
  impliedProbabilities,
  placedAtMs,
  knownAtMs,
}: LearningRows): Promise<string> {
  // One more row bounds the time until which results count.
  const end = searchedRows(matrix.nRows) + 1
  const columns = [...matrix.columns, labels, impliedProbabilities, placedAtMs, knownAtMs]
  const digests = await Promise.all(columns.map((column) => sha256Hex(new Uint8Array(column.slice(0, end).buffer))))
  return sha256Hex(`${end} ${digests.join(' ')}`)
}

function standing(best: ReturnType<typeof bestTrial>): string | undefined {
  return best === undefined ? undefined : `best ${best.value.toFixed(5)} (trial ${best.number})`
}
