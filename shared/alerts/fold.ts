import type { ChannelName } from './channel.ts'
import { digestOf } from './digest.ts'
import type { AlertInput } from './input.ts'
import { claimedTimeOf, effectiveTime } from './input.ts'
import type { LaneSituation } from './lane.ts'
import { EMPTY_LANE, laneName, offer, release } from './lane.ts'
import type { Matter, Step, Utterance } from './matter.ts'
import { clear, happen, isForgettable, raise, tellBelated } from './matter.ts'
import type { AlertMessage } from './message.ts'
import type { QuietHours } from './quiet-hours.ts'
import { isQuiet } from './quiet-hours.ts'
import type { AlertRule, Signal } from './rule.ts'
import { channelsOf } from './rule.ts'
import { ALERT_RULES, ruleOf } from './rules.ts'
import type { AlertState } from './state.ts'

/** An input as it lay in the inbox. */
export interface ReceivedInput {
  /** Told from every other input by it. */
  id: string
  receivedMs: number
  input: AlertInput
}

export interface FoldSetting {
  nowMs: number
  quiet: QuietHours | undefined
  /** Channels that there are here. */
  channels: readonly ChannelName[]
}

/** What taking inputs in has led to. */
export interface Folded {
  state: AlertState
  /** Messages that were made, wherever they go and whenever. */
  messages: AlertMessage[]
  /** Messages for machines that a storm left no room for, by channel. */
  dropped: Partial<Record<ChannelName, number>>
}

/**
 * Takes inputs into the state, in the order of their own times, however they were delivered: at one time an ending goes
 * before a beginning. What was made known to be told later (belated beginnings, digests, the end of quiet hours) is told
 * where its time has come.
 *
 * Of the same inputs in any order comes the same state. Inputs whose elders were taken in before are judged as they come:
 * one older than the latest of its matter is ignored.
 */
export function foldInputs(before: AlertState, inputs: readonly ReceivedInput[], setting: FoldSetting): Folded {
  const draft: Draft = { matters: new Map(Object.entries(before.matters)), endings: { ...before.endings }, says: [] }
  for (const timed of inOrder(inputs)) takeSignal(draft, timed)
  const { nowMs } = setting
  for (const [key, matter] of draft.matters) {
    const rule = ruleOf(matter.rule)
    if (rule === undefined || isForgettable(rule, matter, nowMs)) draft.matters.delete(key)
    else take(draft, key, tellBelated(rule, matter, key, nowMs))
  }
  limit(draft.matters)
  const state = { ...before, matters: Object.fromEntries(draft.matters), endings: draft.endings }
  return sendOff(state, draft.says, setting)
}

interface Draft {
  matters: Map<string, Matter>
  endings: AlertState['endings']
  says: Utterance[]
}

interface TimedSignal {
  atMs: number
  id: string
  rule: AlertRule
  signal: Signal
}

function inOrder(inputs: readonly ReceivedInput[]): TimedSignal[] {
  const signals = inputs.flatMap(({ id, receivedMs, input }) => {
    const atMs = effectiveTime(claimedTimeOf(input), receivedMs)
    return ALERT_RULES.flatMap((rule) => {
      const signal = rule.read(input)
      return signal === undefined ? [] : [{ atMs, id, rule, signal }]
    })
  })
  return signals.sort(
    (a, b) => a.atMs - b.atMs || rankOf(a.signal) - rankOf(b.signal) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  )
}

function rankOf({ change }: Signal): number {
  return change === 'clear' ? 0 : 1
}

function takeSignal(draft: Draft, { rule, signal, atMs }: TimedSignal): void {
  if (signal.change === 'clear') {
    takeEnding(draft, rule, { key: signal.key, except: signal.except, atMs })
    return
  }
  const { key } = signal
  const before = draft.matters.get(key)
  if (signal.change === 'occur') {
    take(draft, key, happen(rule, before, { key, atMs }, signal))
    return
  }
  const ending = draft.endings[rule.name]
  if (ending !== undefined && atMs < ending.atMs && ending.except !== key) return
  take(draft, key, raise(rule, before, { key, atMs }, signal))
}

function takeEnding(
  draft: Draft,
  rule: AlertRule,
  { key, except, atMs }: { key: string | null; except: string | null; atMs: number },
): void {
  if (key !== null) {
    const before = draft.matters.get(key) ?? neverRaised(rule, atMs)
    take(draft, key, clear(before, { key, atMs }))
    return
  }
  const last = draft.endings[rule.name]
  if (last === undefined || last.atMs <= atMs) draft.endings[rule.name] = { atMs, except }
  for (const [each, matter] of draft.matters) {
    if (matter.rule === rule.name && each !== except) take(draft, each, clear(matter, { key: each, atMs }))
  }
}

