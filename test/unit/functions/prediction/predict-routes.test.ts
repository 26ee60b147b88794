import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { explainedPredictionSchema } from '../../../../functions/prediction/predict-answer-contract.ts'
import { randomLedger } from '../../../support/bets.ts'
import { exampleRequests, jsonRequest, openApiOf, problemOf } from '../../../support/http-answers.ts'
import { predictionApi } from '../../../support/prediction-api.ts'
import { blendOfAllKinds } from '../../../support/serving.ts'

const PATH = '/api/v1/predict'
const BET = { sport: 'Basketball', league: 'NBA', market: 'Spread', institution_name: 'DraftKings', odds: -110 }

describe('the routes that predict a bet', () => {
  let api: Awaited<ReturnType<typeof predictionApi>>

  beforeAll(async () => {
    api = await predictionApi({ ledger: randomLedger(1, 400) })
  })

  beforeEach(() => {
    api.logged.length = 0
    api.model.trouble = undefined
  })

  const post = (body: unknown, path = PATH) => api.app.request(path, jsonRequest(body))
  const get = (fields: Record<string, unknown>) =>
    api.app.request(
      `${PATH}?${new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value)]))}`,
    )

  async function predicted(response: Response | Promise<Response>) {
    const answer = await response
    expect(answer.status).toBe(200)
    return explainedPredictionSchema.parse(await answer.json())
  }

  it('answer with every field, each following from probability and price', async () => {
    const response = await post({ ...BET, odds: 150 })
    expect(response.headers.get('x-model-version')).toBe(api.version)
    // The test model gives the price back.
    expect(await predicted(response)).toMatchObject({
      ...{ win_probability: 0.4, expected_roi: 0, kelly_fraction: 0, recommended_stake_pct: 0, bet_grade: 'D' },
      ...{ profitable: false, model_version: api.version, data: 'own', served_from: 'current' },
      ...{ timestamp: '2025-06-01T00:00:00.000Z', features_as_of: '2025-06-01T00:00:00.000Z', stale_features: [] },
    })
  })

  it('answer the same by POST, by GET and under the older path', async () => {
    const bet = { ...BET, odds: 150, bet_type: 'parlay', is_live: true, clv_percentage: -1.5 }
    const expected = await predicted(post(bet))
    expect(await predicted(get(bet))).toEqual(expected)
    expect(await predicted(post(bet, '/api/predict'))).toEqual(expected)
    const { institution_name: institution, ...rest } = bet
    expect(await predicted(post({ ...rest, institution }, '/api/predict'))).toEqual(expected)
    expect(api.logged.map(({ book, clvPct }) => [book, clvPct])).toEqual(Array(4).fill(['DraftKings', -1.5]))
  })

  it('say that they answer from memory where the store cannot be read', async () => {
    api.model.trouble = 'the model cannot be read from where it is kept'
    expect(await predicted(post(BET))).toMatchObject({ served_from: 'memory' })
  })

  it('give the same probability whatever closing-line value is told, and log it', async () => {
    const without = await predicted(post(BET))
    for (const clv of [-50, 0, 1e6]) {
      expect(await predicted(post({ ...BET, clv_percentage: clv }))).toEqual(without)
    }
    expect(api.logged.map(({ clvPct }) => clvPct)).toEqual([null, -50, 0, 1e6])
  })

  it('note who asked in which request', async () => {
    const response = await post(BET)
    expect(api.logged).toMatchObject([{ keyId: 'test', requestId: response.headers.get('x-request-id'), index: 0 }])
  })

  it.each(['sport', 'league', 'market', 'institution_name', 'odds'])(
    'refuse a bet without %s, by each way',
    async (field) => {
      const { [field]: _, ...rest } = BET as Record<string, unknown>
      for (const response of [await post(rest), await get(rest), await post(rest, '/api/predict')]) {
        expect(response.status).toBe(422)
        expect((await problemOf(response)).errors).toEqual([{ field, message: 'is required' }])
      }
    },
  )

  it('want the odds that the older path’s documentation left out', async () => {
    const old = { sport: 'Basketball', league: 'NBA', market: 'Spread', institution: 'DraftKings' }
    const response = await post(old, '/api/predict')
    expect(response.status).toBe(422)
    expect((await problemOf(response)).errors).toEqual([{ field: 'odds', message: 'is required' }])
  })

  it('take the other name of the sportsbook under the older path alone, and not two sportsbooks', async () => {
    const both = { ...BET, institution: 'FanDuel' }
    expect((await problemOf(await post(both))).errors[0]?.field).toBe('institution')
    const { errors } = await problemOf(await post(both, '/api/predict'))
    expect(errors).toEqual([{ field: 'institution_name', message: 'is not the same as institution' }])
    await predicted(post({ ...BET, institution: 'DraftKings' }, '/api/predict'))
  })

  it.each([
    ['sport', '   '],
    ['sport', 'Bas\u0000ket'],
    ['sport', 'a\r\nset-cookie: x'],
    ['league', '\ud800'],
    ['league', 'x'.repeat(201)],
    ['market', null],
    ['market', { toString: 'x' }],
    ['bet_type', 'single'],
    ['is_live', 'yes'],
    ['clv_percentage', '1.5'],
    ['odds', 1.5],
    ['odds', '-110'],
    ['odds', 99],
    ['odds', 10_001],
    ['institution_name', ['DraftKings']],
  ])('refuse a body whose %s is %j', async (field, value) => {
    for (const path of [PATH, '/api/predict']) {
      const response = await post({ ...BET, [field]: value }, path)
      expect(response.status).toBe(422)
      expect((await problemOf(response)).errors.map((error) => error.field)).toEqual([field])
    }
  })

  it.each(['__proto__', 'constructor', 'stake', '<script>'])('refuse the unknown field %s in a body', async (field) => {
    const body = `{"${field}": {"isAdmin": true}, ${JSON.stringify(BET).slice(1)}`
    for (const path of [PATH, '/api/predict']) expect((await post(body, path)).status).toBe(422)
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined()
  })

  it('take hostile text as names that nobody has borne', async () => {
    const hostile = [
      "'; drop table bets; --",
      '../../etc/passwd',
      '<script>alert(1)</script>',
      'sport=eq.x',
      '%24{1+1}',
    ]
    for (const name of hostile) {
      const body = await predicted(post({ ...BET, sport: name, market: name, league: name, institution_name: name }))
      expect(body).toMatchObject({ history_bets: 0, confidence: 0 })
    }
    expect(api.metrics.of('predictions_total').some(({ dimensions }) => hostile.includes(dimensions.sport ?? ''))).toBe(
      false,
    )
  })

  describe('with ?explain=true', () => {
    it('tell what the probability is made of, adding up to its log-odds', async () => {
      const own = await predictionApi({ ledger: randomLedger(1, 400), blend: blendOfAllKinds() })
      const body = await predicted(own.app.request(`${PATH}?explain=true`, jsonRequest({ ...BET, odds: 150 })))
      const { explanation } = body
      if (explanation == null) throw new Error('there is no explanation')
      expect(explanation.contributions).toHaveLength(5)
      const sum = explanation.contributions.reduce((total, { contribution }) => total + contribution, 0)
      const whole = explanation.base_value + sum + explanation.other_features.contribution + explanation.calibration
      expect(whole).toBeCloseTo(explanation.log_odds, 9)
      expect(1 / (1 + Math.exp(-explanation.log_odds))).toBeCloseTo(body.win_probability, 5)
      const { explanation: _, ...rest } = body
      expect(rest).toEqual(await predicted(own.app.request(PATH, jsonRequest({ ...BET, odds: 150 }))))
    })

    it('say the same by every way', async () => {
      const told = (await predicted(post(BET, `${PATH}?explain=true`))).explanation
      expect(told?.contributions[0]).toMatchObject({ feature: 'market_log_odds' })
      expect((await predicted(get({ ...BET, explain: true }))).explanation).toEqual(told)
      expect((await predicted(post(BET, '/api/predict?explain=true'))).explanation).toEqual(told)
      expect(await predicted(post(BET, `${PATH}?explain=false`))).not.toHaveProperty('explanation')
    })

    it('refuse another word than true and false', async () => {
      const { errors } = await problemOf(await post(BET, `${PATH}?explain=1`))
      expect(errors).toEqual([{ field: 'explain', message: 'is either true or false' }])
    })

    it('say why there is none of a model that cannot be taken apart', async () => {
      const own = await predictionApi({ ledger: [] })
      own.model.loaded = { ...own.model.loaded, onnx: new Uint8Array() }
      const body = await predicted(own.app.request(`${PATH}?explain=true`, jsonRequest(BET)))
      expect(body.explanation).toBeNull()
      expect(body.explanation_unavailable).toContain('of another form')
    })
  })

  it('answer nobody whose key is not good for predicting', async () => {
    const { app, logged } = await predictionApi({ ledger: [], scopes: ['read', 'sync', 'admin'] })
    for (const path of [PATH, '/api/predict', '/api/v1/batch-predict', '/batch-predict']) {
      expect((await app.request(path, jsonRequest(BET))).status).toBe(403)
    }
    for (const path of [PATH, '/ml-predict']) expect((await app.request(path)).status).toBe(403)
    expect(logged).toEqual([])
  })

  describe('their description', () => {
    it('has examples that are answered as documented, with bodies of their schema', async () => {
      const document = await openApiOf(api.app)
      const ajv = new Ajv2020({ strict: false })
      addFormats.default(ajv)
      ajv.addSchema(document, 'api')
      const requests = exampleRequests(document)
      expect(requests.map(({ name }) => name).sort()).toEqual([
        ...['GET /api/v1/predict', 'GET /ml-predict', 'POST /api/predict', 'POST /api/v1/batch-predict'],
        ...['POST /api/v1/predict', 'POST /batch-predict'],
      ])
      for (const { name, target, init } of requests) {
        const response = await api.app.request(target, init)
        expect([name, response.status, response.headers.get('x-model-version')]).toEqual([name, 200, api.version])
        const [method = '', path = ''] = name.toLowerCase().split(' ')
        const pointer = `api#/paths/${path.replaceAll('/', '~1')}/${method}/responses/200/content/application~1json/schema`
        const validate = ajv.getSchema(pointer)
        if (validate === undefined) throw new Error(`${pointer} is not there`)
        expect([name, validate(await response.json()), validate.errors]).toEqual([name, true, null])
      }
    })

    it('describes every field with an example', async () => {
      const { components } = await openApiOf(api.app)
      const bare = Object.entries(components.schemas).flatMap(([schema, { properties = {} }]) =>
        Object.entries(properties)
          .filter(([, field]) => !('example' in field || '$ref' in field || 'allOf' in field))
          .map(([name]) => `${schema}.${name}`),
      )
      expect(bare.filter((name) => !name.startsWith('Problem'))).toEqual([])
    })
  })
})
