import * as z from 'zod'

/** What a schedule sends to the drift function; the schedule and the handler share this schema. */
export const driftPayloadSchema = z.strictObject({
  /** `check` the current window and decide on retraining, `baseline` make the reference anew. */
  task: z.enum(['check', 'baseline']).default('check'),
  /** Days of the current window. */
  windowDays: z.int().min(1).max(365).default(30),
  trigger: z.string().min(1).max(100).default('schedule'),
})
