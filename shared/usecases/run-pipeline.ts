import { DomainError, messageOf, UpstreamError } from '../kernel/errors.ts'
import type { ObjectStore } from '../kernel/ports.ts'
import { pruneStates } from '../lake/retention.ts'
import type { LakeState } from '../lake/state.ts'
import { findCurrentState, pointTo, profileOf, publishState, readState } from '../lake/state.ts'
import { writeManifest } from '../lineage/run.ts'
import { createStepLog } from '../lineage/steps.ts'
import type { ReadPlan } from './collect-versions.ts'
import { concludeRun } from './conclude-run.ts'
import { clearDeadRuns } from './dead-runs.ts'
import { eventsOf, syncFailed } from './pipeline-events.ts'
import { recordMetrics } from './pipeline-metrics.ts'
import type { PipelineReport } from './pipeline-report.ts'
import { reportRun } from './pipeline-report.ts'
import { judgeStep, mergeStep, readStep } from './pipeline-steps.ts'
import { planRead } from './plan-read.ts'
import { releaseTableRows } from './release-table-rows.ts'
import type { PipelineCommand, PipelineDeps, RunSoFar } from './run-context.ts'
import type { RunJournal } from './run-journal.ts'
import { emptyJournal, findUnfinished, writeJournal } from './run-journal.ts'
import { emptyOutbox, writeLetter } from './run-outbox.ts'

/** Tries before a run that fails is given up and said so. */
const ATTEMPTS = 3
const FIRST_WAIT_MS = 1000

/**
 * Brings the lake up to date with its source: reads what changed, keeps it raw, joins it with what there is, judges it,
 * and publishes the new state all at once.
 *
 * A run that is killed leaves the old state; the next one goes on from the raw files that it made durable. Of two runs
 * at once one publishes; the other notices, and runs again on the state that it finds. A failed quality gate is told and
 * recorded, and stops training; the data is published all the same.
 *
 * @throws {UpstreamError} after three attempts
 * @throws {DomainError} what a reconcile refuses to believe; a damaged lake; `reconcile_of_one_sport`. Of all but the last
 *   `SyncFailed` tells.
 */
export async function runPipeline(deps: PipelineDeps, command: PipelineCommand): Promise<PipelineReport> {
  const startedAtMs = deps.clock()
  if (command.mode === 'reconcile' && command.sport !== null) {
    const message = 'a reconcile compares all bets: it cannot be of one sport alone'
    throw new DomainError('reconcile_of_one_sport', message, { field: 'sport' })
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptRun(deps, command, { startedAtMs, attempt })
    } catch (thrown) {
      if (thrown instanceof DomainError) await tellFailure(deps, attempt, thrown)
      if (!(thrown instanceof UpstreamError)) throw thrown
      deps.logger.warn('run_failed', { source: deps.source.name, attempt, cause: thrown.message })
      if (attempt === ATTEMPTS || !thrown.retryable) {
        await tellFailure(deps, attempt, thrown)
        throw thrown
      }
    }
    await deps.sleep(FIRST_WAIT_MS * 4 ** (attempt - 1))
  }
}

/** Nobody would learn of the failure itself if that of telling it took its place. */
async function tellFailure(deps: PipelineDeps, attempts: number, failure: Error): Promise<void> {
  try {
    await deps.events.publish([syncFailed(deps.source.name, attempts, failure.message, deps.clock())])
  } catch (thrown) {
    deps.logger.error('events_not_delivered', { type: 'SyncFailed', cause: messageOf(thrown) })
  }
}

async function attemptRun(
  deps: PipelineDeps,
  command: PipelineCommand,
  at: { startedAtMs: number; attempt: number },
): Promise<PipelineReport> {
  const before = await findCurrentState(deps.objects)
  if (before !== undefined) await pointTo(deps.objects, before)
  await emptyOutbox(deps, before?.sequence ?? 0)
  const plan = planRead(before, command, deps.source.name, deps.newId())
  const { toResume, dead } = await findUnfinished(deps.objects, plan)
  await clearDeadRuns(deps.objects, dead)
  await writeJournal(deps.objects, emptyJournal(plan, deps.clock()))
  try {
    return await work(deps, { command, plan, before, toResume, ...at })
  } catch (thrown) {
    throw await explained(deps.objects, thrown, plan)
  }
}

