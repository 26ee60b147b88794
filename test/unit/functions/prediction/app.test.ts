import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { composePrediction } from '../../../../functions/prediction/compose.ts'
import { healthSchema, liveSchema, readySchema } from '../../../../functions/prediction/health-contract.ts'
import { predictionSchema } from '../../../../functions/prediction/predict-answer-contract.ts'
import { predictRoutes } from '../../../../functions/prediction/predict-routes.ts'
import { STYLE } from '../../../../functions/prediction/style.ts'
import { createApi } from '../../../../shared/http/api.ts'
import { mountDocs } from '../../../../shared/http/docs.ts'
import type { ObjectStore, TaggedReader } from '../../../../shared/kernel/ports.ts'
import type { ServingModel } from '../../../../shared/usecases/serving-model.ts'
import { predictionSetting } from '../../../support/api-settings.ts'
import { randomLedger } from '../../../support/bets.ts'
import type { Answering } from '../../../support/http-answers.ts'
import { exampleRequests, jsonRequest, openApiOf, problemOf } from '../../../support/http-answers.ts'
import { manualClock } from '../../../support/manual-clock.ts'
import { memoryLogger } from '../../../support/memory-logger.ts'
import { memoryMetrics } from '../../../support/memory-metrics.ts'
import { memoryObjectStore } from '../../../support/memory-object-store.ts'
import { fillForServing, MODELS_MADE_MS } from '../../../support/models.ts'
import { openAccess } from '../../../support/open-access.ts'

const PATH = '/api/v1/predict'
const BET = { sport: 'Basketball', league: 'NBA', market: 'Spread', institution_name: 'DraftKings', odds: -110 }

async function compose(objects: ObjectStore & TaggedReader) {
  const clock = manualClock(MODELS_MADE_MS)
  const logger = memoryLogger()
  const { app, model } = composePrediction(predictionSetting({ objects, clock, logger }))
  mountDocs(app, 'Prediction')
  await model.refresh()
  return { app, model, clock, logger }
}

