import * as z from 'zod'
import { VERDICTS } from '../../shared/registry/gate.ts'
import { MODEL_KINDS } from '../../shared/registry/manifest.ts'

/** The name of a version. */
export const version = z.string().meta({ description: 'Name of the version.', example: 'blend-0f3a9c2b71de' })
/** An instant of an answer. */
export const instant = (description: string, example = '2026-03-01T02:00:00.000Z') =>
  z.iso.datetime().meta({ description: `${description}, UTC.`, example })

const scores = (of: string, example: { n: number; log_loss: number; brier: number; auc: number | null; ece: number }) =>
  z
    .object({
      n: z.int().min(1).meta({ description: 'Bets that it was scored on.', example: 5200 }),
      log_loss: z
        .number()
        .meta({ description: 'Mean log loss, natural logarithm; lower is better.', example: 0.62608 }),
      brier: z
        .number()
        .meta({ description: 'Mean squared error of the probability; lower is better.', example: 0.2171 }),
      auc: z.number().nullable().meta({ description: 'Null where all test bets ended alike.', example: 0.7012 }),
      ece: z.number().meta({ description: 'Expected calibration error, 0 to 1.', example: 0.0123 }),
    })
    .meta({ description: of, example })

const difference = (of: string) =>
  z
    .object({
      mean: z.number().meta({ description: 'Below 0 where the model is better.', example: -0.00031 }),
      low: z.number().meta({ description: 'Lower end of the 95 % interval.', example: -0.00102 }),
      high: z
        .number()
        .meta({ description: 'Upper end; the model is proven better only where it is below 0.', example: 0.0004 }),
      days: z.int().min(0).meta({ description: 'Days that the interval was resampled by.', example: 120 }),
    })
    .meta({ description: of, example: { mean: -0.00031, low: -0.00102, high: 0.0004, days: 120 } })

const EXAMPLE_SCORES = { n: 5200, log_loss: 0.62608, brier: 0.2171, auc: 0.7012, ece: 0.0123 }

const scoreboardSchema = z
  .object({
    test_from: instant('First of the bets that nothing was learned from'),
    test_to: instant('Last of them'),
    model: scores('The model.', EXAMPLE_SCORES),
    implied: scores('Baseline: the price taken at its word.', EXAMPLE_SCORES),
    recalibrated_implied: scores('Baseline: the price with slope and intercept refitted.', EXAMPLE_SCORES),
    base_rate: scores('Baseline: the share of wins.', EXAMPLE_SCORES),
    model_minus_implied: difference('Log loss of the model less that of the price.'),
    model_minus_recalibrated: difference('Log loss of the model less that of the recalibrated price.'),
  })
  .meta({ id: 'Scoreboard', description: 'On bets that nothing was learned from, beside baselines that cost nothing.' })

const calibrationSchema = z
  .object({
    kind: z.string().meta({ description: 'How probabilities are calibrated.', example: 'platt' }),
    trials: z
      .array(
        z.object({
          kind: z.string().meta({ description: 'A kind that was tried.', example: 'isotonic' }),
          log_loss: z
            .number()
            .nullable()
            .meta({ description: 'Cross-validated; null where it did not fit.', example: 0.6262 }),
        }),
      )
      .meta({ description: 'What was tried.', example: [{ kind: 'isotonic', log_loss: 0.6262 }] }),
  })
  .meta({ description: 'Calibration of the probabilities.', example: { kind: 'none', trials: [] } })

const paritySchema = z
  .object({
    rows: z.int().min(1).meta({ description: 'Bets compared.', example: 5200 }),
    threshold_rows: z.int().min(0).meta({ description: 'Rows around every split compared.', example: 1800 }),
    largest_difference: z.number().min(0).meta({ description: 'Of the two probabilities.', example: 2.1e-7 }),
  })
  .meta({
    description: 'Largest difference between the ONNX file and the arithmetic that it was made from.',
    example: { rows: 5200, threshold_rows: 1800, largest_difference: 2.1e-7 },
  })

export const checksSchema = z
  .array(
    z.object({
      name: z.string().meta({ description: 'What was asked.', example: 'calibrated' }),
      passed: z.boolean().meta({ description: 'Whether it passed.', example: true }),
      detail: z
        .string()
        .meta({ description: 'The figure, and what it should be.', example: 'a prediction takes 0.21 ms' }),
    }),
  )
  .meta({ description: 'What the gate asked before it might serve; empty for a baseline.', example: [] })

const ledgerSchema = z
  .object({
    origin: z.enum(['own', 'demo']).meta({ description: '`demo` where the ledger is simulated.', example: 'own' }),
    bets: z.int().min(1).meta({ description: 'Bets of the ledger.', example: 27209 }),
    learned: z
      .int()
      .min(0)
      .meta({ description: 'Bets learned from; 0 where it was learned elsewhere.', example: 21767 }),
    learned_from: instant('Placement of the first').nullable().meta({
      description: 'Placement of the first bet learned from, UTC; null where none is known.',
      example: '2024-01-03T18:00:00.000Z',
    }),
    learned_to: instant('Placement of the last').nullable().meta({
      description: 'Placement of the last, UTC; null where none is known.',
      example: '2025-11-30T21:00:00.000Z',
    }),
  })
  .meta({
    description: 'What it was learned from.',
    example: { origin: 'own', bets: 27209, learned: 21767, learned_from: null, learned_to: null },
  })

/** What every listing tells of a version. */
export const summary = {
  version,
  kind: z.enum(MODEL_KINDS).meta({ description: 'What it is made of.', example: 'blend' }),
  created_at: instant('When it was registered'),
  verdict: z.enum(VERDICTS).meta({
    description:
      '`proven`: it passed every check. `not_proven`: nothing shows that it is good. `baseline`: the recalibrated market, which needs no proof.',
    example: 'proven',
  }),
  source: z
    .enum(['closeline', 'xgboost', 'lightgbm', 'onnx'])
    .meta({ description: 'Who trained it.', example: 'closeline' }),
  data_quality_passed: z.boolean().nullable().meta({
    description: 'What the quality gate said of its bets; null where nobody asked it.',
    example: true,
  }),
  calibration: calibrationSchema,
  parity: paritySchema,
  latency_ms: z
    .number()
    .min(0)
    .meta({ description: 'Mean time of a prediction when it was registered.', example: 0.21 }),
  ledger: ledgerSchema,
  scores: scoreboardSchema,
}
