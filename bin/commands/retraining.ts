import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import { driftPayloadSchema } from '../../shared/config/drift-payload.ts'
import { invariant } from '../../shared/kernel/errors.ts'
import { readDecayReport } from '../../shared/usecases/decay-state.ts'
import { readLastDecision } from '../../shared/usecases/decide-retraining.ts'
import type { RetrainingRecord } from '../../shared/usecases/retrain.ts'
import { retrain } from '../../shared/usecases/retrain.ts'
import { retrainWhereDue } from '../../shared/usecases/retrain-where-due.ts'
import { trainingHolder } from '../../shared/usecases/retraining-lock.ts'
import { readRetrainings } from '../../shared/usecases/retraining-store.ts'
import { updateLake } from '../../shared/usecases/update-lake.ts'
import { driftArchives } from '../drift-archives.ts'
import { exitOnUsage } from '../failure.ts'
import { decisionText, historyText, recordText, statusText } from '../pages/retraining-text.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { WorkspaceFlags } from './command.ts'
import { print, withWorkspace, workspaceCommand } from './command.ts'
import { thresholdsHere } from './thresholds.ts'

interface RetrainingFlags extends WorkspaceFlags {
  check: boolean
  force: boolean
  reason?: string
}

const HELP = `
What retraining does by itself: status.
--check is what runs once a day on AWS and beside npm start: it reads new bets, looks at the decay of what was served and at
the newest drift check, decides by the rules (closeline retraining status tells them), and trains where one asks.
--force trains without a rule; the quality gate and the gate of models hold all the same.`

/** `retraining`. */
export function retrainingCommand(): Command {
  const command = workspaceCommand('retraining', 'When and why models are learned anew: see it, check it, force it.')
    .option('--check', 'look at decay and drift now, and train where a rule asks for it', false)
    .option('--force', 'train now, whatever the rules say', false)
    .option('--reason <text>', 'with --force: why, for the history')
    .addHelpText('after', HELP)
    // Options of the commands below are theirs.
    .enablePositionalOptions()
    .action((flags: RetrainingFlags, self: Command) => {
      if (flags.check && flags.force) self.error('--check and --force cannot go together')
      return withWorkspace(flags, (workspace) => {
        if (flags.force) return force(workspace, flags)
        return flags.check ? check(workspace, flags) : status(workspace, flags)
      })
    })
  command.addCommand(statusCommand().exitOverride(exitOnUsage))
  command.addCommand(historyCommand().exitOverride(exitOnUsage))
  return command
}

function statusCommand(): Command {
  return workspaceCommand(
    'status',
    'Tell what serves, how it holds, what the rules said last, and what is under way.',
  ).action((flags: WorkspaceFlags) => withWorkspace(flags, (workspace) => status(workspace, flags)))
}

function historyCommand(): Command {
  return workspaceCommand(
    'history',
    'Tell every training that was asked for: by what rule, why, and what came of it.',
  ).action((flags: WorkspaceFlags) =>
    withWorkspace(flags, async ({ objects }) => {
      const history = await readRetrainings(objects)
      print(flags, history, () => historyText(history))
    }),
  )
}

async function status({ objects, registry, clock }: Workspace, flags: WorkspaceFlags): Promise<void> {
  const champion = (await registry.alias('champion')) ?? null
  const decay = (await readDecayReport(objects)) ?? null
  const decision = (await readLastDecision(objects)) ?? null
  const running = (await trainingHolder(objects, clock())) ?? null
  const last = (await readRetrainings(objects)).records[0] ?? null
  const found = { champion, decay, decision, running, last }
  print(flags, found, () => statusText(found))
}

async function check(workspace: Workspace, flags: WorkspaceFlags): Promise<void> {
  const thresholds = thresholdsHere()
  await bringUpToDate(workspace)
  const { windowDays } = driftPayloadSchema.parse({})
  const deps = { ...workspace, archives: driftArchives(workspace) }
  const { check: found, training } = await retrainWhereDue(deps, { windowDays, trigger: 'retraining', thresholds })
  const decision = await readLastDecision(workspace.objects)
  invariant(decision !== undefined, 'a decision was made and is not kept')
  print(flags, { check: found, decision, training }, () =>
    [decisionText(decision), ...(training === null ? [] : [recordText(training)])].join('\n'),
  )
  failWhereFailed(training)
}

async function force(workspace: Workspace, flags: RetrainingFlags): Promise<void> {
  await bringUpToDate(workspace)
  const reason = flags.reason ?? 'a person asked for it'
  const command = { rule: 'forced' as const, reason, requestId: `forced-${randomUUID()}`, thresholds: thresholdsHere() }
  const training = await retrain(workspace, command)
  print(flags, { training }, () => recordText(training))
  failWhereFailed(training)
}

/** Bets of the ledger come to the lake by the pipeline. */
async function bringUpToDate(workspace: Workspace): Promise<void> {
  const command = { trigger: 'retraining', mode: 'incremental' as const, sport: null, thresholds: thresholdsHere() }
  await updateLake(workspace, command)
}

function failWhereFailed(training: RetrainingRecord | null): void {
  if (training?.finished?.outcome === 'failed') process.exitCode = 1
}