/** Remembered so that a beginning that was before this end is known to be over. */
function neverRaised(rule: AlertRule, atMs: number): Matter {
  return {
    ...{ rule: rule.name, status: 'clear', severity: rule.severity, sinceMs: atMs, eventAtMs: atMs },
    ...{ toldAtMs: null, toldSeverity: null, isTold: false, untold: 0, content: null },
  }
}

function take(draft: Draft, key: string, step: Step | undefined): void {
  if (step === undefined) return
  draft.matters.set(key, step.matter)
  if (step.says !== undefined) draft.says.push(step.says)
}

/** Matters remembered; beyond, those that are over are forgotten first, and of these the oldest. */
const MOST_MATTERS = 5000

function limit(matters: Map<string, Matter>): void {
  const surplus = matters.size - MOST_MATTERS
  if (surplus <= 0) return
  const order = [...matters].sort(
    ([, a], [, b]) => Number(a.status === 'raised') - Number(b.status === 'raised') || a.eventAtMs - b.eventAtMs,
  )
  for (const [key] of order.slice(0, surplus)) matters.delete(key)
}

/** Gives each message its id, and to each of its channels what there is room for. */
function sendOff(before: AlertState, says: readonly Utterance[], setting: FoldSetting): Folded {
  const sequence = before.sequence + 1
  let made = 0
  const nextId = () => `${String(sequence).padStart(8, '0')}-${made++}`
  const folded: Folded = {
    state: { ...before, sequence, lanes: { ...before.lanes }, outbox: [...before.outbox] },
    messages: [],
    dropped: {},
  }
  const quiet = isQuiet(setting.nowMs, setting.quiet)
  for (const channel of setting.channels) {
    for (const isCritical of [true, false]) {
      letOut(folded, { channel, isCritical, isQuiet: quiet, nowMs: setting.nowMs }, nextId)
    }
  }
  for (const said of says) {
    const rule = ruleOf(said.rule)
    const wanted = rule === undefined ? [] : channelsOf(rule, said.severity)
    const channels = wanted.filter((channel) => setting.channels.includes(channel))
    const message: AlertMessage = { id: nextId(), ...said, channels, isTest: false }
    folded.messages.push(message)
    for (const channel of channels) {
      if (channel === 'n8n' && message.content.webhook === null) continue
      const isCritical = message.severity === 'critical'
      put(folded, message, { channel, isCritical, isQuiet: quiet, nowMs: setting.nowMs })
    }
  }
  return folded
}

function put({ state }: Folded, message: AlertMessage, situation: LaneSituation): void {
  const name = laneName(situation.channel, situation.isCritical)
  const { lane, goes } = offer(state.lanes[name] ?? EMPTY_LANE, message, situation)
  state.lanes[name] = lane
  if (goes) send(state, message, situation)
}

function letOut(folded: Folded, situation: LaneSituation, nextId: () => string): void {
  const { state, dropped } = folded
  const { channel, isCritical, nowMs } = situation
  const name = laneName(channel, isCritical)
  const released = release(state.lanes[name] ?? EMPTY_LANE, situation)
  if (released === undefined) return
  state.lanes[name] = released.lane
  if (channel !== 'n8n') {
    send(state, digestOf(released.held, channel, { id: nextId(), nowMs }), situation)
    return
  }
  // What takes typed payloads knows no digest: it gets those that were kept, and of the others there is a count.
  for (const message of released.held.held) send(state, message, situation)
  const beyond = Object.values(released.held.more).reduce((sum, n) => sum + n, 0)
  if (beyond > 0) dropped[channel] = (dropped[channel] ?? 0) + beyond
}

function send(state: AlertState, message: AlertMessage, { channel, nowMs }: LaneSituation): void {
  const id = `${message.id}.${channel}`
  state.outbox.push({ id, channel, message, createdMs: nowMs, attempts: 0, dueMs: nowMs })
}

/** Whether a fold has changed anything that is worth a new state. */
export function hasChanged(before: AlertState, { state, messages }: Folded): boolean {
  return messages.length > 0 || JSON.stringify({ ...before, sequence: 0 }) !== JSON.stringify({ ...state, sequence: 0 })
}
