import * as z from 'zod'
import { RETURN_SOURCES } from '../../shared/usecases/bet-prediction.ts'
import { GRADES } from '../../shared/usecases/grade.ts'
import { SERVED_FROM } from '../../shared/usecases/served-from.ts'

const probability = z.number().min(0).max(1)
const share = (description: string, example: number) => probability.meta({ description, example })
const logOdds = (description: string, example: number) => z.number().meta({ description, example })

const contributionSchema = z
  .object({
    feature: z.string().meta({ description: 'Name of the input.', example: 'sport_market_residual' }),
    description: z.string().meta({ description: 'What it measures.', example: 'Log-odds of the implied probability.' }),
    value: z.number().nullable().meta({ description: 'Its value; null where it is not known.', example: 0.0123 }),
    contribution: logOdds('Its Shapley value: what it adds to the log-odds of winning.', 0.0496),
    probability_points: z
      .number()
      .min(-100)
      .max(100)
      .nullable()
      .meta({
        description:
          'The same in points of probability (per cent): the win probability minus what it would be without this ' +
          'contribution. These do not add up, log-odds do. Null where the model bends its log-odds afterwards.',
        example: 1.24,
      }),
    sentence: z.string().meta({
      description: 'The same in words.',
      example: 'sport market residual is 0.0123, which raises the win probability from 50.10 % to 51.34 %.',
    }),
  })
  .meta({ id: 'Contribution' })

const explanationSchema = z
  .object({
    base_value: logOdds('Log-odds before any feature is looked at.', -0.021),
    contributions: z.array(contributionSchema).meta({
      description: 'The largest contributions, at most five, none of zero.',
      example: [],
    }),
    other_features: z
      .object({
        count: z.int().min(0).meta({ description: 'How many.', example: 22 }),
        contribution: logOdds('What they add together.', 0.0031),
      })
      .meta({ description: 'The features that are not listed.', example: { count: 22, contribution: 0.0031 } }),
    calibration: logOdds('What calibration adds where it is a curve; else 0.', 0),
    log_odds: logOdds(
      'Log-odds of the win probability: base_value + all contributions + other_features.contribution + calibration.',
      0.0536,
    ),
  })
  .meta({ id: 'Explanation' })

const intervalSchema = z.object({
  low: share('Lower end.', 0.45),
  high: share('Upper end.', 0.577),
  level: z.literal(0.95).meta({ description: 'Confidence.', example: 0.95 }),
})

const predictionFields = {
  win_probability: share('Calibrated probability of winning, 0 to 1.', 0.5134),
  expected_roi: z
    .number()
    .min(-100)
    .meta({ description: 'Per cent of the stake, by what `expected_roi_from` says.', example: -1.9874 }),
  expected_roi_from: z.enum(RETURN_SOURCES).meta({
    description:
      '`probability`: (p · decimal odds − 1) · 100. `roi_head`: a model of returns, which serves only where it was ' +
      'proven to be better.',
    example: 'probability',
  }),
  kelly_fraction: share('Full Kelly share of bankroll, 0 to 1; 0 without an edge.', 0),
  recommended_stake_pct: z
    .number()
    .min(0)
    .max(5)
    .meta({ description: 'Quarter Kelly in per cent of bankroll, at most 5.', example: 0 }),
  confidence: share('Trust from the history behind it and the width of its interval, 0 to 1.', 0.62),
  bet_grade: z.enum(GRADES).meta({ description: 'A to F by expected ROI and confidence.', example: 'D' }),
  profitable: z.boolean().meta({ description: 'Whether the expected ROI is above 0.', example: false }),
  timestamp: z.iso.datetime().meta({ description: 'When it was predicted, UTC.', example: '2025-06-01T12:00:00.000Z' }),
  model_version: z.string().meta({ description: 'The model that answered.', example: 'blend-0f3a9c2b71de' }),
  probability_interval: intervalSchema.meta({
    description: 'How precisely the history behind it can know such a win rate, 0 to 1.',
    example: { low: 0.45, high: 0.577, level: 0.95 },
  }),
  history_bets: z.int().min(0).meta({
    description: 'Bets of this sport and market in the ledger that were won or lost at a known price.',
    example: 240,
  }),
  stale_features: z.array(z.string()).meta({
    description:
      'Inputs that nobody has brought up to date within their time to live: they count as unknown. Mostly empty.',
    example: [],
  }),
  features_as_of: z.iso.datetime().meta({
    description: 'When the ledger behind the features was last read, UTC.',
    example: '2025-06-01T11:30:00.000Z',
  }),
  data: z
    .enum(['own', 'demo'])
    .meta({ description: '`demo` where the ledger is simulated: the answer is an example.', example: 'own' }),
  served_from: z.enum(SERVED_FROM).meta({
    description:
      '`current` where model and features are known to be the newest; `memory` where the last look at where they are ' +
      'kept failed or is older than 5 minutes, so that newer ones may exist.',
    example: 'current',
  }),
}

/** A prediction, as every route gives it. */
export const predictionSchema = z.object(predictionFields).meta({ id: 'Prediction' })

/** A prediction of a route that may explain it. */
export const explainedPredictionSchema = z
  .object({
    ...predictionFields,
    explanation: explanationSchema.nullable().optional().meta({
      description: 'With `?explain=true`; null where this model cannot be taken apart, and why follows.',
      example: null,
    }),
    explanation_unavailable: z.string().optional().meta({
      description: 'Why there is no explanation.',
      example: 'the model’s file is of another form than those whose parts can be read',
    }),
  })
  .meta({ id: 'ExplainedPrediction' })

export type PredictionBody = z.infer<typeof predictionSchema>
export type ExplainedPredictionBody = z.infer<typeof explainedPredictionSchema>
export type ExplanationBody = z.infer<typeof explanationSchema>
