import type { DomainEvent } from '../config/events.ts'
import type { ChannelName } from './channel.ts'
import { ROUTES } from './channel.ts'
import type { AlertInput } from './input.ts'
import type { AlertContent } from './message.ts'
import type { AlertSeverity } from './severity.ts'

export type EventOf<T extends DomainEvent['type']> = Extract<DomainEvent, { type: T }>

/** What a rule says to an input. */
export type Signal =
  | {
      /** `raise`: the state holds; `occur`: it happened. */
      change: 'raise' | 'occur'
      key: string
      severity: AlertSeverity
      content: AlertContent
    }
  | {
      change: 'clear'
      /** Null: all matters of the rule but `except`. */
      key: string | null
      except: string | null
    }

/** One row of the table. */
export interface AlertRule {
  name: string
  /** What it listens to, in words. */
  on: string
  /** Its gravest severity. */
  severity: AlertSeverity
  /** A state is told when it begins and when it ends; an occurrence when it happens. */
  kind: 'state' | 'occurrence'
  /** What is the same matter, in words. */
  sameMatter: string
  /** One matter is not told again within this time. */
  cooldownMs: number
  /** A state that goes on is told again after this time; null: never. */
  remindAfterMs: number | null
  /** A state that nobody confirms within this time is forgotten without a word; null: never. */
  lapsesAfterMs: number | null
  /** What ends it, in words; null for an occurrence. */
  resolvedBy: string | null
  /** In place of those of its severity. */
  channels: readonly ChannelName[] | null
  read(input: AlertInput): Signal | undefined
}

/** Where a rule's message goes. */
export function channelsOf(rule: Pick<AlertRule, 'channels'>, severity: AlertSeverity): readonly ChannelName[] {
  return rule.channels ?? ROUTES[severity]
}

const HOUR_MS = 3_600_000
const DEFAULT_COOLDOWN_MS = HOUR_MS

type Common = Pick<AlertRule, 'name' | 'severity' | 'sameMatter'> &
  Partial<Pick<AlertRule, 'cooldownMs' | 'channels' | 'remindAfterMs' | 'lapsesAfterMs'>>

interface Telling<E> {
  /** Whether the rule is about this event; about all where it is absent. */
  when?: (event: E) => boolean
  key?: (event: E) => string
  /** Where it is not the rule's own. */
  severityOf?: (event: E) => AlertSeverity
  content: (event: E) => AlertContent
}

/** A rule about something that happens. */
export function occurrence<T extends DomainEvent['type']>(
  on: T,
  { when, key, severityOf, content, ...common }: Common & Telling<EventOf<T>>,
): AlertRule {
  const row = { ...DEFAULTS, ...common, on, kind: 'occurrence' as const, resolvedBy: null }
  return {
    ...row,
    read(input) {
      const event = eventOf(input, on)
      if (event === undefined || when?.(event) === false) return undefined
      const severity = severityOf?.(event) ?? row.severity
      return { change: 'occur', key: keyOf(row.name, key?.(event)), severity, content: content(event) }
    },
  }
}

/** What ends a state. */
interface Ending {
  /** In words. */
  words: string
  /** The matters that it ends, or undefined where it ends none. `except` is a part of a key that stays. */
  read(event: DomainEvent): { except: string | null } | undefined
}

/** A rule about something that holds until it does not. */
export function state<T extends DomainEvent['type']>(
  on: T,
  ending: Ending,
  { when, key, severityOf, content, ...common }: Common & Telling<EventOf<T>>,
): AlertRule {
  const row = { ...DEFAULTS, ...common, on, kind: 'state' as const, resolvedBy: ending.words }
  return {
    ...row,
    read(input) {
      const event = eventOf(input, on)
      if (event !== undefined && when?.(event) !== false) {
        const severity = severityOf?.(event) ?? row.severity
        return { change: 'raise', key: keyOf(row.name, key?.(event)), severity, content: content(event) }
      }
      const ended = input.kind === 'event' ? ending.read(input.event) : undefined
      if (ended === undefined) return undefined
      return { change: 'clear', key: null, except: ended.except === null ? null : keyOf(row.name, ended.except) }
    },
  }
}

const DEFAULTS = { cooldownMs: DEFAULT_COOLDOWN_MS, channels: null, remindAfterMs: null, lapsesAfterMs: null }

/** Keys may be as long as names are: only so much of one tells matters apart. */
const LONGEST_KEY = 300

export function keyOf(rule: string, part: string | undefined): string {
  return part === undefined ? rule : `${rule}:${part.slice(0, LONGEST_KEY).toWellFormed()}`
}

function eventOf<T extends DomainEvent['type']>(input: AlertInput, type: T): EventOf<T> | undefined {
  return input.kind === 'event' && isOf(input.event, type) ? input.event : undefined
}

function isOf<T extends DomainEvent['type']>(event: DomainEvent, type: T): event is EventOf<T> {
  return event.type === type
}
