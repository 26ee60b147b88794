import { createRoute } from '@hono/zod-openapi'
import { HTTPException } from 'hono/http-exception'
import { problemResponses } from '../../shared/http/api.ts'
import { secured } from '../../shared/http/authentication.ts'
import { createRoutes, jsonAnswer } from '../../shared/http/routes.ts'
import type { Clock } from '../../shared/kernel/ports.ts'
import { modelInService } from '../../shared/usecases/predict-bets.ts'
import { servedFrom } from '../../shared/usecases/served-from.ts'
import type { ServingMarkets } from '../../shared/usecases/serving-markets.ts'
import type { ServingModel } from '../../shared/usecases/serving-model.ts'
import type { ServingRegistry } from '../../shared/usecases/serving-registry.ts'
import { modeOf } from './model-mode.ts'
import { modelInfoBody, modelsBody } from './models-body.ts'
import type { ReloadBody } from './models-contract.ts'
import { modelInfoSchema, modelsQuerySchema, modelsSchema, reloadSchema } from './models-contract.ts'
import { STYLE } from './style.ts'

const refused = (scope: string) =>
  problemResponses({
    401: 'No API key that holds.',
    403: `The API key has no scope ${scope}.`,
    429: 'Too many requests.',
    500: 'Closeline failed; the failure has been logged.',
  })

const modelInfo = createRoute({
  method: 'get',
  path: '/api/v1/model-info',
  tags: ['Models'],
  summary: 'The model in service',
  description: 'What it is, what it was learned from, and how it scored beside baselines that cost nothing.',
  ...secured('read'),
  responses: {
    200: jsonAnswer(modelInfoSchema, 'The model in service.'),
    ...refused('read'),
    ...problemResponses({ 503: 'No model is in service.' }),
  },
})

const models = createRoute({
  method: 'get',
  path: '/api/v1/models',
  tags: ['Models'],
  summary: 'Model versions, aliases and their moves',
  description: 'The registry as it was when last read, at most about a minute ago.',
  ...secured('read'),
  request: { query: modelsQuerySchema },
  responses: {
    200: jsonAnswer(modelsSchema, 'The registry; empty where nothing has been trained.'),
    ...refused('read'),
    ...problemResponses({
      422: '`limit` is no whole number from 1 to 100.',
      503: 'The registry could not be read yet.',
    }),
  },
})

const reload = createRoute({
  method: 'post',
  path: '/api/v1/reload-models',
  tags: ['Models'],
  summary: 'Take the newest models into service now',
  description:
    'Looks at once instead of within a minute, in the process that gets the request; others look by themselves. 503 ' +
    'where the newest could not be taken: what served before goes on serving. Where the model is pinned (`model_mode`) it ' +
    'stays, and only features and markets are looked for.',
  ...secured('admin'),
  responses: {
    200: jsonAnswer(reloadSchema, 'The newest serves.'),
    ...refused('admin'),
    ...problemResponses({ 503: 'It does not, and why.' }),
  },
})

/** What serves, what could, and having it looked for. */
export function modelsRoutes(deps: {
  model: ServingModel
  markets: Pick<ServingMarkets, 'current' | 'problem' | 'confirmedAtMs' | 'refresh'>
  registry: ServingRegistry
  clock: Clock
}) {
  const { model, markets, registry, clock } = deps
  const marketsAsOf = () => {
    const asOfMs = markets.current()?.model.asOfMs
    return asOfMs === undefined ? null : new Date(asOfMs).toISOString()
  }

  return createRoutes(STYLE)
    .openapi(modelInfo, (c) => {
      const loaded = modelInService(model)
      c.header('x-model-version', loaded.manifest.version)
      return c.json(modelInfoBody(loaded, { servedFrom: servedFrom(model, clock()), mode: modeOf(model) }), 200)
    })
    .openapi(models, async (c) => c.json(modelsBody(await registry.contents(), c.req.valid('query').limit), 200))
    .openapi(reload, async (c) => {
      const before = { model: model.current()?.manifest.version ?? null, markets: marketsAsOf() }
      const askedAtMs = clock()
      await Promise.all([lookSince(model, askedAtMs), lookSince(markets, askedAtMs), registry.refresh()])
      const after = model.current()?.manifest.version
      const problem = model.problem() ?? markets.problem()
      if (problem !== undefined || after === undefined) {
        throw new HTTPException(503, { message: `${problem ?? 'no model is there'}; ${servesNow(after)}` })
      }
      const body: ReloadBody = {
        status: 'success',
        message: model.pin === undefined ? reloadMessage(before.model, after) : pinnedMessage(after),
        model_mode: modeOf(model),
        model: { before: before.model, after },
        markets: { before: before.markets, after: marketsAsOf() },
      }
      c.set('logFields', { reload: body })
      return c.json(body, 200)
    })
}

/** Looks for what is newest; a look that was under way already may have missed what came since, so another follows it. */
async function lookSince(
  served: Pick<ServingModel, 'problem' | 'confirmedAtMs' | 'refresh'>,
  askedAtMs: number,
): Promise<void> {
  await served.refresh()
  const confirmedAtMs = served.confirmedAtMs()
  if (confirmedAtMs === undefined || confirmedAtMs < askedAtMs) await served.refresh()
}

function servesNow(version: string | undefined): string {
  return version === undefined ? 'none serves' : `model ${version} goes on serving`
}

function pinnedMessage(version: string): string {
  return `model ${version} is pinned to this version of the function and stays: another one comes with a deployment; features and markets were looked for`
}

function reloadMessage(before: string | null, after: string): string {
  if (before === after) return `model ${after} goes on serving: it is the newest`
  return before === null ? `model ${after} serves` : `model ${after} serves in place of ${before}`
}