describe('the prediction API', () => {
  let objects: ObjectStore & TaggedReader
  let version: string
  let api: Awaited<ReturnType<typeof compose>>
  let app: Answering

  beforeAll(async () => {
    objects = memoryObjectStore()
    version = await fillForServing(objects, randomLedger(1, 400))
  })

  beforeEach(async () => {
    api = await compose(objects)
    app = api.app
  })

  const post = (body: unknown) => app.request(PATH, jsonRequest(body))
  const get = (fields: Record<string, unknown>) =>
    app.request(`${PATH}?${new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value)]))}`)

  async function predicted(response: Response | Promise<Response>) {
    const answer = await response
    expect(answer.status).toBe(200)
    return predictionSchema.parse(await answer.json())
  }

  describe('a prediction', () => {
    it('has every field of its schema, each following from probability and price', async () => {
      const body = await predicted(post({ ...BET, odds: 150 }))
      // The test model gives the price back.
      expect(body).toMatchObject({ win_probability: 0.4, expected_roi: 0, kelly_fraction: 0, bet_grade: 'D' })
      expect(body).toMatchObject({ model_version: version, data: 'own', timestamp: '2025-06-01T00:00:00.000Z' })
      expect(body.history_bets).toBeGreaterThan(0)
      expect(body.profitable).toBe(body.expected_roi > 0)
    })

    it('names the model version in a header', async () => {
      expect((await post(BET)).headers.get('x-model-version')).toBe(version)
    })

    it('is the same by GET as by POST', async () => {
      const full = { ...BET, odds: 150, bet_type: 'parlay', is_live: true, clv_percentage: -1.5 }
      for (const fields of [BET, full]) expect(await predicted(get(fields))).toEqual(await predicted(post(fields)))
    })

    it('takes straight, before the event and no closing-line value where these are left out', async () => {
      const spelled = { ...BET, bet_type: 'straight', is_live: false, clv_percentage: 0 }
      expect(await predicted(post(BET))).toEqual(await predicted(post(spelled)))
    })

    it('is not moved by a closing-line value', async () => {
      const without = await predicted(post(BET))
      for (const clv of [-50, 0.01, 1e6])
        expect(await predicted(post({ ...BET, clv_percentage: clv }))).toEqual(without)
    })

    it('can be had for names never seen, of any script', async () => {
      const body = await predicted(post({ ...BET, sport: 'カバディ', league: '🏏', market: 'x'.repeat(200) }))
      expect(body).toMatchObject({ history_bets: 0, confidence: 0 })
    })

    it('trims names', async () => {
      expect(await predicted(post({ ...BET, sport: '  Basketball ' }))).toEqual(await predicted(post(BET)))
    })

    it('writes one log line, with who asked and which model answered, and nothing of the bet', async () => {
      const response = await post(BET)
      const lines = api.logger.of('request')
      expect(lines).toHaveLength(1)
      const requestId = response.headers.get('x-request-id')
      expect(lines[0]?.fields).toMatchObject({ requestId, method: 'POST', path: PATH, status: 200 })
      expect(lines[0]?.fields).toMatchObject({ keyId: 'test', modelVersion: version })
      expect(JSON.stringify(lines[0])).not.toContain('DraftKings')
    })
  })

  describe('odds', () => {
    it.each([-110, 100, -100, 10_000, -10_000])('may be %i', async (odds) => {
      await predicted(post({ ...BET, odds }))
      await predicted(get({ ...BET, odds }))
    })

    it('may carry a plus in a query, written bare or encoded', async () => {
      const query = new URLSearchParams({ ...BET, odds: '150' }).toString()
      const expected = await predicted(post({ ...BET, odds: 150 }))
      for (const odds of ['%2B150', '+150']) {
        expect(await predicted(app.request(`${PATH}?${query.replace('odds=150', `odds=${odds}`)}`))).toEqual(expected)
      }
    })

    it.each([99, -99, 0, 10_001, -10_001, 1.5, 1e300])('may not be %f', async (odds) => {
      for (const response of [await post({ ...BET, odds }), await get({ ...BET, odds })]) {
        expect(response.status).toBe(422)
        const { errors } = await problemOf(response)
        const named = { field: 'odds', message: expect.stringContaining('from -10000 to -100 or from 100') }
        expect(errors[0]).toEqual(named)
      }
    })

    it.each(['abc', '-110', '', null, true, [], {}])('may not be %j in a body', async (odds) => {
      const response = await post({ ...BET, odds })
      expect(response.status).toBe(422)
      expect((await problemOf(response)).errors.map(({ field }) => field)).toEqual(['odds'])
    })

    it.each(['abc', '', '1e3', '0x6e', 'NaN', 'Infinity', '-110.0'])('may not be %j in a query', async (odds) => {
      const response = await get({ ...BET, odds })
      expect(response.status).toBe(422)
      expect((await problemOf(response)).errors[0]?.field).toBe('odds')
    })
  })

  describe('a body', () => {
    it.each(['sport', 'league', 'market', 'institution_name', 'odds'])('is refused without %s', async (field) => {
      const { [field]: _, ...rest } = BET as Record<string, unknown>
      for (const response of [await post(rest), await get(rest)]) {
        expect(response.status).toBe(422)
        const { errors } = await problemOf(response)
        expect(errors).toEqual([{ field, message: expect.stringContaining('is required') }])
      }
    })

    it.each([
      ['sport', '   '],
      ['sport', 7],
      ['league', 'x'.repeat(201)],
      ['market', null],
      ['bet_type', 'single'],
      ['is_live', 'yes'],
      ['is_live', 1],
      ['clv_percentage', '1.5'],
      ['institution_name', ['DraftKings']],
    ])('is refused where %s is %j', async (field, value) => {
      const response = await post({ ...BET, [field]: value })
      expect(response.status).toBe(422)
      expect((await problemOf(response)).errors.map((error) => error.field)).toEqual([field])
    })

    it('is refused with a field that is not known, which is named', async () => {
      const response = await post({ ...BET, bookmaker: 'DraftKings', stake: 5 })
      expect(response.status).toBe(422)
      const problem = await problemOf(response)
      expect(problem.errors[0]?.field).toBe('bookmaker, stake')
      expect(problem.detail).toContain('bookmaker')
    })

    it('has all that is wrong with it named at once', async () => {
      const { errors } = await problemOf(await post({ ...BET, sport: '', odds: 5 }))
      expect(errors.map(({ field }) => field)).toEqual(['sport', 'odds'])
    })

    it.each(['{"sport": ', '', 'sport=Basketball', '{"sport":"a",}', '\u0000'])('of %j is 400', async (text) => {
      const response = await post(text)
      expect(response.status).toBe(400)
      expect((await problemOf(response)).detail).toBe('the body is not valid JSON')
    })

    it.each(['null', '[]', '"text"', '3'])('of %s is no bet', async (text) => {
      const response = await post(text)
      expect(response.status).toBe(422)
      await problemOf(response)
    })

    it('of more than a megabyte is 413', async () => {
      const response = await post({ ...BET, sport: 'x'.repeat(1_048_576) })
      expect(response.status).toBe(413)
      expect(await problemOf(response)).toMatchObject({ detail: 'a body has at most 1048576 bytes', errors: [] })
    })

    it('of another type than JSON is told so', async () => {
      const init = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: JSON.stringify(BET) }
      const response = await app.request(PATH, init)
      expect(response.status).toBe(415)
      expect((await problemOf(response)).detail).toContain('content-type: application/json')
    })
  })

  it.each([
    ['GET', '/nothing'],
    ['GET', '/api/v1/predict/'],
  ])('has nothing at %s %s', async (method, path) => {
    const response = await app.request(path, { method })
    expect(response.status).toBe(404)
    expect((await problemOf(response)).detail).toContain('/docs lists what is')
  })

  it.each([
    ['DELETE', PATH, 'GET, HEAD, POST'],
    ['POST', '/ready', 'GET, HEAD'],
  ])('refuses %s %s and says what is allowed', async (method, path, allowed) => {
    const response = await app.request(path, { method })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe(allowed)
  })

  it('takes over the request id of its caller, unless it is strange', async () => {
    const idFor = async (id: string) => {
      const response = await app.request(`${PATH}?odds=1`, { headers: { 'x-request-id': id } })
      return (await problemOf(response)).requestId
    }
    expect(await idFor('trace-42')).toBe('trace-42')
    expect(await idFor('<script>')).not.toContain('script')
  })

  it('never shows HTML that came in as anything but JSON text', async () => {
    const script = '<script>alert(1)</script>'
    const answers = [
      await post({ ...BET, [script]: 1 }),
      await get({ ...BET, odds: script, bet_type: script }),
      await app.request(`/${encodeURIComponent(script)}`),
      await app.request(`/docs?${encodeURIComponent(script)}`),
    ]
    for (const answer of answers) {
      const isJson = answer.headers.get('content-type')?.includes('json')
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect(isJson || !(await answer.text()).includes(script)).toBe(true)
    }
  })

  describe('health', () => {
    it('is alive, healthy and ready with a model', async () => {
      expect(liveSchema.parse(await (await app.request('/live')).json())).toEqual({ status: 'alive' })
      api.clock.advance(90_000)
      const health = healthSchema.parse(await (await app.request('/health')).json())
      expect(health).toEqual({
        ...{ status: 'healthy', models_loaded: true, model_version: version, model_mode: 'pointer', data: 'own' },
        ...{ version: '9.9.9', uptime_seconds: 90, environment: 'test', markets_loaded: false },
        ...{ model_timestamp: '2025-06-01T00:00:00.000Z', features_as_of: '2025-06-01T00:00:00.000Z' },
      })
      const ready = await app.request('/ready')
      expect(ready.status).toBe(200)
      expect(readySchema.parse(await ready.json())).toMatchObject({ status: 'ready', model_version: version })
    })

    it('is alive but neither healthy nor ready without a model', async () => {
      const { app: empty } = await compose(memoryObjectStore())
      expect((await empty.request('/live')).status).toBe(200)
      const health = await empty.request('/health')
      expect(health.status).toBe(503)
      expect(healthSchema.parse(await health.json())).toMatchObject({ status: 'degraded', models_loaded: false })
      const ready = await empty.request('/ready')
      expect(ready.status).toBe(503)
      expect((await problemOf(ready)).detail).toBe('no model has been trained yet')
      expect(ready.headers.get('retry-after')).toBe('5')
    })

    it('is degraded but predicts on where a newer model is damaged, and recovers', async () => {
      const own = memoryObjectStore()
      const good = await fillForServing(own, randomLedger(1, 40))
      const { app: damaged } = await compose(own)
      const key = `models/${good}/model.onnx`
      const sound = await own.get(key)
      await own.put(key, 'garbage')
      const ready = await damaged.request('/ready')
      expect(ready.status).toBe(503)
      expect((await problemOf(ready)).detail).toContain('SHA-256')
      const health = await damaged.request('/health')
      expect(health.status).toBe(200)
      expect(await health.json()).toMatchObject({ status: 'degraded', models_loaded: true, model_version: good })
      await predicted(damaged.request(PATH, jsonRequest(BET)))
      await own.put(key, sound ?? '')
      expect((await damaged.request('/ready')).status).toBe(200)
    })
  })

  it('answers 503 with a time to come back where no model serves', async () => {
    const { app: empty } = await compose(memoryObjectStore())
    const response = await empty.request(PATH, jsonRequest(BET))
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('5')
    expect((await problemOf(response)).type).toBe('urn:closeline:problem:unavailable')
  })

  it('tells nobody but its log what broke inside', async () => {
    const logger = memoryLogger()
    const current = () => {
      throw new TypeError('password hunter2 at /srv/secret.ts')
    }
    const idle = { problem: () => undefined, confirmedAtMs: () => undefined, refreshIfStale: () => {} }
    const model: ServingModel = { current, refresh: async () => {}, ...idle }
    const clock = () => MODELS_MADE_MS
    const silent = { log: { append: () => {} }, highGrade: { tell: () => {} }, metrics: memoryMetrics() }
    const api = createApi({ style: STYLE, clock, logger, access: openAccess() })
    const broken = api.route('/', predictRoutes({ model, clock, stopwatch: clock, ...silent }))
    const response = await broken.request(PATH, jsonRequest(BET))
    expect(response.status).toBe(500)
    const problem = await problemOf(response)
    expect(JSON.stringify(problem)).not.toMatch(/hunter2|secret|TypeError/)
    expect(logger.of('request_failed')[0]?.fields).toMatchObject({
      requestId: problem.requestId,
      error: 'password hunter2 at /srv/secret.ts',
    })
  })

  describe('its description', () => {
    it('is OpenAPI 3.1 and lists the routes', async () => {
      const document = await openApiOf(app)
      expect(document.openapi).toBe('3.1.0')
      expect(Object.keys(document.paths)).toEqual(expect.arrayContaining([PATH, '/health', '/live', '/ready']))
      expect(Object.keys(document.paths[PATH] ?? {}).sort()).toEqual(['get', 'post'])
      expect(Object.keys(document.paths[PATH]?.post?.responses ?? {})).toEqual(
        expect.arrayContaining(['200', '422', '503']),
      )
    })

    it('has examples that are answered as documented', async () => {
      // Those of markets and reports want what this store does not hold.
      const answered = [`GET ${PATH}`, `POST ${PATH}`, 'GET /health', 'GET /live', 'GET /ready']
      const requests = exampleRequests(await openApiOf(app)).filter(({ name }) => answered.includes(name))
      expect(requests).toHaveLength(5)
      for (const { name, target, init } of requests) {
        expect([name, (await app.request(target, init)).status]).toEqual([name, 200])
      }
    })
  })
})
