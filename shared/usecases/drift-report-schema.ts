import * as z from 'zod'
import { SEVERITIES } from '../drift/judge-drift.ts'
import { MOVEMENTS } from '../drift/movement.ts'
import { DRIFT_ROLES } from './drift-columns.ts'

/** What a number that could not be told becomes. */
const figure = z.number().nullable()
const share = z.number().min(0).max(1)
const STATUSES = ['stable', 'drifted', 'insufficient_data'] as const

/** Everything that is told of one column; old readers find what they knew. */
export const columnDetailsSchema = z.object({
  drift_score: figure,
  is_drifted: z.boolean(),
  method: z.enum(['PSI', 'KS Test', 'none']),
  severity: z.enum(SEVERITIES),
  status: z.enum(STATUSES),
  role: z.enum(DRIFT_ROLES),
  /** What was compared in the column's place. */
  compared_as: z.string().nullable(),
  movement: z.enum(MOVEMENTS),
  moved: z.array(z.enum(['values', 'missing'])),
  /** Share of rows that changed. */
  effect: figure,
  adjusted_p_value: figure,
  p_value: figure,
  /** How many times larger chi-square is for the wandering of windows alone. */
  overdispersion: figure,
  reference_rows: z.int().min(0),
  current_rows: z.int().min(0),
  reference_missing: figure,
  current_missing: figure,
  missing_p_value: figure,
  psi: figure.optional(),
  psi_p_value: figure.optional(),
  ks_statistic: figure.optional(),
  ks_p_value: figure.optional(),
  wasserstein: figure.optional(),
  wasserstein_in_deviations: figure.optional(),
  mean_shift: figure.optional(),
  chi_square: figure.optional(),
  chi_square_p_value: figure.optional(),
  jensen_shannon: figure.optional(),
  ref_categories: z.int().min(0).optional(),
  curr_categories: z.int().min(0).optional(),
  histogram: z.array(z.object({ label: z.string(), reference: share, current: share })).nullable(),
  last_year: z
    .object({
      is_drifted: z.boolean(),
      status: z.enum(STATUSES),
      effect: figure,
      adjusted_p_value: figure,
      rows: z.int().min(0),
    })
    .nullable(),
})

export type ColumnDetails = z.infer<typeof columnDetailsSchema>

/** First and last day, UTC, both included, and the bets placed then. */
const windowSchema = z.object({ from: z.iso.date(), to: z.iso.date(), bets: z.int().min(0) })

const jointSchema = z.object({
  is_drifted: z.boolean(),
  auc: z.number(),
  error: figure,
  p_value: z.number(),
  /** AUC of windows of the past against the others. */
  usual: z.object({ windows: z.int(), mean: z.number(), deviation: figure }).nullable(),
})

/** A drift report as it is written. */
export const fullDriftReportSchema = z.object({
  timestamp: z.iso.datetime(),
  total_features_checked: z.int().min(0),
  features_with_drift: z.int().min(0),
  drifted_features: z.array(z.string()),
  requires_retraining: z.boolean(),
  feature_details: z.record(z.string(), columnDetailsSchema),
  window_days: z.int().min(1),
  current_samples: z.int().min(0),
  format: z.literal('closeline-drift-report/1'),
  /** `insufficient_data` where no column could be judged: nothing is said then, least of all that all is well. */
  status: z.enum(STATUSES),
  reason: z.string(),
  trigger: z.string(),
  model_version: z.string().nullable(),
  baseline_version: z.string(),
  reference_window: windowSchema.nullable(),
  current_window: windowSchema,
  last_year_window: windowSchema.nullable(),
  /** Whole days from the newest bet to the check; null where there is none. */
  data_age_days: z.int().min(0).nullable(),
  past_windows: z.int().min(0),
  insufficient_features: z.array(z.string()),
  seasonal_features: z.array(z.string()),
  year_on_year_features: z.array(z.string()),
  /** Inputs that are not compared, and why. */
  not_compared: z.record(z.string(), z.string()),
  joint: jointSchema.nullable(),
  weighed: z.object({
    moved: z.number(),
    threshold: z.number(),
    by: z.enum(['shap', 'inputs_alike']),
    inputs: z.array(z.object({ input: z.string(), weight: z.number(), effect: z.number(), because: z.string() })),
  }),
  rules: z.object({ false_discovery_rate: z.number(), least_effect: z.number(), least_rows: z.int() }),
})

export type FullDriftReport = z.infer<typeof fullDriftReportSchema>
