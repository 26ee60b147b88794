import { headingOf } from '../alerts/message.ts'
import { channelsOf } from '../alerts/rule.ts'
import { ALERT_RULES } from '../alerts/rules.ts'
import type { AlertSeverity } from '../alerts/severity.ts'
import { ALERT_SEVERITIES } from '../alerts/severity.ts'
import type { ObjectStore } from '../kernel/ports.ts'
import type { AlertRecord } from './alert-history.ts'
import { latestDeliveries } from './alert-history.ts'
import { readAlertState } from './alert-state.ts'

/** Something that is the matter now. */
export interface OpenMatter {
  key: string
  rule: string
  severity: AlertSeverity
  title: string
  since: string
  /** False while its beginning falls into the cooldown of an earlier one. */
  isTold: boolean
}

/** How a message left by one channel. */
export interface ChannelOutcome {
  channel: string
  /** `waiting`: for its next try. */
  outcome: 'sent' | 'lost' | 'waiting'
  attempts: number
  cause: string | null
}

export interface ToldMessage {
  id: string
  at: string
  told: string
  rule: string
  kind: string
  severity: AlertSeverity
  heading: string
  lines: string[]
  link: string | null
  channels: ChannelOutcome[]
}

export interface AlertOverview {
  asOf: string
  /** The gravest first. */
  open: OpenMatter[]
  /** Messages that wait for the end of quiet hours, or to go out together. */
  held: number
  /** The newest first. */
  messages: ToldMessage[]
}

/** Channels that one message may have. */
const MOST_CHANNELS = 4

/** What is the matter now, and the latest messages with what became of them. */
export async function describeAlerts(objects: ObjectStore, limit: number, nowMs: number): Promise<AlertOverview> {
  const [state, records] = await Promise.all([
    readAlertState(objects),
    latestDeliveries(objects, limit * MOST_CHANNELS),
  ])
  const open = Object.entries(state.matters).flatMap(([key, matter]) => {
    const { rule, severity, status, content, sinceMs, isTold } = matter
    if (status !== 'raised' || content === null) return []
    return [{ key, rule, severity, title: content.title, since: iso(sinceMs), isTold }]
  })
  const messages = new Map<string, ToldMessage>()
  for (const { message, createdMs, attempts, channel } of state.outbox) {
    add(messages, message, createdMs, { channel, outcome: 'waiting', attempts, cause: null })
  }
  for (const { message, createdMs, channel, outcome, attempts, cause } of records) {
    add(messages, message, createdMs, { channel, outcome, attempts, cause })
  }
  const held = Object.values(state.lanes).map((lane) => lane.held.length + sumOf(lane.more))
  return {
    asOf: iso(nowMs),
    open: open.sort((a, b) => rankOf(a.severity) - rankOf(b.severity) || (a.since < b.since ? 1 : -1)),
    held: Math.max(0, ...held),
    messages: [...messages.values()].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit),
  }
}

function add(
  messages: Map<string, ToldMessage>,
  message: AlertRecord['message'],
  createdMs: number,
  outcome: ChannelOutcome,
): void {
  const { id, atMs, rule, kind, severity, content } = message
  const told = messages.get(id) ?? {
    ...{ id, at: iso(atMs), told: iso(createdMs), rule, kind, severity, heading: headingOf(message) },
    ...{ lines: content.lines, link: content.link, channels: [] },
  }
  told.channels.push(outcome)
  messages.set(id, told)
}

/** One row of the rules' table, for people. */
export interface RuleRow {
  rule: string
  on: string
  severity: AlertSeverity
  kind: 'state' | 'occurrence'
  sameMatter: string
  cooldownMs: number
  remindAfterMs: number | null
  resolvedBy: string | null
  channels: string[]
}

/** The rules, the gravest first. */
export function describeRules(): RuleRow[] {
  return ALERT_RULES.map((rule) => {
    const { name, on, severity, kind, sameMatter, cooldownMs, remindAfterMs, resolvedBy } = rule
    const channels = [...channelsOf(rule, severity)]
    return { rule: name, on, severity, kind, sameMatter, cooldownMs, remindAfterMs, resolvedBy, channels }
  })
}

function rankOf(severity: AlertSeverity): number {
  return ALERT_SEVERITIES.indexOf(severity)
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, n) => sum + n, 0)
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
