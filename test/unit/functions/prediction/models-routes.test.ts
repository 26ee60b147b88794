import { beforeEach, describe, expect, it } from 'vitest'
import { modelInfoSchema, modelsSchema, reloadSchema } from '../../../../functions/prediction/models-contract.ts'
import { modelsRoutes } from '../../../../functions/prediction/models-routes.ts'
import { fitMarkets } from '../../../../shared/market-model/fit-markets.ts'
import { marketRows } from '../../../../shared/market-model/market-rows.ts'
import { encodeMarkets } from '../../../../shared/market-model/snapshot.ts'
import { WIN_PROBABILITY_INPUTS } from '../../../../shared/recipe/inputs.ts'
import { createServingMarkets } from '../../../../shared/usecases/serving-markets.ts'
import { createServingModel } from '../../../../shared/usecases/serving-model.ts'
import { createServingRegistry } from '../../../../shared/usecases/serving-registry.ts'
import { MARKETS_KEY } from '../../../../shared/usecases/train-markets.ts'
import { bet } from '../../../support/bets.ts'
import { breakableStore, STORE_SECRET } from '../../../support/breakable-store.ts'
import { problemOf } from '../../../support/http-answers.ts'
import { manualClock } from '../../../support/manual-clock.ts'
import { memoryLogger } from '../../../support/memory-logger.ts'
import { memoryObjectStore } from '../../../support/memory-object-store.ts'
import {
  fillForServing,
  fixedScorer,
  MODELS_MADE_MS,
  marketBlend,
  modelVersion,
  promote,
} from '../../../support/models.ts'
import { openAccess } from '../../../support/open-access.ts'
import type { CheckedApi } from './checked-api.ts'
import { checkedApi } from './checked-api.ts'

const LEDGER = [bet({ id: 'a' }), bet({ id: 'b', state: 'lost', market: 'Spread' }), bet({ id: 'c', sport: 'Tennis' })]
const RELOAD = '/api/v1/reload-models'

