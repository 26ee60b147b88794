import * as z from 'zod'
import { encodeChecked, getJson } from '../kernel/json-object.ts'
import type { ObjectStore } from '../kernel/ports.ts'
import { lakeFileSchema } from '../lake/file.ts'
import { manifestKey } from '../lake/layout.ts'

const STEP_KINDS = ['filter', 'transform', 'aggregate', 'join', 'validate'] as const
export type StepKind = (typeof STEP_KINDS)[number]

const stepSchema = z.object({
  name: z.string(),
  kind: z.enum(STEP_KINDS),
  /** What was done, in a sentence. */
  description: z.string(),
  rowsIn: z.int().min(0),
  rowsOut: z.int().min(0),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  durationMs: z.number().min(0),
})

/** One thing that a run did to the rows that passed through it. */
export type RunStep = z.infer<typeof stepSchema>

export const rawFileSchema = lakeFileSchema.extend({
  source: z.string(),
  /** `snapshot` holds the whole source, `changes` what changed in it, `deletions` ids that a reconcile found gone. */
  kind: z.enum(['snapshot', 'changes', 'deletions']),
  /** Instants of the first and the last change in it. */
  from: z.iso.datetime().nullable(),
  to: z.iso.datetime().nullable(),
})

/** What a source said in one run, as it said it. */
export type RawFile = z.infer<typeof rawFileSchema>

const writtenPartitionSchema = z.object({
  sport: z.string().nullable(),
  month: z.string(),
  /** Null where every row of the partition went elsewhere or was deleted. */
  file: lakeFileSchema.nullable(),
  /** The file of the same partition that this one was made from, beside the run's raw files. */
  previous: z.string().nullable(),
})

const runManifestSchema = z.object({
  format: z.literal('closeline-run/1'),
  runId: z.string().min(1),
  /** The state that it made; the run is published where that state is the run's. */
  sequence: z.int().min(1),
  parentRunId: z.string().nullable(),
  trigger: z.string(),
  mode: z.string(),
  codeVersion: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  durationMs: z.number().min(0),
  verdict: z.enum(['passed', 'quality_gate_failed']),
  raw: z.array(rawFileSchema),
  /** Rows of this run by the import that brought them to the source. */
  imports: z.record(z.string(), z.int().min(0)),
  partitions: z.array(writtenPartitionSchema),
  keys: z.array(lakeFileSchema),
  steps: z.array(stepSchema),
  bets: z.int().min(0),
})

/** What one run read, did and left: the unit of lineage. */
export type RunManifest = z.infer<typeof runManifestSchema>
export type WrittenPartition = RunManifest['partitions'][number]

export function readManifest(objects: ObjectStore, runId: string): Promise<RunManifest | undefined> {
  return getJson(objects, manifestKey(runId), runManifestSchema)
}

export function writeManifest(objects: ObjectStore, manifest: RunManifest): Promise<void> {
  const key = manifestKey(manifest.runId)
  return objects.put(key, encodeChecked(manifest, runManifestSchema, key))
}
