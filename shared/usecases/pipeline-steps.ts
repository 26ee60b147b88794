import { findingsKey } from '../lake/layout.ts'
import type { LakeState } from '../lake/state.ts'
import type { StepLog } from '../lineage/steps.ts'
import type { Collected, ReadPlan } from './collect-versions.ts'
import { collectVersions } from './collect-versions.ts'
import { findMissing } from './find-missing.ts'
import type { JudgedPartitions } from './judge-partitions.ts'
import { judgePartitions } from './judge-partitions.ts'
import type { LakeDraft, MergeCounts, Merged, StagedVersion } from './lake-ports.ts'
import { emptyReadReport } from './read-changes.ts'
import type { PipelineCommand, PipelineDeps } from './run-context.ts'
import type { RunJournal } from './run-journal.ts'

/** What the steps of one run share. */
export interface StepContext {
  command: PipelineCommand
  plan: ReadPlan
  draft: LakeDraft
  log: StepLog
  before: LakeState | undefined
}

/** Reads what the run is about: the source's changes, or for a reconcile what it does not have any more. */
export function readStep(
  deps: PipelineDeps,
  run: StepContext & { toResume: RunJournal | undefined },
): Promise<Collected> {
  return run.command.mode === 'reconcile' ? readMissing(deps, run) : readChanged(deps, run)
}

async function readChanged(
  deps: PipelineDeps,
  run: StepContext & { toResume: RunJournal | undefined },
): Promise<Collected> {
  const description = 'Read what the source has changed, kept it as it was said, and checked each record.'
  const outline = { name: 'read', kind: 'validate' as const, description, parameters: parametersOf(deps, run) }
  return run.log.take(outline, async () => {
    const result = await collectVersions(deps, run.draft, run.plan, run.toResume)
    const refused = Object.values(result.refused).reduce((sum, n) => sum + n, 0)
    return { rowsIn: result.versions, rowsOut: result.versions - refused, result }
  })
}

async function readMissing(deps: PipelineDeps, run: StepContext): Promise<Collected> {
  const { before, command } = run
  const description = 'Looked for bets that the source does not have any more.'
  const outline = { name: 'reconcile', kind: 'join' as const, description, parameters: parametersOf(deps, run) }
  return run.log.take(outline, async () => {
    const missing = before === undefined ? [] : await findMissing(deps, before, command.allowedDeletions)
    const known = before?.partitions.reduce((sum, { file }) => sum + file.rows, 0) ?? 0
    return { rowsIn: known, rowsOut: known - missing.length, result: await stageMissing(deps, run.draft, missing) }
  })
}

function parametersOf(deps: PipelineDeps, { command, plan }: StepContext) {
  return { source: deps.source.name, mode: command.mode, sport: command.sport, reads: plan.reads }
}

async function stageMissing(
  deps: PipelineDeps,
  draft: LakeDraft,
  missing: readonly StagedVersion[],
): Promise<Collected> {
  await draft.stage(missing)
  const file = await draft.writeRaw()
  const described = { source: deps.source.name, kind: 'deletions' as const, from: null, to: null }
  return {
    raw: file === undefined ? [] : [{ ...file, ...described }],
    read: emptyReadReport(),
    position: null,
    deletionsPosition: null,
    tellsDeletions: deps.source.deletions !== undefined,
    startedAt: new Date(deps.clock()).toISOString(),
    versions: missing.length,
    refused: {},
    imports: {},
    resumedFrom: null,
  }
}

const NOTHING_MERGED: MergeCounts = {
  received: 0,
  inserted: 0,
  updated: 0,
  deleted: 0,
  repeated: 0,
  outdated: 0,
  superseded: 0,
  refused: 0,
}

/** Joins what was read with the state before. */
export async function mergeStep(run: StepContext & { collected: Collected }): Promise<Merged> {
  const base = { partitions: run.before?.partitions ?? [], keys: run.before?.keys ?? [] }
  const { versions } = run.collected
  if (versions === 0) return { counts: NOTHING_MERGED, conflicting: [], changed: [], keys: [...base.keys] }
  const description = 'Joined the newest version of each bet with the partitions that it touches.'
  const parameters = { partitions: base.partitions.length, rewriteAll: run.command.mode === 'full' }
  return run.log.take({ name: 'merge', kind: 'join', description, parameters }, async () => {
    const result = await run.draft.merge(base, run.command.mode === 'full')
    return { rowsIn: versions, rowsOut: rowsOf(result), result }
  })
}

/** Writes and judges the partitions that the merge changed. */
export async function judgeStep(deps: PipelineDeps, run: StepContext & { merged: Merged }): Promise<JudgedPartitions> {
  const description = 'Wrote the changed partitions and held each bet against the history before its month.'
  return run.log.take({ name: 'judge', kind: 'aggregate', description }, async () => {
    const key = findingsKey(run.plan.runId)
    const around = { draft: run.draft, progress: deps.progress, nowMs: deps.clock() }
    const result = await judgePartitions(around, run.merged, run.before?.partitions ?? [], key)
    if (result.findings.length > 0) await deps.objects.put(key, toLines(result.findings))
    return { rowsIn: rowsOf(run.merged), rowsOut: rowsOf(run.merged), result }
  })
}

function rowsOf({ changed }: Merged): number {
  return changed.reduce((sum, { rows }) => sum + rows, 0)
}

function toLines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('')
}
