import * as z from 'zod'

/** What a schedule sends to the pipeline function; the schedule and the handler share this schema. */
export const pipelinePayloadSchema = z.strictObject({
  /** `pipeline` bets and then features, `features` features alone, all of them anew. */
  task: z.enum(['pipeline', 'features']).default('pipeline'),
  /** `incremental` what changed, `full` everything anew, `reconcile` what is gone. */
  mode: z.enum(['incremental', 'full', 'reconcile']).default('incremental'),
  /** One sport alone; null for all. */
  sport: z.string().min(1).max(100).nullable().default(null),
  /** For a reconcile: missing bets that somebody expects at most. */
  allowedDeletions: z.int().min(0).optional(),
  /** What asked for the run, for its manifest. */
  trigger: z.string().min(1).max(100).default('schedule'),
})
