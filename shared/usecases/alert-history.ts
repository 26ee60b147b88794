import * as z from 'zod'
import { CHANNELS } from '../alerts/channel.ts'
import { messageSchema } from '../alerts/message.ts'
import type { Settled } from '../alerts/settle.ts'
import { dayOf } from '../alerts/state.ts'
import { getJson, putJson } from '../kernel/json-object.ts'
import { mapInParallel } from '../kernel/parallel.ts'
import type { ObjectStore } from '../kernel/ports.ts'
import { HISTORY_PREFIX } from './alert-keys.ts'

const recordSchema = z.object({
  format: z.literal('closeline-alert/1'),
  message: messageSchema,
  channel: z.enum(CHANNELS),
  outcome: z.enum(['sent', 'lost']),
  attempts: z.int().positive(),
  /** Why it was lost; null where it was sent. */
  cause: z.string().nullable(),
  createdMs: z.number(),
  settledMs: z.number(),
})

/** A delivery that is over. */
export type AlertRecord = z.infer<typeof recordSchema>

/** Keeps how a delivery ended; doing so again changes nothing but the time. */
export function recordDelivery(objects: ObjectStore, settled: Settled, nowMs: number): Promise<void> {
  const { delivery, outcome, attempts, cause } = settled
  const { id, message, channel, createdMs } = delivery
  const record: AlertRecord = {
    ...{ format: 'closeline-alert/1', message, channel, outcome, attempts, cause, createdMs },
    settledMs: nowMs,
  }
  return putJson(objects, `${HISTORY_PREFIX}${dayOf(createdMs)}/${id}.json`, record)
}

/** Deliveries of a day, in order of their making. @throws {DomainError} `corrupt_object` */
export async function readDay(objects: ObjectStore, day: string): Promise<AlertRecord[]> {
  const keys = await objects.list(`${HISTORY_PREFIX}${day}/`)
  const records = await mapInParallel(keys, (key) => getJson(objects, key, recordSchema))
  return records.filter((record) => record !== undefined)
}

/** The latest deliveries, the newest first, at most so many. @throws {DomainError} `corrupt_object` */
export async function latestDeliveries(objects: ObjectStore, limit: number): Promise<AlertRecord[]> {
  const keys = (await objects.list(HISTORY_PREFIX)).slice(-limit).reverse()
  const records = await mapInParallel(keys, (key) => getJson(objects, key, recordSchema))
  return records.filter((record) => record !== undefined)
}
