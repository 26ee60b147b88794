import * as z from 'zod'
import { driftPayloadSchema } from '../../shared/config/drift-payload.ts'

/** A whole number in a query, with its default. */
function wholeNumber(options: { description: string; min: number; max: number; preset: number }) {
  const { description, min, max, preset } = options
  const rule = `is a whole number from ${min} to ${max}`
  return z
    .string()
    .regex(/^\d{1,7}$/, { error: rule })
    .default(String(preset))
    .transform(Number)
    .pipe(z.int().min(min, { error: rule }).max(max, { error: rule }))
    .meta({ description, example: String(preset) })
}

export const driftQuerySchema = z.object({
  days_lookback: wholeNumber({
    description: 'The longest window of current bets that a report may be about, days.',
    ...{ min: 1, max: 365, preset: driftPayloadSchema.parse({}).windowDays },
  }),
  min_samples: wholeNumber({
    description: 'The fewest bets in that window.',
    ...{ min: 0, max: 1_000_000, preset: 100 },
  }),
})

/** The page shows the newest report, whatever its window, unless told otherwise. */
export const dashboardQuerySchema = z.object({
  days_lookback: wholeNumber({
    description: 'The longest window of current bets that the report may be about, days.',
    ...{ min: 1, max: 365, preset: 365 },
  }),
  min_samples: wholeNumber({
    description: 'The fewest bets in that window.',
    ...{ min: 0, max: 1_000_000, preset: 0 },
  }),
})

const featureDetail = z
  .looseObject({
    drift_score: z
      .number()
      .nullable()
      .meta({ description: 'By the method; null where it cannot be told.', example: 0.04 }),
    is_drifted: z
      .boolean()
      .meta({ description: 'Whether it differs by more than chance and enough to matter.', example: false }),
    method: z.string().meta({ description: 'How it was compared.', example: 'PSI' }),
  })
  .meta({ description: 'One input; what else the method tells is beside it.' })

const EXAMPLE_DETAILS = { sport: { drift_score: 0.04, is_drifted: false, method: 'PSI' } }

export const driftReportBodySchema = z
  .looseObject({
    timestamp: z.iso.datetime().meta({ description: 'When it was made, UTC.', example: '2026-03-01T02:00:00.000Z' }),
    total_features_checked: z.int().min(0).meta({ description: 'Inputs compared.', example: 31 }),
    features_with_drift: z.int().min(0).meta({ description: 'How many of them drifted.', example: 0 }),
    drifted_features: z.array(z.string()).meta({ description: 'Which.', example: [] }),
    requires_retraining: z.boolean().meta({ description: 'Whether training should follow.', example: false }),
    feature_details: z
      .record(z.string(), featureDetail)
      .meta({ description: 'What was found, by input.', example: EXAMPLE_DETAILS }),
    window_days: z.number().min(0).meta({ description: 'Days of current bets.', example: 30 }),
    current_samples: z.int().min(0).meta({ description: 'Current bets.', example: 412 }),
    report_file: z.string().meta({ description: 'Name of the report.', example: 'drift_report_20260301_020000.json' }),
    report_age_hours: z
      .number()
      .min(0)
      .meta({ description: 'Hours since it was made, to one decimal.', example: 12.1 }),
  })
  .meta({ id: 'DriftReport', description: 'The newest report that was asked for; newer software may add fields.' })

export const noDriftReportsSchema = z
  .object({
    status: z.literal('no_reports').meta({ description: 'There is no such report.', example: 'no_reports' }),
    message: z.string().meta({ description: 'Why.', example: 'no drift check has been made yet' }),
    configuration: z
      .object({
        days_lookback: z.int().min(1).meta({ description: 'As asked.', example: 30 }),
        min_samples: z.int().min(0).meta({ description: 'As asked.', example: 100 }),
        reports: z.int().min(0).meta({ description: 'Reports there are, whatever their window.', example: 0 }),
      })
      .meta({ description: 'What was looked for.', example: { days_lookback: 30, min_samples: 100, reports: 0 } }),
    next_steps: z.array(z.string()).meta({
      description: 'What can be done.',
      example: ['wait for the daily check'],
    }),
  })
  .meta({ id: 'NoDriftReports' })

export const driftAnswerSchema = z.union([driftReportBodySchema, noDriftReportsSchema])

export type DriftAnswer = z.infer<typeof driftAnswerSchema>
