import * as z from 'zod'
import { DomainError } from '../kernel/errors.ts'
import { getJson, putJson } from '../kernel/json-object.ts'
import type { ObjectStore } from '../kernel/ports.ts'
import { UNFINISHED_PREFIX } from '../lake/layout.ts'
import { changePositionSchema } from '../lake/state.ts'
import { rawFileSchema } from '../lineage/run.ts'

const progressSchema = z.object({
  position: changePositionSchema,
  records: z.int().min(0),
  // Journals older than it were written of pages in order.
  ties: z.array(z.string()).default([]),
})

const journalSchema = z.object({
  format: z.literal('closeline-unfinished/1'),
  runId: z.string().min(1),
  /** Number of the state that the run builds on, 0 for none: it can only publish the next one. */
  base: z.int().min(0),
  /** What the run reads, as text to compare: only a run that reads the same may go on from here. */
  reads: z.string(),
  /** When its read began: what is committed later is looked for from here. */
  startedAt: z.iso.datetime(),
  /** Raw files made durable so far. */
  parts: z.array(rawFileSchema),
  /** How far the changes had been read with the last part; null before the first change. */
  progress: progressSchema.nullable(),
  deletions: changePositionSchema.nullable(),
})

/** What a run that has not published yet has made durable: a run after it need not read that again. */
export type RunJournal = z.infer<typeof journalSchema>

/** The journal of a run that has read nothing yet: a sign that files in its folder are somebody's. */
export function emptyJournal(plan: Pick<RunJournal, 'runId' | 'base' | 'reads'>, nowMs: number): RunJournal {
  const { runId, base, reads } = plan
  const nothing = { parts: [], progress: null, deletions: null }
  return { format: 'closeline-unfinished/1', runId, base, reads, startedAt: new Date(nowMs).toISOString(), ...nothing }
}

export function writeJournal(objects: ObjectStore, journal: RunJournal): Promise<void> {
  return putJson(objects, keyOf(journal.runId), journal)
}

/** Removes journals of runs that are over. */
export function removeJournals(objects: ObjectStore, runIds: readonly string[]): Promise<void> {
  return objects.remove(runIds.map(keyOf))
}

/** Unfinished runs: the one to go on from, if any, and those that can never publish any more. */
export interface UnfinishedRuns {
  toResume: RunJournal | undefined
  dead: RunJournal[]
}

/** Looks for the unfinished run that came furthest among those that build on the same state and read the same. */
export async function findUnfinished(
  objects: ObjectStore,
  { base, reads }: Pick<RunJournal, 'base' | 'reads'>,
): Promise<UnfinishedRuns> {
  const keys = await objects.list(UNFINISHED_PREFIX)
  const journals: RunJournal[] = []
  for (const key of keys) {
    const journal = await readJournal(objects, key)
    if (journal !== undefined) journals.push(journal)
  }
  const dead = journals.filter((journal) => journal.base < base)
  const alike = journals.filter(
    (journal) => journal.base === base && journal.reads === reads && journal.parts.length > 0,
  )
  const toResume = alike.toSorted((a, b) => b.parts.length - a.parts.length || (a.runId < b.runId ? -1 : 1))[0]
  return { toResume, dead }
}

/** A journal that is damaged, or of another version, is nobody's to go on from. */
async function readJournal(objects: ObjectStore, key: string): Promise<RunJournal | undefined> {
  try {
    return await getJson(objects, key, journalSchema)
  } catch (thrown) {
    if (thrown instanceof DomainError) return undefined
    throw thrown
  }
}

function keyOf(runId: string): string {
  return `${UNFINISHED_PREFIX}${runId}.json`
}
