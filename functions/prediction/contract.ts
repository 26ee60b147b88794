import * as z from 'zod'
import { BET_TYPES } from '../../shared/bets/bet.ts'
import { requiredName } from '../../shared/http/fields.ts'
import { GRADES } from '../../shared/usecases/predict-bet.ts'

const AMERICAN_ODDS_RULE = 'American odds are whole, from -10000 to -100 or from 100 to 10000'

/** A price left out is asked for; one that cannot be is told the rule. */
const oddsError = (issue: { input?: unknown }) => (issue.input === undefined ? 'is required' : AMERICAN_ODDS_RULE)

const americanOdds = z
  .union([z.int().min(-10_000).max(-100), z.int().min(100).max(10_000)], { error: oddsError })
  .meta({ description: `Price offered. ${AMERICAN_ODDS_RULE}.`, example: -110 })

const shared = {
  sport: requiredName('Sport, spelled as in your ledger.', 'Basketball'),
  league: requiredName('League.', 'NBA'),
  market: requiredName('Market.', 'Player Points'),
  institution_name: requiredName('Sportsbook.', 'DraftKings'),
  bet_type: z.enum(BET_TYPES).default('straight').meta({ description: 'How many selections, and how combined.' }),
}

const CLV_NOTE = 'Closing-line value in per cent. Accepted and logged; never an input, since no close is known yet.'

/** Body of `POST /api/v1/predict`. */
export const predictBodySchema = z
  .strictObject({
    ...shared,
    odds: americanOdds,
    is_live: z.boolean().default(false).meta({ description: 'Whether the event is in play.' }),
    clv_percentage: z.number().default(0).meta({ description: CLV_NOTE }),
  })
  .meta({ id: 'PredictRequest' })

/** Query of `GET /api/v1/predict`: the same fields as text. Unknown parameters are ignored. */
export const predictQuerySchema = z.object({
  ...shared,
  odds: z
    .string({ error: oddsError })
    // A bare + in a query means a space, and "odds=+150" is what people type.
    .trim()
    .regex(/^[+-]?([1-9]\d{2,3}|10000)$/, { error: AMERICAN_ODDS_RULE })
    .transform(Number)
    .pipe(americanOdds)
    .meta({ description: `Price offered. ${AMERICAN_ODDS_RULE}.`, example: '-110' }),
  is_live: z
    .enum(['true', 'false'], { error: 'is either true or false' })
    .default('false')
    .transform((text) => text === 'true'),
  clv_percentage: z
    .string()
    .regex(/^-?\d+(\.\d+)?$/, { error: 'a number, such as 1.5' })
    .default('0')
    .transform(Number)
    .meta({ description: CLV_NOTE }),
})

export type PredictRequest = z.output<typeof predictBodySchema>

const probability = z.number().min(0).max(1)

export const predictionSchema = z
  .object({
    win_probability: probability.meta({ description: 'Calibrated probability of winning, 0 to 1.', example: 0.5134 }),
    expected_roi: z
      .number()
      .meta({ description: 'Per cent of the stake: (p · decimal odds − 1) · 100.', example: -1.9874 }),
    kelly_fraction: probability.meta({
      description: 'Full Kelly share of bankroll, 0 to 1; 0 without an edge.',
      example: 0,
    }),
    recommended_stake_pct: z
      .number()
      .min(0)
      .max(5)
      .meta({ description: 'Quarter Kelly in per cent of bankroll, at most 5.' }),
    confidence: probability.meta({ description: 'Trust from the history behind it and the width of its interval.' }),
    bet_grade: z.enum(GRADES).meta({ description: 'A to F by expected ROI and confidence.', example: 'D' }),
    profitable: z.boolean().meta({ description: 'Whether the expected ROI is above 0.' }),
    timestamp: z.iso.datetime().meta({ description: 'When it was predicted, UTC.' }),
    model_version: z.string().meta({ example: 'blend-0f3a9c2b71de' }),
    probability_interval: z
      .object({ low: probability, high: probability, level: z.literal(0.95) })
      .meta({ description: 'How precisely the history behind it can know such a win rate.' }),
    history_bets: z.int().min(0).meta({
      description: 'Bets of this sport and market in the ledger that were won or lost at a known price.',
      example: 240,
    }),
    stale_features: z.array(z.string()).meta({
      description:
        'Inputs that nobody has brought up to date within their time to live: they count as unknown. Mostly empty.',
      example: [],
    }),
    features_as_of: z.iso.datetime().meta({ description: 'When the ledger behind the features was last read, UTC.' }),
    data: z
      .enum(['own', 'demo'])
      .meta({ description: '`demo` where the ledger is simulated: the answer is an example.' }),
  })
  .meta({ id: 'Prediction' })

export type PredictionBody = z.infer<typeof predictionSchema>

export const healthSchema = z
  .object({
    status: z.enum(['healthy', 'degraded']),
    models_loaded: z.boolean(),
    model_version: z.string().nullable(),
    data: z.enum(['own', 'demo']).nullable(),
    version: z.string(),
    uptime_seconds: z.number(),
  })
  .meta({ id: 'Health' })

export const readySchema = z
  .object({
    status: z.literal('ready'),
    model_version: z.string(),
    inference_ms: z.number().meta({ description: 'How long the inference just run took.' }),
  })
  .meta({ id: 'Ready' })

export const liveSchema = z.object({ status: z.literal('alive') }).meta({ id: 'Live' })
