import * as z from 'zod'
import { invariant } from '../kernel/errors.ts'
import { count, instant, MAX_EXAMPLES, measure, name } from './event-fields.ts'
import { MODEL_EVENTS } from './model-events.ts'
import { TRAFFIC_EVENTS } from './traffic-events.ts'

export { MAX_EXAMPLES } from './event-fields.ts'

/** What happened in the product, as it travels: each event is the detail of an EventBridge event of the same type. */

/** The source that every event of ours names. */
export const EVENT_SOURCE = 'closeline'

const pipelineCompletedSchema = z.object({
  type: z.literal('PipelineCompleted'),
  at: instant,
  runId: name,
  /** What started the run. */
  trigger: name,
  /** Number of the state that the run left. */
  sequence: count,
  /** Bets in the lake after the run. */
  bets: count,
  /** Bets that the run added, changed or removed. */
  changed: count,
  quarantined: count,
  durationMs: z.number().nonnegative(),
  passedGate: z.boolean(),
})

const qualityGateFailedSchema = z.object({
  type: z.literal('QualityGateFailed'),
  at: instant,
  runId: name,
  /** The value is null where there was nothing to measure, a limit where that side is open. */
  failed: z.array(z.object({ name, value: measure, low: measure, high: measure })).min(1),
  bets: count,
})

const criticalAnomaliesSchema = z.object({
  type: z.literal('CriticalAnomalies'),
  at: instant,
  runId: name,
  /** How many there are, of which the examples are some. */
  critical: z.int().positive(),
  examples: z.array(z.object({ recordId: name, type: name, sentence: name })).max(MAX_EXAMPLES),
})

const syncFailedSchema = z.object({
  type: z.literal('SyncFailed'),
  at: instant,
  source: name,
  attempts: z.int().positive(),
  reason: z.string(),
})

const dataStaleSchema = z.object({
  type: z.literal('DataStale'),
  at: instant,
  hoursSinceLastChange: z.number().nonnegative(),
  lastChangeAt: instant,
  thresholdHours: z.number().positive(),
})

const highGradeBetSchema = z.object({
  type: z.literal('HighGradeBet'),
  at: instant,
  /** The request that asked about it, as in the prediction log. */
  requestId: name,
  sport: name,
  league: name,
  market: name,
  /** The sportsbook. */
  book: name,
  betType: name,
  isLive: z.boolean(),
  /** Price asked about. */
  decimalOdds: z.number().gt(1),
  americanOdds: z.int(),
  grade: z.enum(['A', 'B']),
  winProbability: z.number().gt(0).lt(1),
  /** Per cent of the stake. */
  expectedRoiPct: z.number(),
  confidence: z.number().min(0).max(1),
  /** Per cent of the bankroll. */
  recommendedStakePct: z.number().min(0).max(100),
  modelVersion: name,
  /** `demo` where the ledger behind it is simulated. */
  origin: z.enum(['own', 'demo']),
})

const opportunityCapturedSchema = z.object({
  type: z.literal('OpportunityCaptured'),
  at: instant,
  opportunityId: name,
  sport: name,
  league: z.string().nullable(),
  market: name,
  book: name,
  decimalOdds: z.number().gt(1),
  /** Expected net return in per cent of the stake, as whoever captured it says; null where nobody did. */
  expectedValuePct: measure,
  expiresAt: instant,
})

/** Every event. Members that a reader does not know are dropped, so that an older one reads what a newer one wrote. */
export const eventSchema = z.discriminatedUnion('type', [
  pipelineCompletedSchema,
  qualityGateFailedSchema,
  criticalAnomaliesSchema,
  syncFailedSchema,
  dataStaleSchema,
  highGradeBetSchema,
  opportunityCapturedSchema,
  ...MODEL_EVENTS,
  ...TRAFFIC_EVENTS,
])

export type DomainEvent = z.infer<typeof eventSchema>
export type HighGradeBet = z.infer<typeof highGradeBetSchema>

/** Every type of event, for rules that route them. */
export const EVENT_TYPES: readonly DomainEvent['type'][] = eventSchema.options.map(({ shape }) => shape.type.value)

/**
 * The JSON of an event.
 *
 * @throws {InvariantError} where it is not what a reader will take: JSON turns NaN into null
 */
export function encodeEvent(event: DomainEvent): string {
  const parsed = eventSchema.safeParse(event)
  const issue = parsed.error?.issues[0]
  invariant(parsed.success, `${event.type}: ${issue?.path.join('.')}: ${issue?.message}`)
  return JSON.stringify(parsed.data)
}
