import { beforeEach, describe, expect, it } from 'vitest'
import { healthSchema, liveSchema, readySchema } from '../../../../functions/prediction/health-contract.ts'
import { healthRoutes } from '../../../../functions/prediction/health-routes.ts'
import type { AccessControl } from '../../../../shared/access/client.ts'
import { UpstreamError } from '../../../../shared/kernel/errors.ts'
import { fitMarkets } from '../../../../shared/market-model/fit-markets.ts'
import { marketRows } from '../../../../shared/market-model/market-rows.ts'
import { encodeMarkets } from '../../../../shared/market-model/snapshot.ts'
import { createServingMarkets } from '../../../../shared/usecases/serving-markets.ts'
import { createServingModel } from '../../../../shared/usecases/serving-model.ts'
import { MARKETS_KEY } from '../../../../shared/usecases/train-markets.ts'
import { bet } from '../../../support/bets.ts'
import { breakableStore, STORE_SECRET } from '../../../support/breakable-store.ts'
import { problemOf } from '../../../support/http-answers.ts'
import { manualClock } from '../../../support/manual-clock.ts'
import { memoryLogger } from '../../../support/memory-logger.ts'
import { memoryObjectStore } from '../../../support/memory-object-store.ts'
import { fillForServing, fixedScorer, MODELS_MADE_MS } from '../../../support/models.ts'
import { openAccess } from '../../../support/open-access.ts'
import { checkedApi } from './checked-api.ts'

const LEDGER = [bet({ id: 'a' }), bet({ id: 'b', state: 'lost' })]
const PAGE = '# TYPE closeline_requests_total counter\ncloseline_requests_total 3\n'
const NOBODY: AccessControl = { check: () => ({ refusal: 'missing' }) }

describe('the health of predictions', () => {
  let objects: ReturnType<typeof breakableStore>
  let clock: ReturnType<typeof manualClock>
  let scorer: ReturnType<typeof fixedScorer>
  let served: ReturnType<typeof serving>

  function serving() {
    const deps = { objects, clock, logger: memoryLogger(), maxAgeMs: 60_000 }
    const model = createServingModel({ ...deps, loadScorer: scorer })
    return { model, markets: createServingMarkets(deps) }
  }

  function apiOf(access = openAccess(), page = async () => PAGE) {
    const about = { version: '9.9.9', environment: 'local', metricsPage: { page } }
    return checkedApi(healthRoutes({ ...served, ...about, clock }), { clock, access })
  }

  beforeEach(() => {
    objects = breakableStore(memoryObjectStore())
    clock = manualClock(MODELS_MADE_MS)
    scorer = fixedScorer(0.5)
    served = serving()
  })

  it('has the old fields, and ours, where a model serves', async () => {
    const version = await fillForServing(objects, LEDGER)
    await objects.put(MARKETS_KEY, encodeMarkets(fitMarkets(marketRows(LEDGER), MODELS_MADE_MS)))
    await Promise.all([served.model.refresh(), served.markets.refresh()])
    const api = apiOf()
    clock.advance(90_000)
    const answer = await api.request('/health')
    expect(answer.status).toBe(200)
    expect(healthSchema.strict().parse(await answer.json())).toEqual({
      ...{ status: 'healthy', models_loaded: true, model_timestamp: '2025-06-01T00:00:00.000Z' },
      ...{ model_version: version, model_mode: 'pointer', markets_loaded: true, data: 'own' },
      features_as_of: '2025-06-01T00:00:00.000Z',
      ...{ environment: 'local', version: '9.9.9', uptime_seconds: 90 },
    })
  })

  it('is 503 and degraded where none serves, and ready says why', async () => {
    await served.model.refresh()
    const api = apiOf()
    const answer = await api.request('/health')
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
    const body = healthSchema.parse(await answer.json())
    expect(body).toMatchObject({ status: 'degraded', models_loaded: false, model_version: null, model_timestamp: null })
    expect(body).toMatchObject({ features_as_of: null, markets_loaded: false, data: null })
    const ready = await api.request('/ready')
    expect([ready.status, ready.headers.get('retry-after')]).toEqual([503, '5'])
    expect((await problemOf(ready)).detail).toBe('no model has been trained yet')
  })

  it('is degraded, not down, where a newer model is damaged, and recovers', async () => {
    const version = await fillForServing(objects, LEDGER)
    await served.model.refresh()
    const key = `models/${version}/model.onnx`
    const sound = (await objects.get(key)) ?? ''
    await objects.put(key, 'garbage')
    const api = apiOf()
    const ready = await api.request('/ready')
    expect([ready.status, (await problemOf(ready)).detail]).toEqual([503, expect.stringContaining('SHA-256')])
    const health = await api.request('/health')
    expect([health.status, await health.json()]).toEqual([200, expect.objectContaining({ status: 'degraded' })])
    await objects.put(key, sound)
    expect((await api.request('/ready')).status).toBe(200)
    expect(await (await api.request('/health')).json()).toMatchObject({ status: 'healthy' })
  })

  it('is ready after an inference on the model in service', async () => {
    const version = await fillForServing(objects, LEDGER)
    await served.model.refresh()
    const before = scorer.asked.length
    const answer = await apiOf().request('/ready')
    const body = readySchema.strict().parse(await answer.json())
    expect(body).toMatchObject({ status: 'ready', model_version: version })
    expect(scorer.asked.length - before).toBe(1)
  })

  it('asks no store to tell health or life', async () => {
    await fillForServing(objects, LEDGER)
    await served.model.refresh()
    const api = apiOf()
    const before = objects.calls()
    for (const path of ['/health', '/live', '/metrics']) await api.request(path)
    expect(objects.calls()).toBe(before)
  })

  it('is alive whatever is away', async () => {
    objects.fail()
    const answer = await apiOf().request('/live')
    expect([answer.status, liveSchema.strict().parse(await answer.json())]).toEqual([200, { status: 'alive' }])
  })

  it('tells health and life to anybody, readiness and metrics to whom may read', async () => {
    await fillForServing(objects, LEDGER)
    await served.model.refresh()
    const statuses = async (access: AccessControl) => {
      const api = apiOf(access)
      const answers = ['/health', '/live', '/ready', '/metrics'].map((path) => api.request(path))
      return (await Promise.all(answers)).map(({ status }) => status)
    }
    expect(await statuses(NOBODY)).toEqual([200, 200, 401, 401])
    expect(await statuses(openAccess(['predict', 'admin', 'sync']))).toEqual([200, 200, 403, 403])
    expect(await statuses(openAccess(['read']))).toEqual([200, 200, 200, 200])
  })

  it('shows the metrics page in the text format that Prometheus reads', async () => {
    const answer = await apiOf().request('/metrics')
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(await answer.text()).toBe(PAGE)
  })

  it('is 503 where the metrics cannot be had, without a word of why', async () => {
    const page = () => Promise.reject(new UpstreamError('CloudWatch', STORE_SECRET))
    const answer = await apiOf(openAccess(), page).request('/metrics')
    expect(answer.status).toBe(503)
    expect(JSON.stringify(await problemOf(answer))).not.toContain(STORE_SECRET)
  })
})
