import { createRoute } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { ApiEnv } from '../../shared/http/api.ts'
import { problemResponses } from '../../shared/http/api.ts'
import { secured } from '../../shared/http/authentication.ts'
import { createRoutes, jsonAnswer } from '../../shared/http/routes.ts'
import type { ServeDeps } from '../../shared/usecases/serve-predictions.ts'
import type { BatchOutcome } from './batch-answer.ts'
import { batchAnswer, predictEach } from './batch-answer.ts'
import { batchAnswerSchema, batchBodySchema } from './batch-contract.ts'
import { BODY_PROBLEMS, PREDICTION_PROBLEMS } from './predict-problems.ts'
import { STYLE } from './style.ts'

const predictBatch = createRoute({
  method: 'post',
  path: '/api/v1/batch-predict',
  tags: ['Prediction'],
  summary: 'Predict up to 100 bets',
  description:
    'Each bet is predicted as `POST /api/v1/predict` would, all by one run of the model. Bets that cannot be are among ' +
    '`errors`, with the fields to blame, and spoil nothing for the others; averages over no prediction are null.',
  ...secured('predict'),
  request: { body: { required: true, content: { 'application/json': { schema: batchBodySchema } } } },
  responses: {
    200: jsonAnswer(batchAnswerSchema, 'Predictions, errors and a summary; each bet is in one of the first two.'),
    ...problemResponses({
      ...PREDICTION_PROBLEMS,
      ...BODY_PROBLEMS,
      422: '`bets` is missing, empty, longer than 100, or no list.',
    }),
  },
})

/** Predictions of many bets. */
export function batchRoutes(deps: ServeDeps) {
  return createRoutes(STYLE).openapi(predictBatch, async (c) => {
    const outcomes = await predictEach(c, deps, c.req.valid('json').bets)
    tellOf(c, outcomes)
    return c.json(batchAnswer(outcomes), 200)
  })
}

/** Sets the header and the fields of the log line that go with an answer. */
export function tellOf(c: Context<ApiEnv>, outcomes: readonly BatchOutcome[]): void {
  const predicted = outcomes.find((outcome) => 'prediction' in outcome)
  const failed = outcomes.filter((outcome) => 'errors' in outcome).length
  c.set('logFields', { bets: outcomes.length, failed, modelVersion: predicted?.prediction.modelVersion ?? null })
  if (predicted !== undefined) c.header('x-model-version', predicted.prediction.modelVersion)
}