/** What failed because another run published meanwhile, and cleared away what this one read from, may be tried again. */
async function explained(objects: ObjectStore, thrown: unknown, { runId, base }: ReadPlan): Promise<unknown> {
  if (!(thrown instanceof UpstreamError)) return thrown
  const newest = (await findCurrentState(objects))?.sequence ?? 0
  if (newest === base || (await readState(objects, base + 1))?.runId === runId) return thrown
  await clearDeadRuns(objects, [{ runId, base }])
  const message = `another run published state ${base + 1} meanwhile (${thrown.message})`
  return new UpstreamError('lake', message, { cause: thrown })
}

async function work(
  deps: PipelineDeps,
  run: Pick<RunSoFar, 'command' | 'before' | 'startedAtMs' | 'attempt'> & {
    plan: ReadPlan
    toResume: RunJournal | undefined
  },
): Promise<PipelineReport> {
  const draft = await deps.lake.draft(run.plan.runId)
  try {
    const log = createStepLog(deps.clock)
    const collected = await readStep(deps, { ...run, draft, log })
    const merged = await mergeStep({ ...run, draft, log, collected })
    const judged = await judgeStep(deps, { ...run, draft, log, merged })
    return await publishRun(deps, { ...run, runId: run.plan.runId, log, collected, merged, judged })
  } finally {
    await draft.close()
  }
}

/** Puts the run in its place. @throws {UpstreamError} where another run published meanwhile */
async function publishRun(deps: PipelineDeps, run: RunSoFar): Promise<PipelineReport> {
  const { runId } = run
  const { state, quality, manifest } = await concludeRun(deps, run)
  await writeManifest(deps.objects, manifest)
  const events = eventsOf({ run, quality, manifest, profile: profileOf(state) }, deps.clock())
  await writeLetter(deps.objects, { format: 'closeline-outbox/1', runId, sequence: state.sequence, events })
  if (!(await publishState(deps.objects, state))) {
    throw new UpstreamError('lake', `state ${state.sequence} is there already`)
  }
  const ended = { state, quality, manifest, ...(await tidyUp(deps, run.command, state)), nowMs: deps.clock() }
  const report = reportRun({ ...run, ...ended })
  recordMetrics(deps.metrics, report)
  deps.logger.info('run_published', { runId, sequence: state.sequence, bets: report.bets, verdict: report.verdict })
  return report
}

/** What follows a published run. The run stands, whatever fails here; what is left undone, the next run does. */
async function tidyUp(
  deps: PipelineDeps,
  command: PipelineCommand,
  state: LakeState,
): Promise<{ undelivered: number; pruned: number; released: number }> {
  const attempt = async (event: string, work: () => Promise<number>): Promise<number> => {
    try {
      return await work()
    } catch (thrown) {
      deps.logger.warn(event, { runId: state.runId, cause: messageOf(thrown) })
      return 0
    }
  }
  const undelivered = await attempt('outbox_not_read', () => emptyOutbox(deps, state.sequence))
  await attempt('dead_runs_not_cleared', async () => {
    // Its own journal is among them; runs that built on the same state can publish no more.
    const { dead } = await findUnfinished(deps.objects, { base: state.sequence, reads: '' })
    await clearDeadRuns(deps.objects, dead)
    return dead.length
  })
  const pruned = await attempt('states_not_pruned', async () => (await pruneStates(deps.objects, state)).length)
  // Every record was read again, by the present code: what it understands now need not wait any longer.
  const hasReadAll = command.mode === 'full' && command.sport === null
  const release = () => releaseTableRows(deps.quarantine, deps.source.name)
  return { undelivered, pruned, released: hasReadAll ? await attempt('rows_not_released', release) : 0 }
}
