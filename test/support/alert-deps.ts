import type { AlertSink } from '../../shared/alerts/alert-sink.ts'
import type { ChannelName } from '../../shared/alerts/channel.ts'
import type { AlertInput } from '../../shared/alerts/input.ts'
import type { AlertMessage } from '../../shared/alerts/message.ts'
import { headingOf } from '../../shared/alerts/message.ts'
import type { DomainEvent } from '../../shared/config/events.ts'
import type { ObjectStore } from '../../shared/kernel/ports.ts'
import type { AlertDeps } from '../../shared/usecases/alert-ports.ts'
import { manualClock } from './manual-clock.ts'
import { memoryLogger } from './memory-logger.ts'
import { memoryMetrics } from './memory-metrics.ts'
import { memoryObjectStore } from './memory-object-store.ts'

/** When the alerts of the tests begin: noon, UTC. */
export const ALERTS_AT_MS = Date.UTC(2026, 4, 12, 12)

export const MINUTE_MS = 60_000

/** A sink that remembers what it was sent, and fails as it is told to. */
export interface MemoryAlertSink extends AlertSink {
  messages: AlertMessage[]
  /** Headings of what was sent. */
  headings(): string[]
  /** What the next sends do in place of taking the message. */
  answers: (Error | { retryAfterMs: number })[]
}

export function memoryAlertSink(name: ChannelName): MemoryAlertSink {
  const messages: AlertMessage[] = []
  const answers: MemoryAlertSink['answers'] = []
  return {
    ...{ name, messages, answers },
    headings: () => messages.map(headingOf),
    async send(message) {
      const answer = answers.shift()
      if (answer instanceof Error) throw answer
      if (answer !== undefined) return answer
      messages.push(message)
      return 'sent'
    },
  }
}

export interface MemoryAlertDeps extends AlertDeps {
  clock: ReturnType<typeof manualClock>
  logger: ReturnType<typeof memoryLogger>
  metrics: ReturnType<typeof memoryMetrics>
  sinks: MemoryAlertSink[]
  sink(name: ChannelName): MemoryAlertSink
}

/** Everything that alerts stand on, in memory; a wait moves the clock. */
export function memoryAlertDeps(
  given: { objects?: ObjectStore; channels?: readonly ChannelName[]; quiet?: AlertDeps['quiet'] } = {},
): MemoryAlertDeps {
  const { channels = ['sns', 'telegram', 'n8n', 'console'] } = given
  const clock = manualClock(ALERTS_AT_MS)
  const sinks = channels.map(memoryAlertSink)
  return {
    ...{ objects: given.objects ?? memoryObjectStore(), quiet: given.quiet, clock, sinks },
    ...{ logger: memoryLogger(), metrics: memoryMetrics() },
    sleep: async (ms) => clock.advance(ms),
    sink(name) {
      const sink = sinks.find((each) => each.name === name)
      if (sink === undefined) throw new Error(`there is no sink ${name}`)
      return sink
    },
  }
}

/** So many minutes after the beginning, as an instant. */
export function atMinute(minutes: number): string {
  return new Date(ALERTS_AT_MS + minutes * MINUTE_MS).toISOString()
}

export function eventInput(event: DomainEvent): AlertInput {
  return { kind: 'event', event }
}

export function alarm(state: 'ALARM' | 'OK' | 'INSUFFICIENT_DATA', minutes: number, name = 'closeline-dev-api-errors') {
  const told = { reason: 'Threshold Crossed', description: 'More than 1 % of answers are errors.' }
  return { kind: 'alarm', alarm: { name, state, at: atMinute(minutes), ...told } } as const satisfies AlertInput
}

export function highGradeBet(minutes: number, fields: Partial<Extract<DomainEvent, { type: 'HighGradeBet' }>> = {}) {
  return eventInput({
    ...{
      type: 'HighGradeBet',
      at: atMinute(minutes),
      requestId: `request-${minutes}`,
      sport: 'Basketball',
      league: 'NBA',
    },
    ...{
      market: 'Spread',
      book: 'Köln Wetten',
      betType: 'straight',
      isLive: false,
      decimalOdds: 2.1,
      americanOdds: 110,
    },
    ...{ grade: 'A', winProbability: 0.52, expectedRoiPct: 9.2, confidence: 0.8, recommendedStakePct: 2.09 },
    ...{ modelVersion: 'blend-0f3a9c2b71de', origin: 'own', ...fields },
  })
}

export function completedRun(
  minutes: number,
  fields: Partial<Extract<DomainEvent, { type: 'PipelineCompleted' }>> = {},
) {
  return eventInput({
    ...{ type: 'PipelineCompleted', at: atMinute(minutes), runId: `run-${minutes}`, trigger: 'schedule', sequence: 7 },
    ...{ bets: 1500, changed: 12, quarantined: 3, durationMs: 4200, passedGate: true, ...fields },
  })
}

export function failedGate(minutes: number) {
  const failed = [{ name: 'max_null_odds_pct', value: 7.5, low: null, high: 5 }]
  return eventInput({ type: 'QualityGateFailed', at: atMinute(minutes), runId: `run-${minutes}`, failed, bets: 1500 })
}

export function staleData(minutes: number, thresholdHours: 24 | 48) {
  const lastChangeAt = atMinute(minutes - thresholdHours * 60 - 30)
  const hoursSinceLastChange = thresholdHours + 0.5
  return eventInput({ type: 'DataStale', at: atMinute(minutes), hoursSinceLastChange, lastChangeAt, thresholdHours })
}
