import { createRoute } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { tryDecodeURIComponent } from 'hono/utils/url'
import type { ApiEnv } from '../../shared/http/api.ts'
import { problemResponses } from '../../shared/http/api.ts'
import { secured } from '../../shared/http/authentication.ts'
import type { Problem } from '../../shared/http/problem.ts'
import { problemResponse } from '../../shared/http/problem.ts'
import { problemType } from '../../shared/http/problem-kinds.ts'
import { createRoutes, jsonAnswer } from '../../shared/http/routes.ts'
import type { Clock } from '../../shared/kernel/ports.ts'
import { servedFrom } from '../../shared/usecases/served-from.ts'
import type { ServingMarkets } from '../../shared/usecases/serving-markets.ts'
import { marketsInService } from '../../shared/usecases/serving-markets.ts'
import type { ServingModel } from '../../shared/usecases/serving-model.ts'
import { forecastBody } from './market-body.ts'
import type { MarketRequest } from './market-contract.ts'
import { marketBodySchema, marketForecastSchema, marketQuerySchema } from './market-contract.ts'
import { splitsInThree } from './market-path.ts'
import { STYLE } from './style.ts'

const PATH = '/api/v1/predict-market'

const forecasted = {
  200: jsonAnswer(marketForecastSchema, 'The forecast; `level` says whether it is of this market or of a wider one.'),
  ...problemResponses({
    401: 'No API key that holds.',
    403: 'The API key has no scope predict.',
    404: '`market_unknown`: no bet of the ledger was won or lost at a known price, so nothing is known of any market.',
    422: 'A name is missing, empty, too long or holds control characters.',
    429: 'Too many requests.',
    500: 'Closeline failed; the failure has been logged.',
    503: 'No market model has been trained, or none could be read yet.',
  }),
}

const description =
  'What the next 30 bets of a market are expected to do: win rate, ROI, their intervals, a score with a meaning. A ' +
  'market that the ledger does not know is forecast from its kind of bet in the sport, from the sport, or from the ' +
  'whole ledger; `level` says so, and nothing historical is invented for it.'

const forecastPost = createRoute({
  method: 'post',
  path: PATH,
  tags: ['Markets'],
  summary: 'Forecast a market',
  description,
  ...secured('predict'),
  request: { body: { required: true, content: { 'application/json': { schema: marketBodySchema } } } },
  responses: {
    ...forecasted,
    ...problemResponses({
      400: 'The body is not JSON.',
      413: 'The body is too large.',
      415: 'The body is not called JSON.',
    }),
  },
})

const forecastByQuery = createRoute({
  method: 'get',
  path: PATH,
  tags: ['Markets'],
  summary: 'Forecast a market, by query',
  description: 'The same as POST. The form to choose for names from outside: nothing in a name can be misread.',
  ...secured('predict'),
  request: { query: marketQuerySchema },
  responses: forecasted,
})

const forecastByPath = createRoute({
  method: 'get',
  path: `${PATH}/{sport}/{league}/{market}`,
  tags: ['Markets'],
  summary: 'Forecast a market, by path',
  description:
    'The same as POST. A slash in a name is written `%2F`. Where it arrives as a slash, because a gateway has decoded ' +
    'the path, the names are those of the one market of the ledger that the path can be split into; where there is ' +
    'not exactly one, the answer is 422.',
  ...secured('predict'),
  request: { params: marketQuerySchema },
  responses: forecasted,
})

/** Forecasts of markets. */
export function marketRoutes(deps: {
  markets: Pick<ServingMarkets, 'find' | 'problem' | 'confirmedAtMs'>
  /** Says whose ledger it is. */
  model: Pick<ServingModel, 'current'>
  clock: Clock
}) {
  const { markets, model, clock } = deps

  async function answer(c: Context<ApiEnv>, names: MarketRequest) {
    const loaded = await marketsInService(markets)
    const forecast = loaded.forecast(names)
    if (forecast.status === 'no_history') return unknownMarket(c)
    const nowMs = clock()
    const body = forecastBody(names, forecast, {
      featuresAsOfMs: loaded.model.asOfMs,
      origin: model.current()?.snapshot.origin ?? null,
      servedFrom: servedFrom(markets, nowMs),
      answeredAtMs: nowMs,
    })
    c.set('logFields', { request: names, forecast: { level: body.level, score: body.recommendation_score } })
    return c.json(body, 200)
  }

  const routes = createRoutes(STYLE)
    .openapi(forecastPost, (c) => answer(c, c.req.valid('json')))
    .openapi(forecastByQuery, (c) => answer(c, c.req.valid('query')))
    .openapi(forecastByPath, (c) => answer(c, c.req.valid('param')))

  // Paths of more than three parts: a slash in a name that is no longer encoded. A wildcard, since Hono's quicker router
  // takes no pattern of several parts, and would leave all routes of the app to the slower one.
  routes.get(`${PATH}/*`, secured('predict').middleware, async (c) => {
    const splits = splitsInThree(tryDecodeURIComponent(c.req.path.slice(PATH.length + 1)).split('/'))
    if (splits === undefined) throw new HTTPException(404)
    const { isKnown } = await marketsInService(markets)
    const [only, ...others] = splits.filter(isKnown)
    return only === undefined || others.length > 0 ? ambiguousPath(c) : answer(c, only)
  })
  return routes
}

function unknownMarket(c: Context<ApiEnv>) {
  const code = 'market_unknown'
  const problem: Problem = {
    type: problemType(code),
    title: 'Nothing is known of this market',
    status: 404,
    detail: 'no bet of the ledger was won or lost at a known price, so nothing is known of any market',
    errors: [],
    requestId: c.get('requestId'),
  }
  c.set('problem', code)
  return c.json(problem, 404, { 'content-type': 'application/problem+json' })
}

function ambiguousPath(c: Context<ApiEnv>): Response {
  return problemResponse(c, STYLE, {
    code: 'ambiguous_path',
    title: 'The request cannot be understood',
    status: 422,
    detail: `the path has more than three names: write a slash in a name as %2F, or ask ${PATH}?sport=…&league=…&market=…`,
  })
}
