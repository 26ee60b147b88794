import { createRoute } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { ApiEnv } from '../../shared/http/api.ts'
import { problemResponses } from '../../shared/http/api.ts'
import { secured } from '../../shared/http/authentication.ts'
import type { Problem } from '../../shared/http/problem.ts'
import { problemKind, problemType } from '../../shared/http/problem-kinds.ts'
import { createRoutes, jsonAnswer } from '../../shared/http/routes.ts'
import type { ServeDeps } from '../../shared/usecases/serve-predictions.ts'
import { errorText, predictEach } from './batch-answer.ts'
import { legacyBatchAnswerSchema, legacyBatchBodySchema } from './batch-contract.ts'
import { tellOf } from './batch-routes.ts'
import { predictionSchema } from './predict-answer-contract.ts'
import { toPredictionBody } from './predict-body.ts'
import { legacyQuerySchema } from './predict-contract.ts'
import { BODY_PROBLEMS, PREDICTION_PROBLEMS } from './predict-problems.ts'
import { predictOne } from './predict-routes.ts'
import { STYLE } from './style.ts'

const mlPredict = createRoute({
  method: 'get',
  path: '/ml-predict',
  tags: ['Legacy'],
  summary: 'Predict one bet, for old clients',
  description: 'As `GET /api/v1/predict`, which new clients use. A name that is empty is 400 here.',
  deprecated: true,
  ...secured('predict'),
  request: { query: legacyQuerySchema },
  responses: {
    200: jsonAnswer(predictionSchema, 'The prediction.'),
    ...problemResponses({ ...PREDICTION_PROBLEMS, 400: 'A name is empty.' }),
  },
})

const batchPredict = createRoute({
  method: 'post',
  path: '/batch-predict',
  tags: ['Legacy'],
  summary: 'Predict up to 100 bets, for old clients',
  description: 'As `POST /api/v1/batch-predict`, which new clients use: one list, in the order of the bets.',
  deprecated: true,
  ...secured('predict'),
  request: { body: { required: true, content: { 'application/json': { schema: legacyBatchBodySchema } } } },
  responses: {
    200: jsonAnswer(legacyBatchAnswerSchema, 'A prediction for each bet, or why there is none.'),
    ...problemResponses({
      ...PREDICTION_PROBLEMS,
      ...BODY_PROBLEMS,
      400: 'The body is not JSON, or there is no bet in it.',
      422: '`bets` is longer than 100, or no list.',
    }),
  },
})

/** What clients of the servers before this one call. */
export function legacyRoutes(deps: ServeDeps) {
  return createRoutes(STYLE)
    .openapi(mlPredict, async (c) => {
      const query = c.req.valid('query')
      const empty = NAMES.filter((name) => query[name] === '')
      if (empty.length > 0) return emptyProblem(c, empty)
      return c.json(await predictOne(c, deps, query), 200)
    })
    .openapi(batchPredict, async (c) => {
      const { bets } = c.req.valid('json')
      if (bets.length === 0) return emptyProblem(c, ['bets'])
      const outcomes = await predictEach(c, deps, bets)
      tellOf(c, outcomes)
      const predictions = outcomes.map((outcome) =>
        'errors' in outcome ? { error: errorText(outcome) } : toPredictionBody(outcome.prediction),
      )
      return c.json({ predictions, count: outcomes.length }, 200)
    })
}

const NAMES = ['sport', 'league', 'market', 'institution_name'] as const

/** The status that old clients know for what is empty, where all else that cannot be is 422. */
function emptyProblem(c: Context<ApiEnv>, fields: readonly string[]) {
  const errors = fields.map((field) => ({ field, message: 'must not be empty' }))
  const detail = errors.map(({ field, message }) => `${field}: ${message}`).join('; ')
  const { code, title } = problemKind(400)
  c.set('problem', code)
  const problem: Problem = {
    type: problemType(code),
    title,
    status: 400,
    detail,
    errors,
    requestId: c.get('requestId'),
  }
  return c.json(problem, 400, { 'content-type': 'application/problem+json' })
}
