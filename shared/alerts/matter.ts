import * as z from 'zod'
import type { AlertContent, MessageKind } from './message.ts'
import { contentSchema } from './message.ts'
import type { AlertRule, Signal } from './rule.ts'
import type { AlertSeverity } from './severity.ts'
import { ALERT_SEVERITIES, isGraver } from './severity.ts'

/** What is known of one matter. Times are those of events, in milliseconds. */
export const matterSchema = z.object({
  rule: z.string(),
  /** `happened` for an occurrence. */
  status: z.enum(['raised', 'clear', 'happened']),
  severity: z.enum(ALERT_SEVERITIES),
  /** When it came to be so. */
  sinceMs: z.number(),
  /** Latest event that counted. */
  eventAtMs: z.number(),
  /** Event of the latest message that began or repeated it; null where there was none. */
  toldAtMs: z.number().nullable(),
  /** Severity of that message. */
  toldSeverity: z.enum(ALERT_SEVERITIES).nullable(),
  /** Whether somebody was told that it is raised as it is now. */
  isTold: z.boolean(),
  /** Events since the latest message that made none. */
  untold: z.int().nonnegative(),
  /** What the latest event says; null where it is clear. */
  content: contentSchema.nullable(),
})

export type Matter = z.infer<typeof matterSchema>

/** A message to be, before it has an id and a way. */
export interface Utterance {
  rule: string
  key: string
  kind: MessageKind
  severity: AlertSeverity
  atMs: number
  content: AlertContent
}

/** A matter after a signal, and what is to be said of it. */
export interface Step {
  matter: Matter
  says: Utterance | undefined
}

type Rule = Pick<AlertRule, 'name' | 'cooldownMs' | 'remindAfterMs' | 'lapsesAfterMs'>

/**
 * That a state holds. It is told when it begins, when it becomes graver, and again after `remindAfterMs`; a beginning
 * within the cooldown of the message before waits, see {@link tellBelated}. An event older than the latest is ignored.
 */
export function raise(
  rule: Rule,
  before: Matter | undefined,
  at: { key: string; atMs: number },
  signal: Raised,
): Step | undefined {
  const { key, atMs } = at
  if (before !== undefined && atMs < before.eventAtMs) return undefined
  const goesOn = before?.status === 'raised' && !hasLapsed(rule, before, atMs)
  const { severity, content } = signal
  const told = goesOn ? before.isTold : false
  const matter: Matter = {
    rule: rule.name,
    status: 'raised',
    severity,
    sinceMs: goesOn ? before.sinceMs : atMs,
    eventAtMs: atMs,
    toldAtMs: before?.toldAtMs ?? null,
    toldSeverity: before?.toldSeverity ?? null,
    isTold: told,
    untold: goesOn ? before.untold : 0,
    content,
  }
  const kind = kindOf(rule, matter, atMs)
  if (kind === undefined) return { matter: { ...matter, untold: matter.untold + 1 }, says: undefined }
  return tell(matter, kind, { key, atMs })
}

type Raised = Pick<Extract<Signal, { content: AlertContent }>, 'severity' | 'content'>

function kindOf({ cooldownMs, remindAfterMs }: Rule, matter: Matter, atMs: number): MessageKind | undefined {
  const { isTold, toldAtMs, toldSeverity, severity } = matter
  if (toldAtMs === null || toldSeverity === null) return 'raised'
  if (isGraver(severity, toldSeverity)) return isTold ? 'worse' : 'raised'
  if (!isTold) return atMs - toldAtMs >= cooldownMs ? 'raised' : undefined
  return remindAfterMs !== null && atMs - toldAtMs >= remindAfterMs ? 'reminder' : undefined
}

