import type { OpenAPIHono } from '@hono/zod-openapi'
import { createRoute } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ApiEnv } from '../../shared/http/api.ts'
import { createApi, problemResponses } from '../../shared/http/api.ts'
import type { ProblemStyle } from '../../shared/http/problem.ts'
import { round } from '../../shared/kernel/numeric.ts'
import type { Clock, Logger } from '../../shared/kernel/ports.ts'
import type { BetPrediction, BetQuestion } from '../../shared/usecases/predict-bet.ts'
import { predictBet } from '../../shared/usecases/predict-bet.ts'
import type { ServingModel } from '../../shared/usecases/serving-model.ts'
import type { PredictionBody, PredictRequest } from './contract.ts'
import {
  healthSchema,
  liveSchema,
  predictBodySchema,
  predictionSchema,
  predictQuerySchema,
  readySchema,
} from './contract.ts'

const STYLE: ProblemStyle = { invalidStatus: 422, withEnvelope: false }

const json = <T>(schema: T, description: string) => ({ description, content: { 'application/json': { schema } } })

const predicted = {
  200: json(predictionSchema, 'The prediction.'),
  ...problemResponses({
    422: 'A field is missing or out of range.',
    500: 'Closeline failed; the failure has been logged.',
    503: 'No model is in service.',
  }),
}

const predictPost = createRoute({
  method: 'post',
  path: '/api/v1/predict',
  tags: ['Prediction'],
  summary: 'Predict one bet',
  description:
    'Win probability of a bet at the offered price, and what follows from it: expected ROI, Kelly stake, grade.',
  request: { body: { required: true, content: { 'application/json': { schema: predictBodySchema } } } },
  responses: {
    ...predicted,
    ...problemResponses({
      400: 'The body is not JSON.',
      413: 'The body is too large.',
      415: 'The body is not called JSON.',
    }),
  },
})

const predictGet = createRoute({
  method: 'get',
  path: '/api/v1/predict',
  tags: ['Prediction'],
  summary: 'Predict one bet, by query',
  description: 'The same as POST, with the fields as query parameters.',
  request: { query: predictQuerySchema },
  responses: predicted,
})

const health = createRoute({
  method: 'get',
  path: '/health',
  tags: ['Health'],
  summary: 'Whether predictions can be had',
  description: '200 while any model serves, `degraded` where a newer one could not be loaded; 503 where none serves.',
  responses: { 200: json(healthSchema, 'A model serves.'), 503: json(healthSchema, 'No model serves.') },
})

const ready = createRoute({
  method: 'get',
  path: '/ready',
  tags: ['Health'],
  summary: 'Whether the newest model serves',
  description: 'Checks the registered model and runs one inference on the one in service.',
  responses: { 200: json(readySchema, 'It does.'), ...problemResponses({ 503: 'It does not, and why.' }) },
})

const live = createRoute({
  method: 'get',
  path: '/live',
  tags: ['Health'],
  summary: 'Whether the process answers',
  responses: { 200: json(liveSchema, 'It does.') },
})

export interface PredictionDeps {
  model: ServingModel
  clock: Clock
  logger: Logger
  /** Version of the software. */
  version: string
}

/** The prediction API: win probabilities, and whether they can be had. */
export function createPredictionApp(deps: PredictionDeps): OpenAPIHono<ApiEnv> {
  const { model, clock } = deps
  const startedAtMs = clock()
  const app = createApi({ style: STYLE, logger: deps.logger, clock })

  async function answer(c: Context<ApiEnv>, request: PredictRequest) {
    const body = toBody(await predictBet(deps, toQuestion(request)))
    // The question and the answer go on the request's log line: the closing-line value is kept there and used nowhere.
    c.set('logFields', { request, prediction: body })
    c.header('x-model-version', body.model_version)
    return c.json(body, 200)
  }

  app.openapi(predictPost, (c) => answer(c, c.req.valid('json')))
  app.openapi(predictGet, (c) => answer(c, c.req.valid('query')))
  app.openapi(health, (c) => {
    const loaded = model.current()
    const body = {
      status: model.problem() === undefined ? ('healthy' as const) : ('degraded' as const),
      models_loaded: loaded !== undefined,
      model_version: loaded?.manifest.version ?? null,
      data: loaded?.snapshot.origin ?? null,
      version: deps.version,
      uptime_seconds: round((clock() - startedAtMs) / 1000, 1),
    }
    return loaded === undefined ? c.json(body, 503) : c.json(body, 200)
  })
  app.openapi(ready, async (c) => {
    await model.refresh()
    const problem = model.problem()
    if (problem !== undefined) throw new HTTPException(503, { message: problem })
    const before = performance.now()
    const prediction = await predictBet(deps, SMOKE_QUESTION)
    const body = {
      status: 'ready' as const,
      model_version: prediction.modelVersion,
      inference_ms: round(performance.now() - before, 2),
    }
    return c.json(body, 200)
  })
  app.openapi(live, (c) => c.json({ status: 'alive' as const }, 200))
  return app
}

/** An even-money bet on nothing known: what readiness is tried with. */
const SMOKE_QUESTION: BetQuestion = {
  sport: 'smoke',
  league: 'smoke',
  market: 'smoke',
  book: 'smoke',
  betType: 'straight',
  americanOdds: 100,
  isLive: false,
}

function toQuestion(request: PredictRequest): BetQuestion {
  return {
    sport: request.sport,
    league: request.league,
    market: request.market,
    book: request.institution_name,
    betType: request.bet_type,
    americanOdds: request.odds,
    isLive: request.is_live,
  }
}

function toBody(prediction: BetPrediction): PredictionBody {
  const { low, high } = prediction.probabilityInterval
  const expectedRoi = round(prediction.expectedReturn * 100, 4)
  return {
    win_probability: round(prediction.winProbability, 6),
    expected_roi: expectedRoi,
    kelly_fraction: round(prediction.kelly, 6),
    recommended_stake_pct: round(prediction.stakeShare * 100, 4),
    confidence: round(prediction.confidence, 4),
    bet_grade: prediction.grade,
    profitable: expectedRoi > 0,
    timestamp: new Date(prediction.predictedAtMs).toISOString(),
    model_version: prediction.modelVersion,
    probability_interval: { low: round(low, 4), high: round(high, 4), level: 0.95 },
    history_bets: prediction.historyBets,
    stale_features: prediction.staleFeatures,
    features_as_of: new Date(prediction.featuresAsOfMs).toISOString(),
    data: prediction.origin,
  }
}
