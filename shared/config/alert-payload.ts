import * as z from 'zod'

/** What a schedule sends to the alert function: to send what waits (digests, the end of quiet hours, repeats). */
export const alertPayloadSchema = z.strictObject({
  task: z.literal('flush').default('flush'),
  trigger: z.string().min(1).max(100).default('schedule'),
})
