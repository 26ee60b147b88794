import * as z from 'zod'
import { RETRAINING_RULES } from './model-events.ts'

/** What a schedule sends to the training function; an event `RetrainingRequested` asks for the same. */
export const trainingPayloadSchema = z.strictObject({
  rule: z.enum(RETRAINING_RULES).default('schedule'),
  reason: z.string().min(1).max(500).default('the weekly schedule'),
  /** Of the execution, so that one that is delivered twice is done once; null where nobody named one. */
  requestId: z.string().min(1).max(200).nullable().default(null),
})

export type TrainingPayload = z.infer<typeof trainingPayloadSchema>
