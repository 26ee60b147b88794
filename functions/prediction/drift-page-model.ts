import * as z from 'zod'
import type { DriftReport, PastDriftCheck } from '../../shared/usecases/drift-reports.ts'

/** Reports outlive the software that wrote them: what an older one does not tell is shown as not told. */
const figure = z.number().nullable().catch(null)
const words = z.array(z.string()).catch([])
const window = z.object({ from: z.string(), to: z.string(), bets: z.number() }).nullable().catch(null)

const histogram = z
  .array(z.object({ label: z.string(), reference: z.number().min(0).max(1), current: z.number().min(0).max(1) }))
  .nullable()
  .catch(null)

const columnSchema = z.object({
  drift_score: figure,
  is_drifted: z.boolean(),
  method: z.string(),
  severity: z.enum(['none', 'low', 'moderate', 'high']).catch('none'),
  status: z.string().catch(''),
  compared_as: z.string().nullable().catch(null),
  movement: z.string().catch('none'),
  effect: figure,
  adjusted_p_value: figure,
  overdispersion: figure,
  reference_missing: figure,
  current_missing: figure,
  reference_rows: figure,
  current_rows: figure,
  histogram,
})

const pageReportSchema = z.object({
  timestamp: z.string(),
  total_features_checked: z.number(),
  features_with_drift: z.number(),
  requires_retraining: z.boolean(),
  feature_details: z.record(z.string(), columnSchema),
  window_days: z.number(),
  current_samples: z.number(),
  status: z.string().catch(''),
  reason: z.string().catch(''),
  model_version: z.string().nullable().catch(null),
  baseline_version: z.string().nullable().catch(null),
  reference_window: window,
  current_window: window,
  last_year_window: window,
  past_windows: figure,
  insufficient_features: words,
  not_compared: z.record(z.string(), z.string()).catch({}),
  joint: z
    .object({
      is_drifted: z.boolean(),
      auc: z.number(),
      p_value: z.number(),
      usual: z.object({ windows: z.number(), mean: z.number() }).nullable(),
    })
    .nullable()
    .catch(null),
  weighed: z
    .object({
      moved: z.number(),
      threshold: z.number(),
      by: z.string(),
      inputs: z.array(z.object({ input: z.string(), weight: z.number(), effect: z.number(), because: z.string() })),
    })
    .nullable()
    .catch(null),
})

export type PageReport = z.infer<typeof pageReportSchema>
export type PageColumn = z.infer<typeof columnSchema>
export type PageHistogram = NonNullable<PageColumn['histogram']>

/** What the page shows. */
export interface DriftPage {
  file: string
  report: DriftReport
  /** The newest first. */
  history: readonly PastDriftCheck[]
  nowMs: number
}

/** A report as the page reads it. */
export function pageReportOf(report: DriftReport): PageReport {
  return pageReportSchema.parse(report)
}
