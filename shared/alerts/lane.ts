import * as z from 'zod'
import type { ChannelName } from './channel.ts'
import { BUDGET_MS, CHANNEL_TRAITS } from './channel.ts'
import type { AlertMessage } from './message.ts'
import { messageSchema } from './message.ts'

/** One way out: a channel, and whether for what is critical. */
export const laneSchema = z.object({
  /** When messages went straight out, within the budget's time. */
  directMs: z.array(z.number()),
  /** Messages that wait to go out together, the first of them. */
  held: z.array(messageSchema),
  /** Those beyond, by rule. */
  more: z.record(z.string(), z.int().positive()),
  /** Since when the first of them waits; null where none does. */
  heldSinceMs: z.number().nullable(),
})

export type Lane = z.infer<typeof laneSchema>

export const EMPTY_LANE: Lane = { directMs: [], held: [], more: {}, heldSinceMs: null }

/** Messages that a digest quotes. */
const MOST_QUOTED = 20

/** How long messages are gathered for a digest: a storm comes in waves. */
const GATHERED_MS = 2 * 60_000

/** A lane's name. @example laneName('telegram', true) // 'telegram critical' */
export function laneName(channel: ChannelName, isCritical: boolean): string {
  return isCritical ? `${channel} critical` : channel
}

export interface LaneSituation {
  channel: ChannelName
  isCritical: boolean
  /** Whether it is a quiet hour now. */
  isQuiet: boolean
  nowMs: number
}

/** Takes a message: it goes straight out while there is budget and no reason to wait, or is held. */
export function offer(before: Lane, message: AlertMessage, situation: LaneSituation): { lane: Lane; goes: boolean } {
  const { channel, nowMs } = situation
  const lane = { ...before, directMs: before.directMs.filter((atMs) => nowMs - atMs < BUDGET_MS) }
  const mustWait = mustWaitNow(situation) || lane.heldSinceMs !== null
  if (!mustWait && lane.directMs.length < CHANNEL_TRAITS[channel].budget) {
    return { lane: { ...lane, directMs: [...lane.directMs, nowMs] }, goes: true }
  }
  return { lane: hold(lane, message, nowMs), goes: false }
}

function hold(lane: Lane, message: AlertMessage, nowMs: number): Lane {
  const heldSinceMs = lane.heldSinceMs ?? nowMs
  if (lane.held.length < MOST_QUOTED) return { ...lane, heldSinceMs, held: [...lane.held, message] }
  return { ...lane, heldSinceMs, more: { ...lane.more, [message.rule]: (lane.more[message.rule] ?? 0) + 1 } }
}

/** What was held, where it is time to let it out: the quiet hours are over, or enough has been gathered. */
export function release(lane: Lane, situation: LaneSituation): { lane: Lane; held: Lane } | undefined {
  if (lane.heldSinceMs === null || mustWaitNow(situation)) return undefined
  if (situation.nowMs - lane.heldSinceMs < GATHERED_MS) return undefined
  return { lane: { ...lane, held: [], more: {}, heldSinceMs: null }, held: lane }
}

function mustWaitNow({ channel, isCritical, isQuiet }: LaneSituation): boolean {
  return isQuiet && !isCritical && CHANNEL_TRAITS[channel].isPersonal
}
