import * as z from 'zod'
import type { DomainEvent, HighGradeBet } from '../config/events.ts'
import { clamp, round } from '../kernel/numeric.ts'

/** The old system's webhook payloads, whose workflows go on working: two types, told apart by `type`. */

/** The eight fields of a prediction's request. */
const betSchema = z.object({
  sport: z.string(),
  league: z.string(),
  market: z.string(),
  institution_name: z.string(),
  bet_type: z.string(),
  /** American. */
  odds: z.int(),
  is_live: z.boolean(),
  /** Per cent; null, since no close is known when a bet is looked at. */
  clv_percentage: z.number().nullable(),
})

const highGradeBetSchema = z.object({
  type: z.literal('high_grade_bet'),
  grade: z.enum(['A', 'B']),
  bet: betSchema,
  prediction: z.object({
    win_probability: z.number(),
    /** Per cent of the stake. */
    expected_roi: z.number(),
    /** Full Kelly, share of the bankroll in [0, 1]. */
    kelly_fraction: z.number(),
  }),
})

const driftDetectedSchema = z.object({
  type: z.literal('drift_detected'),
  /** What the event tells of the report; the report itself takes its place where it can be read. */
  drift_report: z.looseObject({
    timestamp: z.string(),
    total_features_checked: z.int(),
    features_with_drift: z.int(),
    drifted_features: z.array(z.string()),
    requires_retraining: z.literal(true),
  }),
  requires_retraining: z.literal(true),
})

/** A payload as it is kept until it is sent; of drift the name of the report beside it. */
export const webhookSchema = z.discriminatedUnion('type', [
  highGradeBetSchema,
  driftDetectedSchema.extend({ report_id: z.string() }),
])

export type Webhook = z.infer<typeof webhookSchema>

/** Characters of a name in a payload: what is longer is nobody's league. */
const LONGEST = 500

/**
 * The payload of a bet.
 *
 * kelly = r / (d − 1), r the expected net return per unit staked (`expectedRoiPct` / 100) and d `decimalOdds`, in [0, 1]:
 * what the prediction's own answer gives.
 */
export function highGradeBetPayload(event: HighGradeBet): Webhook {
  const kelly = clamp(event.expectedRoiPct / 100 / (event.decimalOdds - 1), 0, 1)
  return {
    type: 'high_grade_bet',
    grade: event.grade,
    bet: {
      sport: cut(event.sport),
      league: cut(event.league),
      market: cut(event.market),
      institution_name: cut(event.book),
      bet_type: cut(event.betType),
      odds: event.americanOdds,
      is_live: event.isLive,
      clv_percentage: null,
    },
    prediction: {
      win_probability: round(event.winProbability, 6),
      expected_roi: round(event.expectedRoiPct, 4),
      kelly_fraction: round(kelly, 6),
    },
  }
}

/** The payload of drift that needs retraining. */
export function driftPayload(event: Extract<DomainEvent, { type: 'DriftDetected' }>): Webhook {
  return {
    type: 'drift_detected',
    drift_report: {
      timestamp: event.at,
      total_features_checked: event.checked,
      features_with_drift: event.driftedCount,
      drifted_features: event.drifted.map(({ name }) => cut(name)),
      requires_retraining: true,
    },
    requires_retraining: true,
    report_id: cut(event.reportId),
  }
}

function cut(text: string): string {
  return text.slice(0, LONGEST).toWellFormed()
}
