import * as z from 'zod'
import { eventSchema } from '../config/events.ts'
import { messageOf } from '../kernel/errors.ts'
import { getJson, putJson } from '../kernel/json-object.ts'
import type { Logger, ObjectStore } from '../kernel/ports.ts'
import { OUTBOX_PREFIX } from '../lake/layout.ts'
import { readState } from '../lake/state.ts'
import { readManifest } from '../lineage/run.ts'
import type { EventPublisher } from './event-ports.ts'
import type { RunStore } from './run-ports.ts'

const letterSchema = z.object({
  format: z.literal('closeline-outbox/1'),
  runId: z.string().min(1),
  sequence: z.int().min(1),
  events: z.array(eventSchema),
})

/** What a run has to tell others once it is published. */
export type Letter = z.infer<typeof letterSchema>

/** Lays a letter down before its run is published, so that a crash in between loses no event. */
export function writeLetter(objects: ObjectStore, letter: Letter): Promise<void> {
  return putJson(objects, keyOf(letter.runId), letter)
}

export interface OutboxDeps {
  objects: ObjectStore
  runs: RunStore
  events: EventPublisher
  logger: Logger
}

/**
 * Tells what published runs have to tell, and throws away the letters of runs that others overtook. At least once: a
 * crash between telling and removing tells again. A letter for a state still to come may be a living run's.
 *
 * @param newest  number of the newest state
 * @returns letters that could not be delivered yet; the next run tries again
 */
export async function emptyOutbox(deps: OutboxDeps, newest: number): Promise<number> {
  let left = 0
  for (const key of await deps.objects.list(OUTBOX_PREFIX)) {
    try {
      const letter = await getJson(deps.objects, key, letterSchema)
      if (letter === undefined || letter.sequence > newest) continue
      if (await isPublished(deps.objects, letter)) await deliver(deps, letter)
      await deps.objects.remove([key])
    } catch (thrown) {
      // The run stands; that nobody was told is to be mended by the next one.
      left++
      deps.logger.warn('events_not_delivered', { key, cause: messageOf(thrown) })
    }
  }
  return left
}

async function isPublished(objects: ObjectStore, { runId, sequence }: Letter): Promise<boolean> {
  const state = await readState(objects, sequence)
  // Where the state was pruned meanwhile, the manifest tells: those of overtaken runs are removed long before.
  return state === undefined ? (await readManifest(objects, runId)) !== undefined : state.runId === runId
}

async function deliver({ objects, runs, events }: OutboxDeps, letter: Letter): Promise<void> {
  const manifest = await readManifest(objects, letter.runId)
  if (manifest !== undefined) await runs.record(manifest)
  await events.publish(letter.events)
}

function keyOf(runId: string): string {
  return `${OUTBOX_PREFIX}${runId}.json`
}
