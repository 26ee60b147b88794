import * as z from 'zod'
import { CHANNELS } from './channel.ts'
import { laneSchema } from './lane.ts'
import { matterSchema } from './matter.ts'
import { messageSchema } from './message.ts'

/** One message on its way by one channel. */
export const deliverySchema = z.object({
  /** The message's id and the channel: each is delivered once. */
  id: z.string().min(1),
  channel: z.enum(CHANNELS),
  message: messageSchema,
  createdMs: z.number(),
  /** Tries that are over. */
  attempts: z.int().nonnegative(),
  /** When the next one may begin. */
  dueMs: z.number(),
})

export type Delivery = z.infer<typeof deliverySchema>

/** All that the alerts remember. A new state replaces the one before as a whole. */
export const alertStateSchema = z.object({
  format: z.literal('closeline-alerts/1'),
  sequence: z.int().nonnegative(),
  matters: z.record(z.string(), matterSchema),
  /** By rule, the latest event that ended its matters, and the key that it left. */
  endings: z.record(z.string(), z.object({ atMs: z.number(), except: z.string().nullable() })),
  lanes: z.record(z.string(), laneSchema),
  outbox: z.array(deliverySchema),
  /** Keys of the inputs that this state has taken in, which may still lie in the inbox. */
  batch: z.array(z.string()),
  /** Days whose record has grown since it was last written as a table. */
  unwrittenDays: z.array(z.iso.date()),
  /** The day on which what is old was last removed. */
  tidiedDay: z.iso.date().nullable(),
})

export type AlertState = z.infer<typeof alertStateSchema>

export const EMPTY_STATE: AlertState = {
  ...{ format: 'closeline-alerts/1', sequence: 0, matters: {}, endings: {}, lanes: {} },
  ...{ outbox: [], batch: [], unwrittenDays: [], tidiedDay: null },
}

/** @example dayOf(0) // '1970-01-01' */
export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10)
}
