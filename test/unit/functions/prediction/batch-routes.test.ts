import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { BatchAnswerBody } from '../../../../functions/prediction/batch-contract.ts'
import { batchAnswerSchema, legacyBatchAnswerSchema } from '../../../../functions/prediction/batch-contract.ts'
import { randomLedger } from '../../../support/bets.ts'
import { jsonRequest, problemOf } from '../../../support/http-answers.ts'
import { predictionApi } from '../../../support/prediction-api.ts'
import { blendOfAllKinds } from '../../../support/serving.ts'

const PATH = '/api/v1/batch-predict'
const BET = { sport: 'Basketball', league: 'NBA', market: 'Spread', institution_name: 'DraftKings', odds: -110 }

let api: Awaited<ReturnType<typeof predictionApi>>

beforeAll(async () => {
  api = await predictionApi({ ledger: randomLedger(1, 400), blend: blendOfAllKinds() })
})

beforeEach(() => {
  api.logged.length = 0
  api.metrics.records.length = 0
})

const send = (body: unknown, path = PATH) => api.app.request(path, jsonRequest(body))

describe('POST /api/v1/batch-predict', () => {
  async function predicted(bets: unknown[]): Promise<BatchAnswerBody> {
    const response = await send({ bets })
    expect(response.status).toBe(200)
    return batchAnswerSchema.parse(await response.json())
  }

  it('answers each bet as it is answered alone', async () => {
    const bets = Array.from({ length: 40 }, (_, i) => ({
      ...BET,
      sport: ['Basketball', 'Tennis', 'Curling'][i % 3],
      odds: i % 2 === 0 ? 100 + 7 * i : -100 - 3 * i,
      is_live: i % 5 === 0,
    }))
    const { predictions, errors, summary } = await predicted(bets)
    expect(errors).toEqual([])
    expect(predictions.map(({ index }) => index)).toEqual([...bets.keys()])
    for (const [i, bet] of bets.entries()) {
      const alone = await (await send(bet, '/api/v1/predict')).json()
      expect(predictions[i]).toEqual({ index: i, bet: { ...bet, bet_type: 'straight' }, prediction: alone })
    }
    const grades = predictions.map(({ prediction }) => prediction.bet_grade)
    for (const [grade, n] of Object.entries(summary.grade_distribution)) {
      expect(n).toBe(grades.filter((one) => one === grade).length)
    }
    const mean = (of: (one: (typeof predictions)[number]) => number) =>
      predictions.reduce((sum, one) => sum + of(one), 0) / predictions.length
    expect(summary.average_expected_roi).toBeCloseTo(
      mean(({ prediction }) => prediction.expected_roi),
      3,
    )
    expect(summary.average_win_probability).toBeCloseTo(
      mean(({ prediction }) => prediction.win_probability),
      5,
    )
  })

  it('tells what is wrong with each bet that cannot be, and predicts the others', async () => {
    const bets = [BET, { ...BET, odds: 50 }, null, { ...BET, stake: 5, sport: '' }, 'Lakers', { ...BET, odds: 200 }]
    const { predictions, errors, summary } = await predicted(bets)
    expect(predictions.map(({ index, bet }) => [index, bet.odds])).toEqual([
      [0, -110],
      [5, 200],
    ])
    expect(errors.map(({ index }) => index)).toEqual([1, 2, 3, 4])
    expect(errors.map(({ bet }) => bet)).toEqual([bets[1], null, bets[3], 'Lakers'])
    expect(errors[0]?.errors).toEqual([{ field: 'odds', message: expect.stringContaining('American odds') }])
    expect(errors[0]?.error).toBe(`odds: ${errors[0]?.errors[0]?.message}`)
    expect(errors[2]?.errors.map(({ field }) => field).sort()).toEqual(['sport', 'stake'])
    expect(summary).toMatchObject({ total: 6, successful: 2, failed: 4 })
    expect(api.logged.map(({ index }) => index)).toEqual([0, 1])
  })

  it('has no averages where nothing could be predicted', async () => {
    const { summary, predictions } = await predicted([{}, []])
    expect(predictions).toEqual([])
    expect(summary).toEqual({
      ...{ total: 2, successful: 0, failed: 2, grade_distribution: { A: 0, B: 0, C: 0, D: 0, F: 0 } },
      ...{ average_expected_roi: null, average_win_probability: null },
    })
  })

  it('takes 1 to 100 bets', async () => {
    expect((await predicted([BET])).summary.total).toBe(1)
    expect((await predicted(Array(100).fill(BET))).summary.successful).toBe(100)
    for (const bets of [[], Array(101).fill(BET), null, {}, 'x', undefined]) {
      const response = await send({ bets })
      expect(response.status).toBe(422)
      expect((await problemOf(response)).errors.map(({ field }) => field)).toEqual(['bets'])
    }
    expect((await send({ bets: [BET], more: 1 })).status).toBe(422)
  })

  it('names the model, and measures a batch as one', async () => {
    const response = await send({ bets: [BET, BET] })
    expect(response.headers.get('x-model-version')).toBe(api.version)
    expect(api.metrics.of('prediction_latency')).toHaveLength(1)
    expect(api.metrics.of('predictions_total').map(({ value }) => value)).toEqual([2])
  })

  it('gives hostile bets back as they came, as JSON', async () => {
    const bets = ['{"__proto__": {"isAdmin": true}}', '{"sport": "<script>"}', '"\\ud800"', '[[[[1]]]]', '1e999']
    const response = await send(`{"bets": [${bets.join(', ')}]}`)
    expect(response.status).toBe(200)
    const { errors } = batchAnswerSchema.parse(await response.json())
    expect(errors).toHaveLength(5)
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined()
  })
})

