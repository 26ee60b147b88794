import { DomainError } from '../shared/kernel/errors.ts'
import type { FeatureLayerState } from '../shared/lake/feature-layer.ts'
import { findCurrentState } from '../shared/lake/state.ts'
import type { QualityReport } from '../shared/quality/gate.ts'
import type { Thresholds } from '../shared/quality/thresholds.ts'
import type { ModelManifest } from '../shared/registry/manifest.ts'
import { simulateLedger } from '../shared/simulator/ledger.ts'
import type { ImportResult } from '../shared/usecases/import-bets.ts'
import { importBets } from '../shared/usecases/import-bets.ts'
import type { ImportReport } from '../shared/usecases/ledger-ports.ts'
import { materializeFeatures } from '../shared/usecases/materialize-features.ts'
import type { PipelineReport } from '../shared/usecases/pipeline-report.ts'
import { runPipeline } from '../shared/usecases/run-pipeline.ts'
import type { TrainingReport } from '../shared/usecases/train-model.ts'
import { trainOnLayer, UNLEARNABLE } from '../shared/usecases/train-on-lake.ts'
import { assertTrainable } from '../shared/usecases/training-gate.ts'
import { readBetFile } from './bet-file.ts'
import type { LedgerState } from './ledger-state.ts'
import { describeLedger, findLedgerState, storeLedgerState } from './ledger-state.ts'
import { findReadyModel, findUsableModel } from './ready-model.ts'
import type { Workspace } from './workspace/workspace.ts'

export const DEMO_BETS = 8000
const DEMO_SEED = 9

/** What a start found and did, for the summary. */
export interface Preparation {
  ledger: LedgerState
  imported: ImportReport | undefined
  demoBetsRemoved: number
  quarantined: number
  outcome: TrainingOutcome
}

/** What came of training: a model in service, or the reason why this ledger gives none. */
export type TrainingOutcome =
  | (TrainingReport & {
      /** False where nothing had changed since the last training. */
      trained: boolean
    })
  /** An earlier model goes on serving, since nothing may be learned from these bets. */
  | { kept: ModelManifest; reason: string }
  | { noModel: string }

export interface StartCommand {
  /** Bet log to import first. */
  betsPath: string | undefined
  thresholds: Thresholds
  /** Whether to learn from bets that fail the quality gate, too. */
  despiteQuality: boolean
}

/** Brings ledger and lake up to date and sees to it that a model of exactly this ledger is in service. */
export async function prepareProduct(workspace: Workspace, command: StartCommand): Promise<Preparation> {
  const unchanged = command.betsPath === undefined ? await findUnchanged(workspace, command.thresholds) : undefined
  return unchanged ?? prepareFromBets(workspace, command)
}

/** What the last start left, where no bet has changed since: the ledger need not even be read. */
async function findUnchanged(workspace: Workspace, thresholds: Thresholds): Promise<Preparation | undefined> {
  const ledger = await findLedgerState(workspace.objects, await workspace.bets.fingerprint(), thresholds)
  if (ledger === undefined || ledger.bets === 0) return undefined
  const ready = await findReadyModel(workspace, ledger)
  if (ready === undefined) return undefined
  const { total: quarantined } = await workspace.quarantine.count('waiting')
  return { ledger, imported: undefined, demoBetsRemoved: 0, quarantined, outcome: { ...ready, trained: false } }
}

async function prepareFromBets(workspace: Workspace, command: StartCommand): Promise<Preparation> {
  const imported = command.betsPath === undefined ? undefined : await importFile(workspace, command.betsPath)
  const { run, fingerprint } = await runFilledPipeline(workspace, command.thresholds)
  const { layer } = await materializeFeatures(workspace, { full: false })
  const ready = await findReadyModel(workspace, layer)
  const outcome =
    ready === undefined
      ? await trainWhereItCan(workspace, layer, run.quality, command.despiteQuality)
      : { ...ready, trained: false }
  const at = { fingerprint, nowMs: workspace.clock(), quality: run.quality, thresholds: command.thresholds }
  const state = await describeLedger(workspace.objects, layer, at)
  await storeLedgerState(workspace.objects, state)
  const { total: quarantined } = await workspace.quarantine.count('waiting')
  const demoBetsRemoved = imported?.demoBetsRemoved ?? 0
  return { ledger: state, imported: imported?.report, demoBetsRemoved, quarantined, outcome }
}

async function importFile(workspace: Workspace, path: string): Promise<ImportResult> {
  const file = await readBetFile(path, workspace.progress)
  const task = workspace.progress.start('Reading the ledger')
  const stored = await workspace.bets.all()
  task.finish(`${stored.length} bets`)
  return importBets(workspace, file, stored)
}

/** Runs the pipeline; where there is no bet at all, on demo bets made for it. */
async function runFilledPipeline(
  workspace: Workspace,
  thresholds: Thresholds,
): Promise<{ run: PipelineReport; fingerprint: string }> {
  const command = { trigger: 'start', mode: 'incremental' as const, sport: null, thresholds }
  // A run over nothing would have the quality gate fail, and everybody told of it.
  const isNew = (await findCurrentState(workspace.objects)) === undefined
  if (isNew && (await workspace.bets.all()).length === 0) await saveDemo(workspace)
  // Asked before the bets are read: what changes meanwhile is seen by the next start.
  const fingerprint = await workspace.bets.fingerprint()
  const run = await runPipeline(workspace, command)
  if (run.bets > 0) return { run, fingerprint }
  await saveDemo(workspace)
  return { fingerprint: await workspace.bets.fingerprint(), run: await runPipeline(workspace, command) }
}

async function saveDemo({ bets, clock, progress }: Workspace): Promise<void> {
  const demo = simulateLedger({ seed: DEMO_SEED, count: DEMO_BETS, endsAtMs: clock() })
  const saving = progress.start('Saving demo bets', demo.length)
  await bets.save(demo, { importId: null, onSaved: (done) => saving.advance(done) })
  saving.finish()
}

/**
 * Trains, or says why there is no model of these bets: a ledger too short to learn from still gives scores of the
 * bettor's own record.
 *
 * The quality gate stops retraining. Where nothing serves yet, a person at this machine waits for a first answer: they
 * get it, and its manifest and the summary say that the data failed.
 */
async function trainWhereItCan(
  workspace: Workspace,
  layer: FeatureLayerState,
  quality: QualityReport,
  despiteQuality: boolean,
): Promise<TrainingOutcome> {
  const serving = await findUsableModel(workspace)
  try {
    assertTrainable(quality, despiteQuality || serving === undefined)
    return { ...(await trainOnLayer(workspace, layer, quality, { evaluateMarkets: false })), trained: true }
  } catch (thrown) {
    if (!(thrown instanceof DomainError)) throw thrown
    if (thrown.code === 'quality_gate_failed' && serving !== undefined) {
      return { kept: serving, reason: thrown.message }
    }
    if (UNLEARNABLE.includes(thrown.code)) return { noModel: thrown.message }
    throw thrown
  }
}