/** That a state holds no longer; told where somebody was told that it held. At one instant, holding wins. */
export function clear(before: Matter, at: { key: string; atMs: number }): Step | undefined {
  const { key, atMs } = at
  if (atMs < before.eventAtMs || (atMs === before.eventAtMs && before.status === 'raised')) return undefined
  const matter: Matter = { ...before, eventAtMs: atMs, content: null, isTold: false, untold: 0 }
  if (before.status !== 'raised') return { matter, says: undefined }
  const ended: Matter = { ...matter, status: 'clear', sinceMs: atMs }
  if (!before.isTold || before.content === null) return { matter: ended, says: undefined }
  const content = { ...before.content, lines: [`Lasted ${durationOf(atMs - before.sinceMs)}`], webhook: null }
  const { rule } = before
  const severity = before.toldSeverity ?? before.severity
  return { matter: ended, says: { rule, key, kind: 'resolved', severity, atMs, content } }
}

/** What is told of a raised state whose beginning fell into a cooldown that is over by now. */
export function tellBelated(rule: Rule, matter: Matter, key: string, nowMs: number): Step | undefined {
  if (matter.status !== 'raised' || matter.isTold || matter.toldAtMs === null) return undefined
  if (nowMs - matter.toldAtMs < rule.cooldownMs) return undefined
  // Its time is the event's, but the next cooldown begins now.
  const { matter: after, says } = tell(matter, 'raised', { key, atMs: matter.sinceMs })
  return { matter: { ...after, toldAtMs: nowMs }, says }
}

/** That something happened; told unless the same was within the cooldown, before or after. */
export function happen(
  rule: Rule,
  before: Matter | undefined,
  at: { key: string; atMs: number },
  signal: Raised,
): Step {
  const { key, atMs } = at
  const { severity, content } = signal
  const toldAtMs = before?.toldAtMs ?? null
  if (before !== undefined && toldAtMs !== null && Math.abs(atMs - toldAtMs) < rule.cooldownMs) {
    return {
      matter: { ...before, eventAtMs: Math.max(before.eventAtMs, atMs), untold: before.untold + 1 },
      says: undefined,
    }
  }
  const matter: Matter = {
    ...{ rule: rule.name, status: 'happened', severity, sinceMs: atMs, toldSeverity: null, content: null },
    eventAtMs: Math.max(before?.eventAtMs ?? atMs, atMs),
    ...{ toldAtMs, isTold: true, untold: before?.untold ?? 0 },
  }
  const { matter: after, says } = tell({ ...matter, content }, 'occurred', { key, atMs })
  return { matter: { ...after, toldAtMs: Math.max(toldAtMs ?? atMs, atMs), content: null }, says }
}

/** Whether nothing would be lost with a matter: it is over, and so is its cooldown. */
export function isForgettable(rule: Rule | undefined, matter: Matter, nowMs: number): boolean {
  if (rule === undefined || hasLapsed(rule, matter, nowMs)) return true
  const quietForMs = nowMs - Math.max(matter.eventAtMs, matter.toldAtMs ?? 0)
  return matter.status !== 'raised' && quietForMs > Math.max(rule.cooldownMs, KEPT_CLEAR_MS)
}

/** How long an end is remembered, so that an older beginning that comes late is known to be over. */
const KEPT_CLEAR_MS = 7 * 86_400_000

function hasLapsed({ lapsesAfterMs }: Rule, { status, eventAtMs }: Matter, atMs: number): boolean {
  return status === 'raised' && lapsesAfterMs !== null && atMs - eventAtMs > lapsesAfterMs
}

function tell(matter: Matter, kind: MessageKind, { key, atMs }: { key: string; atMs: number }): Step {
  const { rule, severity, untold, content } = matter
  const after: Matter = { ...matter, toldAtMs: atMs, toldSeverity: severity, isTold: true, untold: 0 }
  if (content === null) return { matter, says: undefined }
  const more = untold === 0 ? [] : [`${untold} more like it since the last message`]
  return {
    matter: after,
    says: { rule, key, kind, severity, atMs, content: { ...content, lines: [...content.lines, ...more] } },
  }
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const

/** A duration in its two largest units. @example durationOf(5_400_000) // '1 h 30 min' */
export function durationOf(ms: number): string {
  const parts: string[] = []
  let rest = ms
  for (const [unit, size] of UNITS) {
    const n = Math.floor(rest / size)
    rest -= n * size
    if (n > 0) parts.push(`${n} ${unit}`)
  }
  return parts.length === 0 ? 'less than a minute' : parts.slice(0, 2).join(' ')
}
