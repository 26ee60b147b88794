import { createRoute } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { ApiEnv } from '../../shared/http/api.ts'
import { problemResponses } from '../../shared/http/api.ts'
import { secured } from '../../shared/http/authentication.ts'
import { createRoutes, jsonAnswer } from '../../shared/http/routes.ts'
import { InvariantError } from '../../shared/kernel/errors.ts'
import type { ExplainAnswer } from '../../shared/usecases/explain-prediction.ts'
import { createExplanations } from '../../shared/usecases/explain-prediction.ts'
import type { ServeDeps } from '../../shared/usecases/serve-predictions.ts'
import { servePredictions } from '../../shared/usecases/serve-predictions.ts'
import type { ExplainedPredictionBody } from './predict-answer-contract.ts'
import { explainedPredictionSchema } from './predict-answer-contract.ts'
import { toAskedBet, toExplanationBody, toPredictionBody, toPredictionRequest } from './predict-body.ts'
import type { PredictRequest } from './predict-contract.ts'
import { aliasBodySchema, explainQuerySchema, predictBodySchema, predictQuerySchema } from './predict-contract.ts'
import { BODY_PROBLEMS, PREDICTION_PROBLEMS } from './predict-problems.ts'
import { STYLE } from './style.ts'

const answered = {
  200: jsonAnswer(explainedPredictionSchema, 'The prediction; the header `x-model-version` names the model.'),
  ...problemResponses(PREDICTION_PROBLEMS),
}

const DESCRIPTION =
  'Win probability of a bet at the offered price, and what follows from it: expected ROI, Kelly stake, grade. With ' +
  '`?explain=true` also what the probability is made of.'

const predictPost = createRoute({
  method: 'post',
  path: '/api/v1/predict',
  tags: ['Prediction'],
  summary: 'Predict one bet',
  description: DESCRIPTION,
  ...secured('predict'),
  request: {
    query: explainQuerySchema,
    body: { required: true, content: { 'application/json': { schema: predictBodySchema } } },
  },
  responses: { ...answered, ...problemResponses(BODY_PROBLEMS) },
})

const predictGet = createRoute({
  method: 'get',
  path: '/api/v1/predict',
  tags: ['Prediction'],
  summary: 'Predict one bet, by query',
  description: 'The same as POST, with the fields as query parameters.',
  ...secured('predict'),
  request: { query: predictQuerySchema },
  responses: answered,
})

const predictAlias = createRoute({
  method: 'post',
  path: '/api/predict',
  tags: ['Prediction'],
  summary: 'Predict one bet, under its older path',
  description: 'The same as `/api/v1/predict`; the sportsbook may be called `institution`.',
  ...secured('predict'),
  request: {
    query: explainQuerySchema,
    body: { required: true, content: { 'application/json': { schema: aliasBodySchema } } },
  },
  responses: { ...answered, ...problemResponses(BODY_PROBLEMS) },
})

/** Predictions of single bets. */
export function predictRoutes(deps: ServeDeps) {
  const explain = createExplanations()

  async function answer(c: Context<ApiEnv>, request: PredictRequest, isExplained: boolean) {
    const body = await predictOne(c, deps, request, isExplained ? explain : undefined)
    return c.json(body, 200)
  }

  return createRoutes(STYLE)
    .openapi(predictPost, (c) => answer(c, c.req.valid('json'), c.req.valid('query').explain))
    .openapi(predictGet, (c) => answer(c, c.req.valid('query'), c.req.valid('query').explain))
    .openapi(predictAlias, (c) => answer(c, c.req.valid('json'), c.req.valid('query').explain))
}

/** The body of a prediction of one bet; sets the header and the fields of the log line that go with it. */
export async function predictOne(
  c: Context<ApiEnv>,
  deps: ServeDeps,
  request: PredictRequest,
  explain?: ExplainAnswer,
): Promise<ExplainedPredictionBody> {
  const { loaded, predictions, values } = await servePredictions(deps, toPredictionRequest(c, [toAskedBet(request)]))
  const [prediction] = predictions
  if (prediction === undefined) throw new InvariantError('one question has no answer')
  c.set('logFields', { modelVersion: prediction.modelVersion, grade: prediction.grade })
  c.header('x-model-version', prediction.modelVersion)
  const body = toPredictionBody(prediction)
  if (explain === undefined) return body
  const told = explain(loaded, values, prediction.winProbability)
  if ('unavailable' in told) return { ...body, explanation: null, explanation_unavailable: told.unavailable }
  return { ...body, explanation: toExplanationBody(told) }
}
