import * as z from 'zod'
import { count, instant, MAX_EXAMPLES, measure, name } from './event-fields.ts'

/** What happens to data and models over time: drift, decay, retraining, promotion. */

/** Why models are trained anew, by the rule that asked for it. */
export const RETRAINING_RULES = ['decay', 'drift', 'age', 'schedule', 'forced'] as const

const driftDetectedSchema = z.object({
  type: z.literal('DriftDetected'),
  at: instant,
  /** File name of the report. */
  reportId: name,
  modelVersion: name.nullable(),
  /** Columns that were compared, and those that have drifted, the most severe first. */
  checked: count,
  drifted: z
    .array(z.object({ name, severity: z.enum(['low', 'moderate', 'high']), effect: measure }))
    .min(1)
    .max(MAX_EXAMPLES),
  driftedCount: z.int().positive(),
  requiresRetraining: z.boolean(),
  /** In one sentence. */
  reason: name,
})

const decayDetectedSchema = z.object({
  type: z.literal('DecayDetected'),
  at: instant,
  modelVersion: name,
  /** Settled bets that it was served for. */
  outcomes: z.int().positive(),
  /** Evidence against the served probabilities, as an e-value, and the least that calls decay. */
  evidence: z.number().positive(),
  threshold: z.number().positive(),
  /** Log loss of what was served, and of the market on the same bets. */
  logLoss: z.number(),
  marketLogLoss: z.number(),
  reason: name,
})

const retrainingRequestedSchema = z.object({
  type: z.literal('RetrainingRequested'),
  at: instant,
  requestId: name,
  rule: z.enum(RETRAINING_RULES),
  reason: name,
})

const retrainingFinishedSchema = z.object({
  type: z.literal('RetrainingFinished'),
  at: instant,
  requestId: name,
  rule: z.enum(RETRAINING_RULES),
  /** `promoted`: the challenger serves; `kept`: the champion goes on; `refused`: nothing was trained; `failed`. */
  outcome: z.enum(['promoted', 'kept', 'refused', 'failed']),
  modelVersion: name.nullable(),
  reason: name,
})

const modelPromotedSchema = z.object({
  type: z.literal('ModelPromoted'),
  at: instant,
  modelVersion: name,
  previous: name.nullable(),
  reason: name,
})

const modelRolledBackSchema = z.object({
  type: z.literal('ModelRolledBack'),
  at: instant,
  modelVersion: name,
  previous: name.nullable(),
  reason: name,
})

export const MODEL_EVENTS = [
  driftDetectedSchema,
  decayDetectedSchema,
  retrainingRequestedSchema,
  retrainingFinishedSchema,
  modelPromotedSchema,
  modelRolledBackSchema,
] as const
