import { createRoute } from '@hono/zod-openapi'
import { HTTPException } from 'hono/http-exception'
import * as z from 'zod'
import { problemResponses } from '../../shared/http/api.ts'
import { secured } from '../../shared/http/authentication.ts'
import { createRoutes, jsonAnswer } from '../../shared/http/routes.ts'
import { round } from '../../shared/kernel/numeric.ts'
import type { Clock } from '../../shared/kernel/ports.ts'
import type { BetQuestion } from '../../shared/usecases/bet-prediction.ts'
import { predictBets } from '../../shared/usecases/predict-bets.ts'
import type { ServingMarkets } from '../../shared/usecases/serving-markets.ts'
import type { ServingModel } from '../../shared/usecases/serving-model.ts'
import type { HealthBody } from './health-contract.ts'
import { healthSchema, liveSchema, readySchema } from './health-contract.ts'
import { modeOf } from './model-mode.ts'
import { STYLE } from './style.ts'

/** Content type of Prometheus' text format. */
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

const refused = problemResponses({
  401: 'No API key that holds.',
  403: 'The API key has no scope read.',
  429: 'Too many requests.',
  500: 'Closeline failed; the failure has been logged.',
})

const busy = problemResponses({
  429: 'Too many requests.',
  500: 'Closeline failed; the failure has been logged.',
})

const health = createRoute({
  method: 'get',
  path: '/health',
  tags: ['Health'],
  summary: 'Whether predictions can be had',
  description:
    'From memory. 200 while any model serves, `degraded` where a newer one could not be loaded; 503 where none serves.',
  responses: {
    200: jsonAnswer(healthSchema, 'A model serves.'),
    503: jsonAnswer(healthSchema, 'No model serves.'),
    ...busy,
  },
})

const ready = createRoute({
  method: 'get',
  path: '/ready',
  tags: ['Health'],
  summary: 'Whether the newest model serves',
  description: 'Checks the registered model and runs one inference on the one in service.',
  ...secured('read'),
  responses: {
    200: jsonAnswer(readySchema, 'It does.'),
    ...refused,
    ...problemResponses({ 503: 'It does not, and why.' }),
  },
})

const live = createRoute({
  method: 'get',
  path: '/live',
  tags: ['Health'],
  summary: 'Whether the process answers',
  responses: { 200: jsonAnswer(liveSchema, 'It does.'), ...busy },
})

const metricsPage = createRoute({
  method: 'get',
  path: '/metrics',
  tags: ['Health'],
  summary: 'Metrics for Prometheus',
  description: 'Counters and timings in Prometheus’ text format.',
  ...secured('read'),
  responses: {
    200: {
      description: 'The metrics.',
      content: {
        'text/plain': {
          schema: z.string().meta({ description: 'Lines of the text format, version 0.0.4.', example: '# EOF' }),
        },
      },
    },
    ...refused,
    ...problemResponses({ 503: 'The metrics cannot be had at the moment.' }),
  },
})

/** Whether predictions can be had, and what has been measured. */
export function healthRoutes(deps: {
  model: ServingModel
  markets: Pick<ServingMarkets, 'current'>
  metricsPage: { page(): Promise<string> }
  clock: Clock
  /** Version of the software. */
  version: string
  /** Where it runs, as `/health` tells. */
  environment: string
}) {
  const { model, clock } = deps
  const startedAtMs = clock()

  function healthBody(): HealthBody {
    const loaded = model.current()
    return {
      status: model.problem() === undefined ? 'healthy' : 'degraded',
      models_loaded: loaded !== undefined,
      model_timestamp: loaded?.manifest.createdAt ?? null,
      model_version: loaded?.manifest.version ?? null,
      model_mode: modeOf(model),
      features_as_of: loaded === undefined ? null : new Date(loaded.snapshot.lookedAtMs).toISOString(),
      markets_loaded: deps.markets.current() !== undefined,
      data: loaded?.snapshot.origin ?? null,
      environment: deps.environment,
      version: deps.version,
      uptime_seconds: round(Math.max(0, clock() - startedAtMs) / 1000, 1),
    }
  }

  return createRoutes(STYLE)
    .openapi(health, (c) => {
      const body = healthBody()
      if (body.models_loaded) return c.json(body, 200)
      c.header('retry-after', '5')
      return c.json(body, 503)
    })
    .openapi(ready, async (c) => {
      await model.refresh()
      const problem = model.problem()
      if (problem !== undefined) throw new HTTPException(503, { message: problem })
      const before = performance.now()
      const { loaded } = await predictBets(deps, [SMOKE_QUESTION])
      const inferenceMs = round(performance.now() - before, 2)
      const served = { model_version: loaded.manifest.version, model_mode: modeOf(model) }
      return c.json({ status: 'ready' as const, ...served, inference_ms: inferenceMs }, 200)
    })
    .openapi(live, (c) => c.json({ status: 'alive' as const }, 200))
    .openapi(metricsPage, async (c) => c.text(await deps.metricsPage.page(), 200, { 'content-type': METRICS_TYPE }))
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