describe('POST /batch-predict', () => {
  const PATH_OF_OLD = '/batch-predict'

  it('answers in the order of the bets: a prediction, or why there is none', async () => {
    const response = await send({ bets: [BET, { ...BET, odds: 0 }, BET] }, PATH_OF_OLD)
    expect(response.headers.get('x-model-version')).toBe(api.version)
    const { predictions, count } = legacyBatchAnswerSchema.parse(await response.json())
    expect(count).toBe(3)
    expect(predictions[0]).toEqual(await (await send(BET, '/api/v1/predict')).json())
    expect(predictions[1]).toEqual({ error: expect.stringMatching(/^odds: American odds/) })
    expect(predictions[2]).toEqual(predictions[0])
  })

  it('has 400 for no bet and 422 for more than 100', async () => {
    const none = await send({ bets: [] }, PATH_OF_OLD)
    expect(none.status).toBe(400)
    expect(await problemOf(none)).toMatchObject({ detail: 'bets: must not be empty', errors: [{ field: 'bets' }] })
    expect((await send({ bets: Array(101).fill(BET) }, PATH_OF_OLD)).status).toBe(422)
  })
})

describe('GET /ml-predict', () => {
  const get = (fields: Record<string, string>) => api.app.request(`/ml-predict?${new URLSearchParams(fields)}`)
  const QUERY = { ...BET, odds: '-110' }

  it('answers as the newer path does', async () => {
    const full = { ...QUERY, is_live: 'true', bet_type: 'parlay' }
    const response = await get(full)
    expect(response.status).toBe(200)
    const newer = await api.app.request(`/api/v1/predict?${new URLSearchParams(full)}`)
    expect(await response.json()).toEqual(await newer.json())
  })

  it.each(['sport', 'league', 'market', 'institution_name'])('has 400 where %s is empty', async (field) => {
    const response = await get({ ...QUERY, [field]: ' ' })
    expect(response.status).toBe(400)
    expect((await problemOf(response)).errors).toEqual([{ field, message: 'must not be empty' }])
  })

  it.each([
    ['is_live', 'yes'],
    ['odds', '5'],
    ['odds', ''],
    ['sport', 'a\u0007'],
  ])('has 422 where %s is %j', async (field, value) => {
    const response = await get({ ...QUERY, [field]: value })
    expect(response.status).toBe(422)
    expect((await problemOf(response)).errors[0]?.field).toBe(field)
  })

  it('has 422 where a field is missing', async () => {
    const { odds: _, ...rest } = QUERY
    expect((await problemOf(await get(rest))).errors).toEqual([{ field: 'odds', message: 'is required' }])
  })
})
