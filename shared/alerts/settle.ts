import type { AlertState, Delivery } from './state.ts'
import { dayOf } from './state.ts'

/** How one try went. */
export interface Attempt {
  deliveryId: string
  /** Which try it was, from 1. */
  number: number
  /** `failed`: another may help; `refused`: none will. */
  outcome: 'sent' | 'failed' | 'refused'
  /** Why not; null where it was sent. */
  cause: string | null
  /** How long the channel asks to be left alone; null where it does not. */
  retryAfterMs: number | null
}

/** A delivery that is over. */
export interface Settled {
  delivery: Delivery
  outcome: 'sent' | 'lost'
  attempts: number
  cause: string | null
}

/** Waits after each try; after the last there is none more: six tries over five and a half hours. */
const WAITS_MS = [60_000, 5 * 60_000, 15 * 60_000, 3_600_000, 4 * 3_600_000]

/** What a try means for its delivery: over, or due again. */
export function judge(delivery: Delivery, attempt: Attempt, nowMs: number): { settled: Settled } | { again: Delivery } {
  const { number, outcome, cause, retryAfterMs } = attempt
  if (outcome === 'sent') return { settled: { delivery, outcome, attempts: number, cause: null } }
  const waitMs = WAITS_MS[number - 1]
  if (outcome === 'refused' || waitMs === undefined) {
    return { settled: { delivery, outcome: 'lost', attempts: number, cause } }
  }
  return { again: { ...delivery, attempts: number, dueMs: nowMs + (retryAfterMs ?? waitMs) } }
}

/**
 * The state after tries; those of deliveries that are over or further by now count no more. What the state had taken in
 * must have been cleared away.
 */
export function settle(before: AlertState, attempts: readonly Attempt[], nowMs: number): AlertState {
  const byId = new Map(attempts.map((attempt) => [attempt.deliveryId, attempt]))
  const days = new Set(before.unwrittenDays)
  const outbox = before.outbox.flatMap((delivery) => {
    const attempt = byId.get(delivery.id)
    if (attempt === undefined || attempt.number !== delivery.attempts + 1) return [delivery]
    const judged = judge(delivery, attempt, nowMs)
    if ('again' in judged) return [judged.again]
    days.add(dayOf(delivery.createdMs))
    return []
  })
  return { ...before, sequence: before.sequence + 1, batch: [], outbox, unwrittenDays: [...days].sort() }
}