describe('the models', () => {
  let objects: ReturnType<typeof breakableStore>
  let clock: ReturnType<typeof manualClock>
  let served: ReturnType<typeof serving>
  let api: CheckedApi

  function serving() {
    const deps = { objects, clock, logger: memoryLogger(), maxAgeMs: 60_000 }
    return {
      model: createServingModel({ ...deps, loadScorer: fixedScorer(0.5) }),
      markets: createServingMarkets(deps),
      registry: createServingRegistry(deps),
    }
  }

  const learnMarkets = (asOfMs: number) =>
    objects.put(MARKETS_KEY, encodeMarkets(fitMarkets(marketRows(LEDGER), asOfMs)))
  const newModel = async (slope: number) =>
    promote(
      objects,
      await modelVersion(marketBlend({ slope }), { createdAt: new Date(clock()).toISOString(), verdict: 'proven' }),
      clock,
    )
  const reload = () => api.request(RELOAD, { method: 'POST' })

  beforeEach(async () => {
    objects = breakableStore(memoryObjectStore())
    clock = manualClock(MODELS_MADE_MS)
    served = serving()
    api = checkedApi(modelsRoutes({ ...served, clock }), { clock })
  })

  describe('model-info', () => {
    const info = async () => {
      const answer = await api.request('/api/v1/model-info')
      expect(answer.status).toBe(200)
      return { answer, body: modelInfoSchema.strict().parse(await answer.json()) }
    }

    it('tells the old fields: inputs, their names, when it was made', async () => {
      const version = await fillForServing(objects, LEDGER)
      await served.model.refresh()
      const { answer, body } = await info()
      expect(answer.headers.get('x-model-version')).toBe(version)
      expect(body.metadata).toMatchObject({ model_version: version, training_date: '2025-06-01T00:00:00.000Z' })
      expect(body.feature_names).toEqual([...WIN_PROBABILITY_INPUTS])
      expect(body.feature_count).toBe(WIN_PROBABILITY_INPUTS.length)
      expect(body.encoders).toEqual({ sport: ['Basketball', 'Tennis'], market: ['Player Points', 'Spread'] })
      expect(body.loaded_at).toBe('2025-06-01T00:00:00.000Z')
    })

    it('tells the scores beside the baselines, each with its n, and what the gate said', async () => {
      await fillForServing(objects, LEDGER)
      await served.model.refresh()
      const { body } = await info()
      expect(body).toMatchObject({ verdict: 'baseline', kind: 'recalibrated_market', served_from: 'current' })
      expect(body.scores.model).toEqual({ n: 100, log_loss: 0.58, brier: 0.2, auc: 0.6, ece: 0.01 })
      expect([body.scores.implied.log_loss, body.scores.recalibrated_implied.log_loss]).toEqual([0.6, 0.59])
      expect(body.scores.base_rate.log_loss).toBe(0.69)
      expect(body.scores.model_minus_implied).toMatchObject({ low: -0.03, high: 0.01, days: 20 })
      expect(body.scores.model_minus_recalibrated).toMatchObject({ low: -0.02, high: 0.02, days: 20 })
      expect(body.parity).toEqual({ rows: 100, threshold_rows: 0, largest_difference: 1e-8 })
      expect(body.ledger).toMatchObject({ origin: 'own', bets: 500, learned: 400 })
    })

    it('is 503 with the reason where no model serves', async () => {
      await served.model.refresh()
      const answer = await api.request('/api/v1/model-info')
      expect(answer.status).toBe(503)
      expect((await problemOf(answer)).detail).toBe('no model is in service: no model has been trained yet')
    })

    it('comes from memory while the store is away, marked as such', async () => {
      await fillForServing(objects, LEDGER)
      await served.model.refresh()
      objects.fail()
      await served.model.refresh()
      expect((await info()).body.served_from).toBe('memory')
    })
  })

  describe('the list', () => {
    const list = async (query = '') => {
      const answer = await api.request(`/api/v1/models${query}`)
      expect(answer.status).toBe(200)
      return modelsSchema.strict().parse(await answer.json())
    }

    it('is empty, not missing, before anything has been trained', async () => {
      expect(await list()).toMatchObject({ models: [], total: 0, aliases: [], moves: [], moves_total: 0 })
    })

    it('holds every version with what stands for it, the newest first, and the moves', async () => {
      const versions: string[] = []
      for (const slope of [1, 1.1, 1.2]) {
        versions.unshift(await newModel(slope))
        clock.advance(1000)
      }
      const { models, aliases, moves, total } = await list()
      expect(models.map(({ version }) => version)).toEqual(versions)
      expect(models.map((model) => model.aliases)).toEqual([['champion'], [], []])
      expect(models[0]).toMatchObject({ verdict: 'proven', scores: { model: { n: 100 } }, source: 'closeline' })
      expect(total).toBe(3)
      expect(aliases).toEqual([expect.objectContaining({ alias: 'champion', version: versions[0] })])
      expect(moves.map(({ version, reason }) => [version, reason])).toEqual(versions.map((v) => [v, 'a test says so']))
      expect(await list('?limit=2')).toMatchObject({ total: 3, moves_total: 3, models: [{}, {}], moves: [{}, {}] })
      expect((await list('?limit=2')).models).toHaveLength(2)
    })

    it.each(['0', '101', '-1', '1.5', 'abc', '', '1e1', '9999', '1; DROP TABLE bets', '\u0000'])(
      'refuses a limit of %j',
      async (limit) => {
        const answer = await api.request(`/api/v1/models?${new URLSearchParams({ limit })}`)
        expect(answer.status).toBe(422)
        expect((await problemOf(answer)).errors[0]?.field).toBe('limit')
      },
    )

    it('is 503 where the registry could never be read, without a word of why', async () => {
      objects.fail()
      const answer = await api.request('/api/v1/models')
      expect(answer.status).toBe(503)
      expect(JSON.stringify(await problemOf(answer))).not.toContain(STORE_SECRET)
    })
  })

  describe('reloading', () => {
    const reloaded = async () => {
      const answer = await reload()
      expect(answer.status).toBe(200)
      return reloadSchema.strict().parse(await answer.json())
    }

    it('takes a newer model and newer markets into service at once', async () => {
      const first = await fillForServing(objects, LEDGER)
      await learnMarkets(MODELS_MADE_MS)
      expect(await reloaded()).toEqual({
        status: 'success',
        message: `model ${first} serves`,
        model_mode: 'pointer',
        model: { before: null, after: first },
        markets: { before: null, after: '2025-06-01T00:00:00.000Z' },
      })
      const second = await newModel(1.1)
      await learnMarkets(MODELS_MADE_MS + 1)
      expect(await reloaded()).toEqual({
        status: 'success',
        message: `model ${second} serves in place of ${first}`,
        model_mode: 'pointer',
        model: { before: first, after: second },
        markets: { before: '2025-06-01T00:00:00.000Z', after: '2025-06-01T00:00:00.001Z' },
      })
      expect((await reloaded()).message).toBe(`model ${second} goes on serving: it is the newest`)
    })

    it('needs no market model where none has been trained', async () => {
      await fillForServing(objects, LEDGER)
      expect((await reloaded()).markets).toEqual({ before: null, after: null })
    })

    it('also has the list of models read again', async () => {
      await fillForServing(objects, LEDGER)
      await api.request('/api/v1/models')
      await newModel(1.1)
      await reloaded()
      const answer = await api.request('/api/v1/models')
      expect(modelsSchema.parse(await answer.json()).total).toBe(2)
    })

    it('looks again where a look was under way that may have missed the newest', async () => {
      await fillForServing(objects, LEDGER)
      let release = () => {}
      const held = new Promise<void>((resolve) => {
        release = resolve
      })
      const slow = {
        ...objects,
        get: async (key: string) => {
          const body = await objects.get(key)
          await held
          return body
        },
      }
      const deps = { objects: slow, clock, logger: memoryLogger(), maxAgeMs: 60_000 }
      const model = createServingModel({ ...deps, loadScorer: fixedScorer(0.5) })
      const own = checkedApi(modelsRoutes({ ...served, model, clock }), { clock })
      const underWay = model.refresh()
      clock.advance(10)
      const second = await newModel(1.1)
      const answering = own.request(RELOAD, { method: 'POST' })
      release()
      await underWay
      expect(reloadSchema.parse(await (await answering).json()).model.after).toBe(second)
    })

    it('says of a pinned model that it stays, and looks for features and markets all the same', async () => {
      const first = await fillForServing(objects, LEDGER)
      const pin = { version: first, sha256: (await modelVersion()).manifest.onnx.sha256 }
      const deps = { objects, clock, logger: memoryLogger(), maxAgeMs: 60_000 }
      const model = createServingModel({ ...deps, pin, loadScorer: fixedScorer(0.5) })
      const pinned = checkedApi(modelsRoutes({ ...served, model, clock }), { clock })
      await newModel(1.1)
      await learnMarkets(MODELS_MADE_MS)
      const answer = await pinned.request(RELOAD, { method: 'POST' })
      const body = reloadSchema.parse(await answer.json())
      expect(body).toMatchObject({ model_mode: 'pinned', model: { before: null, after: first } })
      expect(body.message).toMatch(new RegExp(`^model ${first} is pinned to this version of the function`))
      expect(body.markets.after).toBe('2025-06-01T00:00:00.000Z')
      const info = modelInfoSchema.parse(await (await pinned.request('/api/v1/model-info')).json())
      expect(info).toMatchObject({ model_mode: 'pinned', metadata: { model_version: first } })
    })

    it('is 503, never success, where no model is there', async () => {
      const answer = await reload()
      expect(answer.status).toBe(503)
      expect((await problemOf(answer)).detail).toBe('no model has been trained yet; none serves')
    })

    it.each([
      [
        'the newest model is damaged',
        async (version: string) => objects.put(`models/${version}/model.onnx`, 'x'),
        'SHA-256',
      ],
      ['the market model is damaged', async () => objects.put(MARKETS_KEY, '{'), 'the market model is damaged'],
      ['the store is away', async () => objects.fail(), 'cannot be read'],
    ])('is 503 where %s, and what served goes on serving', async (_, breakIt, reason) => {
      const first = await fillForServing(objects, LEDGER)
      await learnMarkets(MODELS_MADE_MS)
      await reloaded()
      const second = await newModel(1.1)
      await breakIt(second)
      const answer = await reload()
      expect(answer.status).toBe(503)
      const { detail } = await problemOf(answer)
      expect(detail).toContain(reason)
      expect(detail).toMatch(/; model recalibrated-market-[0-9a-f]{12} goes on serving$/)
      expect(detail).not.toContain(STORE_SECRET)
      expect([first, second]).toContain(served.model.current()?.manifest.version)
    })

    it('asks for the scope admin', async () => {
      const access = openAccess(['read', 'predict', 'sync'])
      const closed = checkedApi(modelsRoutes({ ...served, clock }), { clock, access })
      expect((await closed.request(RELOAD, { method: 'POST' })).status).toBe(403)
    })
  })

  it('asks for the scope read', async () => {
    const closed = checkedApi(modelsRoutes({ ...served, clock }), { clock, access: openAccess(['admin', 'predict']) })
    for (const path of ['/api/v1/model-info', '/api/v1/models']) expect((await closed.request(path)).status).toBe(403)
  })
})
