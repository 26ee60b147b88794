import { runIdOf } from '../lake/layout.ts'
import type { RawFile, RunManifest } from './run.ts'

/** A model version and the run whose state it was learned from. */
export interface TrainedModel {
  version: string
  createdAt: string
  lakeRunId: string | null
}

/** Everything that lineage is read from: manifests by sequence, and the models. */
export interface LineageIndex {
  manifests: readonly RunManifest[]
  models: readonly TrainedModel[]
}

/** What one run did to one file, or to the lake as a whole. */
export interface TrailStep {
  runId: string
  sequence: number
  startedAt: string
  mode: string
  /** The file that it wrote; null where it is the run as a whole that is asked for. */
  wrote: string | null
  /** What its source said, as it said it. */
  raw: readonly RawFile[]
  /** Rows of it by the import that brought them to the source. */
  imports: Readonly<Record<string, number>>
}

/** Where something came from, newest step first, and what was made of it. */
export interface Trail {
  subject: { kind: 'run' | 'raw' | 'processed' | 'keys' | 'features' | 'model'; name: string }
  back: TrailStep[]
  /** Files that were made with it later, in order. */
  later: { runId: string; key: string }[]
  /** Models learned from a state that it was part of. */
  models: TrainedModel[]
}

/** The trail of a run: what it read, the runs before it, and what was made of it. */
export function trailOfRun({ manifests, models }: LineageIndex, runId: string): Trail | undefined {
  const run = manifests.find((manifest) => manifest.runId === runId)
  if (run === undefined) return undefined
  const written = new Set(run.partitions.flatMap(({ file }) => (file === null ? [] : [file.key])))
  return {
    subject: { kind: 'run', name: runId },
    back: [stepOf(run, null), ...ancestors(manifests, run)],
    later: madeFrom(manifests, written),
    models: models.filter((model) => usesAnyOf(manifests, model, written) || model.lakeRunId === runId),
  }
}

/** The trail of one file of the lake, by its key. */
export function trailOfFile(index: LineageIndex, key: string): Trail | undefined {
  const { manifests, models } = index
  const readIt = manifests.filter(({ raw }) => raw.some((file) => file.key === key))
  if (readIt.length > 0) return trailOfRaw(index, key, readIt)
  const run = manifests.find(({ runId }) => runId === runIdOf(key))
  if (run === undefined) return undefined
  if (run.partitions.some(({ file }) => file?.key === key)) {
    const usedBy = models.filter((model) => usesAnyOf(manifests, model, new Set([key])))
    const subject = { kind: 'processed' as const, name: key }
    return { subject, back: versionsOf(manifests, key), later: madeFrom(manifests, new Set([key])), models: usedBy }
  }
  // Keys and features are made of the state as a whole.
  const kind = run.keys.some((file) => file.key === key) ? 'keys' : key.includes('/features/') ? 'features' : undefined
  if (kind === undefined) return undefined
  const usedBy = models.filter(({ lakeRunId }) => kind === 'features' && lakeRunId === run.runId)
  return {
    subject: { kind, name: key },
    back: [stepOf(run, key), ...ancestors(manifests, run)],
    later: [],
    models: usedBy,
  }
}

function trailOfRaw({ manifests, models }: LineageIndex, key: string, readIt: readonly RunManifest[]): Trail {
  const written = readIt.flatMap(({ partitions }) =>
    partitions.flatMap(({ file }) => (file === null ? [] : [file.key])),
  )
  const made = readIt.flatMap(({ runId, partitions }) =>
    partitions.flatMap(({ file }) => (file === null ? [] : [{ runId, key: file.key }])),
  )
  const keys = new Set(written)
  return {
    subject: { kind: 'raw', name: key },
    back: readIt.map((run) => ({ ...stepOf(run, key), raw: run.raw.filter((file) => file.key === key) })),
    later: [...made, ...madeFrom(manifests, keys)],
    models: models.filter((model) => usesAnyOf(manifests, model, keys)),
  }
}

/** The trail of a model: the run whose state it was learned from and everything before it. */
export function trailOfModel({ manifests, models }: LineageIndex, version: string): Trail | undefined {
  const model = models.find((candidate) => candidate.version === version)
  if (model === undefined) return undefined
  const run = manifests.find(({ runId }) => runId === model.lakeRunId)
  const back = run === undefined ? [] : [stepOf(run, null), ...ancestors(manifests, run)]
  return { subject: { kind: 'model', name: version }, back, later: [], models: [] }
}

/** Keys of files whose key, or SHA-256 of at least six digits, begins or ends as the text does. */
export function findFileKeys({ manifests }: LineageIndex, text: string): string[] {
  const files = manifests.flatMap(({ raw, keys, partitions }) => [
    ...raw,
    ...keys,
    ...partitions.flatMap(({ file }) => (file === null ? [] : [file])),
  ])
  const isHash = /^[0-9a-f]{6,64}$/.test(text)
  const found = files.filter(({ key, sha256 }) => key.endsWith(text) || (isHash && sha256.startsWith(text)))
  return [...new Set(found.map(({ key }) => key))]
}

function stepOf(run: RunManifest, wrote: string | null): TrailStep {
  const { runId, sequence, startedAt, mode, raw, imports } = run
  return { runId, sequence, startedAt, mode, wrote, raw, imports }
}

/** Published runs before one, newest first. */
function ancestors(manifests: readonly RunManifest[], run: RunManifest): TrailStep[] {
  const steps: TrailStep[] = []
  for (let parent = run.parentRunId; parent !== null; ) {
    const before = manifests.find(({ runId }) => runId === parent)
    if (before === undefined) break
    steps.push(stepOf(before, null))
    parent = before.parentRunId
  }
  return steps
}

/** The runs that made a processed file and the versions before it, newest first. */
function versionsOf(manifests: readonly RunManifest[], key: string): TrailStep[] {
  const steps: TrailStep[] = []
  for (let current: string | null = key; current !== null; ) {
    const wanted: string = current
    const run = manifests.find(({ runId }) => runId === runIdOf(wanted))
    const written = run?.partitions.find(({ file }) => file?.key === wanted)
    if (run === undefined || written === undefined) break
    steps.push(stepOf(run, wanted))
    current = written.previous
  }
  return steps
}

/** Files that were made of any of these, and of those in turn. */
function madeFrom(manifests: readonly RunManifest[], keys: ReadonlySet<string>): Trail['later'] {
  const reached = new Set(keys)
  const later: Trail['later'] = []
  for (const { runId, partitions } of manifests) {
    for (const { file, previous } of partitions) {
      if (file === null || previous === null || !reached.has(previous)) continue
      reached.add(file.key)
      later.push({ runId, key: file.key })
    }
  }
  return later
}

/** Whether one of the files, or one made of it, was in the state that a model was learned from. */
function usesAnyOf(manifests: readonly RunManifest[], model: TrainedModel, keys: ReadonlySet<string>): boolean {
  const learned = manifests.find(({ runId }) => runId === model.lakeRunId)
  if (learned === undefined) return false
  const before = manifests.filter(({ sequence }) => sequence <= learned.sequence)
  const written = before.flatMap(({ partitions }) =>
    partitions.flatMap(({ file }) => (file === null ? [] : [file.key])),
  )
  return written.some((key) => keys.has(key))
}
