import type { Bet } from '../shared/bets/bet.ts'
import { DomainError } from '../shared/kernel/errors.ts'
import { simulateLedger } from '../shared/simulator/ledger.ts'
import { importBets } from '../shared/usecases/import-bets.ts'
import type { LedgerIdentity } from '../shared/usecases/ledger-identity.ts'
import { identifyLedger } from '../shared/usecases/ledger-identity.ts'
import type { ImportReport } from '../shared/usecases/ledger-ports.ts'
import { runPipeline } from '../shared/usecases/run-pipeline.ts'
import type { TrainingReport } from '../shared/usecases/train-model.ts'
import { trainModel } from '../shared/usecases/train-model.ts'
import { readBetFile } from './bet-file.ts'
import type { LedgerState } from './ledger-state.ts'
import { describeLedger, findLedgerState, storeLedgerState } from './ledger-state.ts'
import { findReadyModel } from './ready-model.ts'
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
  | { noModel: string }

/** Brings the ledger up to date and sees to it that a model of exactly this ledger is in service. */
export async function prepareProduct(workspace: Workspace, betsPath: string | undefined): Promise<Preparation> {
  const unchanged = betsPath === undefined ? await findUnchanged(workspace) : undefined
  return unchanged ?? prepareFromBets(workspace, betsPath)
}

/** What the last start left, where no bet has changed since: the ledger need not even be read. */
async function findUnchanged(workspace: Workspace): Promise<Preparation | undefined> {
  const ledger = await findLedgerState(workspace.objects, await workspace.bets.fingerprint())
  if (ledger === undefined || ledger.bets === 0) return undefined
  const ready = await findReadyModel(workspace, ledger)
  if (ready === undefined) return undefined
  const quarantined = await workspace.imports.countQuarantined()
  return { ledger, imported: undefined, demoBetsRemoved: 0, quarantined, outcome: { ...ready, trained: false } }
}

async function prepareFromBets(workspace: Workspace, betsPath: string | undefined): Promise<Preparation> {
  const { ledger, imported, demoBetsRemoved } = await fillLedger(workspace, betsPath)
  const identity = await identifyLedger(ledger)
  const ready = await findReadyModel(workspace, identity)
  const outcome =
    ready === undefined ? await trainWhereItCan(workspace, ledger, identity) : { ...ready, trained: false }
  const fingerprint = await workspace.bets.fingerprint()
  const state = describeLedger(ledger, identity, { fingerprint, nowMs: workspace.clock() })
  await storeLedgerState(workspace.objects, state)
  const quarantined = await workspace.imports.countQuarantined()
  return { ledger: state, imported, demoBetsRemoved, quarantined, outcome }
}

/** Runs pipeline and training whatever was there before. */
export async function pipelineAndTraining(
  workspace: Workspace,
  ledger: readonly Bet[],
  identity: LedgerIdentity,
): Promise<TrainingReport> {
  const { replay } = await runPipeline(workspace, ledger, identity)
  return trainModel(workspace, replay, identity)
}

/** What a ledger may be from which nothing can be learned, or nothing that could be tested. */
const UNLEARNABLE = ['too_few_bets', 'one_class', 'singular', 'too_few_clusters']

/** A ledger too short to learn from still gives scores of the bettor's own record: the product starts without a model. */
async function trainWhereItCan(
  workspace: Workspace,
  ledger: readonly Bet[],
  identity: LedgerIdentity,
): Promise<TrainingOutcome> {
  try {
    return { ...(await pipelineAndTraining(workspace, ledger, identity)), trained: true }
  } catch (thrown) {
    if (thrown instanceof DomainError && UNLEARNABLE.includes(thrown.code)) return { noModel: thrown.message }
    throw thrown
  }
}

async function fillLedger(
  workspace: Workspace,
  betsPath: string | undefined,
): Promise<{ ledger: readonly Bet[]; imported: ImportReport | undefined; demoBetsRemoved: number }> {
  const task = workspace.progress.start('Reading the ledger')
  const stored = await workspace.bets.all()
  task.finish(`${stored.length} bets`)
  if (betsPath !== undefined) {
    const file = await readBetFile(betsPath, workspace.progress)
    const { report, ledger, demoBetsRemoved } = await importBets(workspace, file, stored)
    return { ledger, imported: report, demoBetsRemoved }
  }
  if (stored.length > 0) return { ledger: stored, imported: undefined, demoBetsRemoved: 0 }
  const demo = simulateLedger({ seed: DEMO_SEED, count: DEMO_BETS, endsAtMs: workspace.clock() })
  const saving = workspace.progress.start('Saving demo bets', demo.length)
  await workspace.bets.save(demo, (done) => saving.advance(done))
  saving.finish()
  return { ledger: demo, imported: undefined, demoBetsRemoved: 0 }
}
