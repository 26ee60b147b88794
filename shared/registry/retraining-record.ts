import * as z from 'zod'
import { RETRAINING_RULES } from '../config/model-events.ts'

const instant = z.iso.datetime()

/** What a training that was asked for came to; see the event `RetrainingFinished`. */
export const RETRAINING_OUTCOMES = ['promoted', 'kept', 'refused', 'failed'] as const
export type RetrainingOutcome = (typeof RETRAINING_OUTCOMES)[number]

export type RetrainingRule = (typeof RETRAINING_RULES)[number]

/** That training was asked for, by which rule and why; written once. */
export const requestedStepSchema = z.object({
  format: z.literal('closeline-retraining-requested/1'),
  requestId: z.string().min(1).max(200),
  rule: z.enum(RETRAINING_RULES),
  reason: z.string().min(1),
  at: instant,
})

/** That training began; each attempt writes its own. */
export const startedStepSchema = z.object({
  format: z.literal('closeline-retraining-started/1'),
  attempt: z.int().min(1),
  at: instant,
})

/** What training came to; written once. */
export const finishedStepSchema = z.object({
  format: z.literal('closeline-retraining-finished/1'),
  at: instant,
  outcome: z.enum(RETRAINING_OUTCOMES),
  /** In one sentence. */
  reason: z.string().min(1),
  /** The version that was learned; null where nothing was. */
  candidate: z.string().nullable(),
  /** The version that serves after it, and the one that served before; null where none does. */
  served: z.string().nullable(),
  previous: z.string().nullable(),
  /** Identity of the bets that it was, or would have been, learned from; null where nobody came to look. */
  ledgerSha256: z.string().nullable(),
})

export type RequestedStep = z.infer<typeof requestedStepSchema>
export type StartedStep = z.infer<typeof startedStepSchema>
export type FinishedStep = z.infer<typeof finishedStepSchema>

/** A training that was asked for, with all that came of it so far. */
export interface RetrainingRecord extends Omit<RequestedStep, 'format' | 'at'> {
  requestedAt: string
  state: 'requested' | 'running' | 'finished'
  /** Attempts that began; more than one where one broke off. */
  attempts: number
  /** When the last attempt began; null before it. */
  startedAt: string | null
  /** Null until it is finished. */
  finished: Omit<FinishedStep, 'format'> | null
}

/** Joins the steps of one request. @param started  in order of the attempts */
export function joinSteps(
  requested: RequestedStep,
  started: readonly StartedStep[],
  finished: FinishedStep | undefined,
): RetrainingRecord {
  const { requestId, rule, reason, at: requestedAt } = requested
  const state = finished !== undefined ? 'finished' : started.length > 0 ? 'running' : 'requested'
  const { format: _, ...outcome } = finished ?? { format: undefined }
  return {
    ...{ requestId, rule, reason, requestedAt, state, attempts: started.length },
    startedAt: started.at(-1)?.at ?? null,
    finished: 'outcome' in outcome ? outcome : null,
  }
}
