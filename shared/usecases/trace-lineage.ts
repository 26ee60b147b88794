import { DomainError } from '../kernel/errors.ts'
import type { ObjectStore } from '../kernel/ports.ts'
import { findCurrentState } from '../lake/state.ts'
import type { RunManifest } from '../lineage/run.ts'
import { readManifest } from '../lineage/run.ts'
import type { LineageIndex, Trail } from '../lineage/trail.ts'
import { findFileKeys, trailOfFile, trailOfModel, trailOfRun } from '../lineage/trail.ts'
import type { ModelRegistry } from '../registry/registry.ts'
import type { LakeStore } from './lake-ports.ts'

const BET_PREFIX = 'bet:'

export interface LineageDeps {
  objects: ObjectStore
  lake: LakeStore
  registry: ModelRegistry
}

/**
 * Follows a run, a file of the lake, a model version, or a bet (`bet:ID`) back to the raw files and forward to what was
 * made of it. A file is named by its key, the end of it, or the beginning of its SHA-256; a run by the beginning of its id.
 *
 * @throws {DomainError} `unknown_subject`, `ambiguous_subject`
 */
export async function traceLineage(deps: LineageDeps, subject: string): Promise<Trail> {
  const index = await readIndex(deps)
  if (subject.startsWith(BET_PREFIX)) return traceBet(deps, index, subject.slice(BET_PREFIX.length))
  const trail = trailOfModel(index, subject) ?? trailOfNamed(index, subject)
  if (trail !== undefined) return trail
  throw new DomainError(
    'unknown_subject',
    `${subject} is no run, file of the lake, or model version that is known here`,
  )
}

function trailOfNamed(index: LineageIndex, subject: string): Trail | undefined {
  const runs = index.manifests.filter(({ runId }) => runId.startsWith(subject)).map(({ runId }) => runId)
  const keys = runs.length === 1 ? [] : findFileKeys(index, subject)
  if (runs.length + keys.length > 1) {
    const some = [...runs, ...keys].slice(0, 5).join(', ')
    throw new DomainError('ambiguous_subject', `${subject} may be ${runs.length + keys.length} things: ${some}`)
  }
  if (runs[0] !== undefined) return trailOfRun(index, runs[0])
  return trailOfFile(index, keys[0] ?? subject)
}

async function traceBet(deps: LineageDeps, index: LineageIndex, id: string): Promise<Trail> {
  const state = await findCurrentState(deps.objects)
  for (const { file } of state?.partitions ?? []) {
    const bets = await deps.lake.readBets([file])
    const trail = bets.some((bet) => bet.id === id) ? trailOfFile(index, file.key) : undefined
    if (trail !== undefined) return trail
  }
  throw new DomainError('unknown_subject', `the lake has no bet ${id}`)
}

/** Manifests of published runs, by sequence, and all models. A run that another overtook is in nobody's line. */
async function readIndex({ objects, registry }: LineageDeps): Promise<LineageIndex> {
  const manifests: RunManifest[] = []
  for (let runId = (await findCurrentState(objects))?.runId ?? null; runId !== null; ) {
    const manifest: RunManifest | undefined = await readManifest(objects, runId)
    if (manifest === undefined) break
    manifests.push(manifest)
    runId = manifest.parentRunId
  }
  const models = (await registry.list()).map(({ version, createdAt, ledger }) => ({
    version,
    createdAt,
    lakeRunId: ledger.lakeRunId,
  }))
  return { manifests: manifests.sort((a, b) => a.sequence - b.sequence), models }
}
