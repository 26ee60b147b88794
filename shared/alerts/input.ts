import * as z from 'zod'
import { eventSchema } from '../config/events.ts'
import { sha256Hex } from '../kernel/digest.ts'

/** That an alarm of CloudWatch went from one state to another. */
export const alarmChangeSchema = z.object({
  name: z.string().min(1),
  state: z.enum(['ALARM', 'OK', 'INSUFFICIENT_DATA']),
  /** When it changed. */
  at: z.iso.datetime(),
  /** CloudWatch's own words. */
  reason: z.string(),
  /** The alarm's description; empty where it has none. */
  description: z.string(),
})

export type AlarmChange = z.infer<typeof alarmChangeSchema>

/** What alerts are made of. */
export const inputSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('event'), event: eventSchema }),
  z.object({ kind: z.literal('alarm'), alarm: alarmChangeSchema }),
])

export type AlertInput = z.infer<typeof inputSchema>

/** When it happened, by the clock of whoever tells it, in milliseconds. */
export function claimedTimeOf(input: AlertInput): number {
  return Date.parse(input.kind === 'event' ? input.event.at : input.alarm.at)
}

/**
 * What tells one input from another: SHA-256 of its content, in hex. A delivery that is repeated has the same, and so has
 * an event that its publisher puts on the bus once more, which the bus itself takes for another.
 */
export function identityOf(input: AlertInput): Promise<string> {
  return sha256Hex(JSON.stringify(inOrder(input)))
}

/** Members in order of their names: JSON of the same content is the same text. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, member]) => [name, inOrder(member)]))
}

/** How far ahead of ours another machine's clock may be. */
const TOLERATED_AHEAD_MS = 2 * 60_000

/**
 * The time by which inputs are put in order: the one claimed, or that of receipt where the claimed one lies ahead of it.
 * Otherwise one clock that is a year ahead would make all that follows look old.
 */
export function effectiveTime(claimedMs: number, receivedMs: number): number {
  return claimedMs > receivedMs + TOLERATED_AHEAD_MS ? receivedMs : claimedMs
}
