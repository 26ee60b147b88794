import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { ACCOUNT, REGION } from './arn.ts'
import type { EventPattern } from './event-pattern.ts'
import { matchesPattern } from './event-pattern.ts'
import { ServiceRefusal } from './wire.ts'

const targetSchema = z.looseObject({
  Id: z.string(),
  Arn: z.string(),
  Input: z.string().optional(),
  InputPath: z.string().optional(),
  InputTransformer: z
    .object({ InputPathsMap: z.record(z.string(), z.string()).default({}), InputTemplate: z.string() })
    .optional(),
  DeadLetterConfig: z.object({ Arn: z.string() }).optional(),
})

export type RuleTarget = z.infer<typeof targetSchema>
export const ruleTargetsSchema = z.array(targetSchema)

export interface Rule {
  name: string
  bus: string
  pattern: EventPattern
  isEnabled: boolean
  targets: readonly RuleTarget[]
}

/** An event as targets get it. */
export interface BusEvent {
  version: '0'
  id: string
  'detail-type': string
  source: string
  account: string
  time: string
  region: string
  resources: readonly string[]
  detail: unknown
}

/** The event buses of the account. */
export interface EventBuses {
  addBus(name: string): void
  hasBus(name: string): boolean
  /** Makes or replaces a rule. */
  putRule(rule: Rule): void
  removeRule(name: string): void
  /** Sends an event to the targets of every rule that matches. */
  send(bus: string, event: Pick<BusEvent, 'source' | 'detail-type' | 'detail'> & Partial<BusEvent>): BusEvent
  /** Every event that was sent, with its bus, in order. */
  sent(): readonly { bus: string; event: BusEvent; rules: readonly string[] }[]
}

export const DEFAULT_BUS = 'default'

/** @param deliver  hands the input to a target; what it throws sends the event to the target's dead-letter queue */
export function eventBuses(
  deliver: (target: RuleTarget, input: string, rule: Rule) => void,
  onUndelivered: (queue: string, event: BusEvent) => void,
): EventBuses {
  const buses = new Set([DEFAULT_BUS])
  const rules = new Map<string, Rule>()
  const sent: { bus: string; event: BusEvent; rules: readonly string[] }[] = []

  function hand(rule: Rule, target: RuleTarget, event: BusEvent): void {
    try {
      deliver(target, inputOf(target, event), rule)
    } catch (thrown) {
      if (!(thrown instanceof ServiceRefusal)) throw thrown
      if (target.DeadLetterConfig !== undefined) onUndelivered(target.DeadLetterConfig.Arn, event)
    }
  }

  return {
    addBus: (name) => void buses.add(name),
    hasBus: (name) => buses.has(busName(name)),
    putRule: (rule) => void rules.set(rule.name, rule),
    removeRule: (name) => void rules.delete(name),
    send(bus, given) {
      const event: BusEvent = {
        ...{ version: '0', id: randomUUID(), account: ACCOUNT, region: REGION, resources: [] },
        time: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
        ...given,
      }
      const isMeant = (rule: Rule) => rule.isEnabled && rule.bus === busName(bus) && matchesPattern(rule.pattern, event)
      const matching = [...rules.values()].filter(isMeant)
      sent.push({ bus: busName(bus), event, rules: matching.map(({ name }) => name) })
      for (const rule of matching) for (const target of rule.targets) hand(rule, target, event)
      return event
    },
    sent: () => sent,
  }
}

/** A bus by name or ARN. */
export function busName(text: string): string {
  return text.split('/').at(-1) ?? text
}

/** What a target gets of an event. @see AWS, "EventBridge input transformation" */
function inputOf(
  { Input: input, InputPath: path, InputTransformer: transformer }: RuleTarget,
  event: BusEvent,
): string {
  if (input !== undefined) return input
  if (path !== undefined) return JSON.stringify(at(event, path))
  if (transformer === undefined) return JSON.stringify(event)
  return transformer.InputTemplate.replace(/"?<([^<>]+)>"?/g, (_, name: string) => {
    const value = name === 'aws.events.event' ? event : at(event, transformer.InputPathsMap[name] ?? '$')
    return JSON.stringify(value)
  })
}

/** The value at a path such as `$.detail.state`. */
function at(event: unknown, path: string): unknown {
  let value: unknown = event
  for (const part of path.split('.').slice(1)) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined
  }
  return value
}
