import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import { fileObjectStore } from '../../shared/adapters/file-object-store.ts'
import { DomainError } from '../../shared/kernel/errors.ts'
import type { LearningRows } from '../../shared/recipe/dataset.ts'
import { learningRows } from '../../shared/recipe/dataset.ts'
import { WIN_PROBABILITY_INPUTS } from '../../shared/recipe/inputs.ts'
import { RECIPE, RECIPE_REVISION } from '../../shared/recipe/recipe.ts'
import type { Study } from '../../shared/tuning/study.ts'
import type { StudyStore } from '../../shared/tuning/study-store.ts'
import { objectStudyStore } from '../../shared/tuning/study-store.ts'
import { createFeatureStore } from '../../shared/usecases/feature-store.ts'
import { materializeFeatures } from '../../shared/usecases/materialize-features.ts'
import { runPipeline } from '../../shared/usecases/run-pipeline.ts'
import { boostingRunner } from '../../shared/usecases/score-boosting.ts'
import type { TuningObjective, TuningReport } from '../../shared/usecases/tune-model.ts'
import { boostingParams, reportStudy, TUNING_OBJECTIVES, tuneModel } from '../../shared/usecases/tune-model.ts'
import { exitingWithCode } from '../failure.ts'
import { renderTunePage } from '../pages/tune-page.ts'
import { studiesText, tuneText } from '../pages/tune-text.ts'
import { openDataDirectory } from '../workspace/data-directory.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { writePage } from '../write-page.ts'
import type { WorkspaceFlags } from './command.ts'
import { inWorkspace, print, workspaceCommand } from './command.ts'
import { thresholdsHere } from './thresholds.ts'

interface TuneFlags extends WorkspaceFlags {
  trials: number
  seconds?: number
  objective: TuningObjective
  seed: number
  study?: string
  folds: number
  fresh: boolean
  status: boolean
  html?: string
}

const HELP = `
A search that was ended or killed goes on where it was. Nothing of it changes what is served.

closeline tune --trials 50 --html search.html
closeline tune --status`

export function tuneCommand(): Command {
  return workspaceCommand('tune', 'Search the settings of the boosting, on folds inside the earliest 60 % of the bets.')
    .option('--trials <number>', 'trials of the study in all', wholeNumber(1, 100_000), 50)
    .option('--seconds <number>', 'most time of this run', positiveNumber)
    .addOption(new Option('--objective <name>', 'what is searched for').choices(TUNING_OBJECTIVES).default('log_loss'))
    .option('--seed <number>', 'equal seeds give equal trials', wholeNumber(0, 0xffffffff), 1)
    .option('--study <id>', 'go on with this study, or with --status tell of it')
    .option('--folds <number>', 'folds that a trial is judged on', wholeNumber(1, 40), 4)
    .option('--fresh', 'begin another study beside those of the same settings', false)
    .option('--status', 'search nothing: tell of the studies there are', false)
    .option('--html <file>', 'write a page with the history')
    .addHelpText('after', HELP)
    .action((flags: TuneFlags) =>
      exitingWithCode(async () => {
        assertConsistent(flags)
        // Looking on needs no database, which takes seconds to open.
        if (flags.status) return tellStored(await storedStudies(flags), flags)
        await inWorkspace(flags, async (workspace) => tell(await search(workspace, flags), flags))
      }),
    )
}

/** @throws {DomainError} `contradicting_options`, `no_study` */
function assertConsistent({ study, fresh, status, html }: TuneFlags): void {
  if (study !== undefined && fresh) {
    throw new DomainError('contradicting_options', '--fresh begins another study, --study goes on with one: not both')
  }
  if (status && html !== undefined && study === undefined) {
    throw new DomainError('no_study', '--html with --status tells of one study: --study is needed')
  }
}

async function storedStudies({ data }: TuneFlags): Promise<StudyStore> {
  const { objectsDir } = await openDataDirectory(data, { fresh: false })
  return objectStudyStore(fileObjectStore(objectsDir))
}

async function search(workspace: Workspace, flags: TuneFlags): Promise<TuningReport> {
  const { trials, seconds, objective, seed, folds, fresh, study } = flags
  const rows = await readRows(workspace)
  const { objects, clock, progress } = workspace
  return tuneModel(
    { store: objectStudyStore(objects), clock, progress, fitAndScore: boostingRunner(rows) },
    {
      rows,
      present: RECIPE.boosting,
      recipe: `boosting/${RECIPE_REVISION}`,
      objective,
      folds,
      seed,
      trials,
      seconds: seconds ?? null,
      choice: study === undefined ? { fresh } : { id: study },
    },
  )
}

/** The bets that a win probability is learned from. */
async function readRows(workspace: Workspace): Promise<LearningRows> {
  const command = { trigger: 'tune', mode: 'incremental' as const, sport: null, thresholds: thresholdsHere() }
  const { bets } = await runPipeline(workspace, command)
  if (bets === 0) throw new DomainError('empty_ledger', 'the ledger is empty: closeline import FILE')
  await materializeFeatures(workspace, { full: false })
  const ledger = await createFeatureStore(workspace).trainingSet(workspace.clock(), WIN_PROBABILITY_INPUTS)
  return learningRows(ledger)
}

/** One study where it is named, else all. @throws {DomainError} `unknown_study` */
async function tellStored(store: StudyStore, flags: TuneFlags): Promise<void> {
  const reportOf = async (study: Study) => reportStudy(study, await store.trials(study))
  if (flags.study === undefined) return tellStudies(await Promise.all((await store.list()).map(reportOf)), flags)
  const study = await store.find(flags.study)
  if (study === undefined)
    throw new DomainError('unknown_study', `there is no study ${flags.study}: closeline tune --status`)
  await tell(await reportOf(study), flags)
}

function tellStudies(reports: readonly TuningReport[], flags: TuneFlags): void {
  const studies = reports.map(({ study, trials, best }) => ({
    ...study,
    trialsMade: trials.length,
    best: best ?? null,
  }))
  print(flags, { studies }, () => studiesText(reports))
}

async function tell(report: TuningReport, flags: TuneFlags): Promise<void> {
  if (flags.html !== undefined) await writePage(flags.html, renderTunePage(report))
  print(flags, toJson(report), () =>
    [tuneText(report), ...(flags.html === undefined ? [] : ['', `The page is in ${flags.html}.`])].join('\n'),
  )
}

function toJson(report: TuningReport) {
  const { study, trials, present, best } = report
  return {
    study,
    present: present ?? null,
    best: best ?? null,
    settings: best === undefined ? null : boostingParams(RECIPE.boosting, best.params),
    trials,
  }
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (text.trim() !== '' && Number.isInteger(number) && number >= least && number <= most) return number
    throw new InvalidArgumentError(`a whole number from ${least} to ${most}.`)
  }
}

function positiveNumber(text: string): number {
  const number = Number(text)
  if (Number.isFinite(number) && number > 0) return number
  throw new InvalidArgumentError('a number above 0.')
}
