import * as z from 'zod'
import { DomainError } from '../kernel/errors.ts'
import { encodeChecked, getJson, putJson } from '../kernel/json-object.ts'
import type { ObjectStore } from '../kernel/ports.ts'
import type { PartitionProfile } from '../quality/profile.ts'
import { mergeProfiles, partitionProfileSchema } from '../quality/profile.ts'
import { lakeFileSchema } from './file.ts'
import { CURRENT_KEY, STATES_PREFIX, stateKey } from './layout.ts'

export const changePositionSchema = z.object({
  /** As the source writes it: no digit is lost on the way back into a query. */
  updatedAt: z.string().min(1),
  /** The same in microseconds since the Unix epoch. */
  updatedAtUs: z.int(),
  id: z.string().min(1),
})

/** Where a reader of changes stands: after the record of this id with this change time. */
export type ChangePosition = z.infer<typeof changePositionSchema>

const cursorSchema = z.object({
  position: changePositionSchema.nullable(),
  /** When the read that got there began, by our clock: what was committed late is looked for from here. */
  readAt: z.iso.datetime(),
})

/** A position and when it was reached. */
export type SyncCursor = z.infer<typeof cursorSchema>

const sourceStateSchema = z.object({
  changes: cursorSchema,
  /** Null where the source tells no deletions. */
  deletions: cursorSchema.nullable(),
  /** Sports that were synced by themselves since the last sync of all. */
  sports: z.record(z.string(), cursorSchema),
  /** Changes taken in over all runs. */
  changesTaken: z.int().min(0),
  lastRefreshAt: z.iso.datetime().nullable(),
  lastReconciledAt: z.iso.datetime().nullable(),
})

/** How far a source has been read. */
export type SourceState = z.infer<typeof sourceStateSchema>

const partitionSchema = z.object({
  sport: z.string().nullable(),
  month: z.string().regex(/^-?\d{4,6}-\d\d$/),
  file: lakeFileSchema,
  profile: partitionProfileSchema,
  /** Where the anomalies of these rows are told; null where there are none. */
  findings: z.string().nullable(),
})

/** One file of the processed layer with what is known of its rows. */
export type Partition = z.infer<typeof partitionSchema>

const lakeStateSchema = z.object({
  format: z.literal('closeline-lake/1'),
  sequence: z.int().min(1),
  runId: z.string().min(1),
  publishedAt: z.iso.datetime(),
  sources: z.record(z.string(), sourceStateSchema),
  partitions: z.array(partitionSchema),
  /** Newest version and partition of every id, in as many files as runs since they were last joined into one. */
  keys: z.array(lakeFileSchema),
})

/**
 * The lake at one moment: every file that makes it up, and how far its sources have been read. Written once; data and
 * position move together, so a position never runs ahead of what is durable.
 */
export type LakeState = z.infer<typeof lakeStateSchema>

const currentSchema = z.object({ sequence: z.int().min(1), runId: z.string(), state: z.string() })

/**
 * The newest state, or undefined where nothing has been published.
 *
 * `lake/current.json` is a hint that a crash may have left behind; the states after it are looked for.
 *
 * @throws {DomainError} `corrupt_object`, also where the pointer names a state that is not there, nor any after it
 */
export async function findCurrentState(objects: ObjectStore): Promise<LakeState | undefined> {
  const hint = (await getJson(objects, CURRENT_KEY, currentSchema))?.sequence ?? 0
  let newest = hint === 0 ? undefined : await readState(objects, hint)
  if (newest === undefined) {
    // A run that stood still for long may point back to a state that was pruned meanwhile.
    const last = (await objects.list(STATES_PREFIX)).at(-1)
    newest = last === undefined ? undefined : await getJson(objects, last, lakeStateSchema)
  }
  if (hint > (newest?.sequence ?? 0)) {
    throw new DomainError('corrupt_object', `${CURRENT_KEY} names state ${hint}, which is not there`)
  }
  for (;;) {
    const next = await readState(objects, (newest?.sequence ?? 0) + 1)
    if (next === undefined) return newest
    newest = next
  }
}

/** The state of this number, or undefined where it was never published or has been pruned. */
export function readState(objects: ObjectStore, sequence: number): Promise<LakeState | undefined> {
  return getJson(objects, stateKey(sequence), lakeStateSchema)
}

/**
 * Makes a state the current one, all at once: the state's object is created only if no other run has published that
 * number meanwhile, or one after it.
 *
 * @returns false where another run was first; nothing has changed then
 * @throws {InvariantError} where the state could not be read back: a bug must not become the lake
 */
export async function publishState(objects: ObjectStore, state: LakeState): Promise<boolean> {
  const key = stateKey(state.sequence)
  const text = encodeChecked(state, lakeStateSchema, key)
  // A run that slept may find its number free because others have long gone past it and pruned what was there.
  if (await isOvertaken(objects, key)) return false
  if (!(await objects.putNew(key, text))) return false
  if (await isOvertaken(objects, key)) {
    await objects.remove([key])
    return false
  }
  await pointTo(objects, state)
  return true
}

async function isOvertaken(objects: ObjectStore, key: string): Promise<boolean> {
  return (await objects.list(STATES_PREFIX)).some((other) => other > key)
}

/** Lets readers that only know the pointer see the state. */
export function pointTo(objects: ObjectStore, { sequence, runId }: LakeState): Promise<void> {
  return putJson(objects, CURRENT_KEY, { sequence, runId, state: stateKey(sequence) })
}

/** What is known of all bets of a state. */
export function profileOf({ partitions }: Pick<LakeState, 'partitions'>): PartitionProfile {
  return mergeProfiles(partitions.map(({ profile }) => profile))
}
