import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { marketForecastSchema } from '../../../../functions/prediction/market-contract.ts'
import { marketRoutes } from '../../../../functions/prediction/market-routes.ts'
import { STYLE } from '../../../../functions/prediction/style.ts'
import type { Bet } from '../../../../shared/bets/bet.ts'
import { createApi } from '../../../../shared/http/api.ts'
import { fitMarkets } from '../../../../shared/market-model/fit-markets.ts'
import { marketRows } from '../../../../shared/market-model/market-rows.ts'
import { encodeMarkets } from '../../../../shared/market-model/snapshot.ts'
import { createServingMarkets } from '../../../../shared/usecases/serving-markets.ts'
import { createServingModel } from '../../../../shared/usecases/serving-model.ts'
import { MARKETS_KEY } from '../../../../shared/usecases/train-markets.ts'
import { bet } from '../../../support/bets.ts'
import { breakableStore } from '../../../support/breakable-store.ts'
import { jsonRequest, problemOf } from '../../../support/http-answers.ts'
import { manualClock } from '../../../support/manual-clock.ts'
import { memoryLogger } from '../../../support/memory-logger.ts'
import { memoryObjectStore } from '../../../support/memory-object-store.ts'
import { fillForServing, fixedScorer, MODELS_MADE_MS } from '../../../support/models.ts'
import { openAccess } from '../../../support/open-access.ts'
import type { CheckedApi } from './checked-api.ts'
import { checkedApi } from './checked-api.ts'

const PATH = '/api/v1/predict-market'
const NAMES = { sport: 'Tennis', league: 'ATP', market: 'Over/Under' }

/** So many bets of a market at even money, some of them won. */
function record(names: typeof NAMES, bets: number, won: number): Bet[] {
  return Array.from({ length: bets }, (_, i) =>
    bet({ ...names, id: `${Object.values(names)}-${i}`, state: i < won ? 'won' : 'lost', decimalOdds: 2 }),
  )
}

const LEDGER = [
  ...record(NAMES, 40, 24),
  ...record({ ...NAMES, league: 'WTA' }, 20, 9),
  ...record({ sport: 'Golf', league: 'PGA/LIV', market: 'Top 5/10' }, 10, 4),
  ...record({ sport: 'a', league: 'b/c', market: 'd' }, 2, 1),
  ...record({ sport: 'a/b', league: 'c', market: 'd' }, 2, 1),
  ...record({ sport: 'カバディ', league: '🏏', market: '50%2F50' }, 2, 1),
]

describe('the forecast of a market', () => {
  let objects: ReturnType<typeof breakableStore>
  let clock: ReturnType<typeof manualClock>
  let api: CheckedApi
  let served: Awaited<ReturnType<typeof serving>>

  async function serving() {
    const logger = memoryLogger()
    const model = createServingModel({ objects, loadScorer: fixedScorer(0.5), clock, logger, maxAgeMs: 60_000 })
    const markets = createServingMarkets({ objects, clock, logger, maxAgeMs: 60_000 })
    await model.refresh()
    return { model, markets }
  }

  const learn = (ledger: readonly Bet[]) =>
    objects.put(MARKETS_KEY, encodeMarkets(fitMarkets(marketRows(ledger), MODELS_MADE_MS)))

  beforeAll(async () => {
    const whole = memoryObjectStore()
    await fillForServing(whole, LEDGER)
    objects = breakableStore(whole)
  })

  beforeEach(async () => {
    objects.recover()
    clock = manualClock(MODELS_MADE_MS + 1500)
    await learn(LEDGER)
    served = await serving()
    api = checkedApi(marketRoutes({ ...served, clock }), { clock })
  })

  const post = (body: unknown) => api.request(PATH, jsonRequest(body))
  const byQuery = (names: Record<string, string>) => api.request(`${PATH}?${new URLSearchParams(names)}`)
  const byPath = (...parts: string[]) => api.request(`${PATH}/${parts.map(encodeURIComponent).join('/')}`)

  async function forecast(response: Response | Promise<Response>) {
    const answer = await response
    expect(answer.status).toBe(200)
    return marketForecastSchema.strict().parse(await answer.json())
  }

  it('has the old fields, with the record of the market as it is', async () => {
    // 24 of 40 won at even money: a win rate of 0.6 and, 24 units won and 16 lost, 8 / 40 = 20 %.
    expect(await forecast(post(NAMES))).toMatchObject({
      ...{ ...NAMES, market_key: 'Tennis|ATP|Over/Under' },
      ...{ historical_bets: 40, historical_winrate: 0.6, historical_roi: 20 },
      ...{ level: 'market', level_bets: 40, horizon_bets: 30, data: 'own', served_from: 'current' },
      ...{ features_as_of: '2025-06-01T00:00:00.000Z', timestamp: '2025-06-01T00:00:01.500Z' },
    })
  })

  it('tells shares as shares and returns in per cent', async () => {
    const body = await forecast(post(NAMES))
    // At one price, 2.00, the expected ROI is (2p − 1) · 100 and 0 where half is won.
    expect(body.predicted_roi).toBeCloseTo((2 * body.predicted_winrate - 1) * 100, 0)
    expect(body.break_even_winrate).toBeCloseTo(0.5, 2)
    expect(body.roi_intervals.p95.low).toBeLessThan(-1)
    expect(body.winrate_intervals.p80.low * 30).toBeCloseTo(Math.round(body.winrate_intervals.p80.low * 30), 3)
    expect(body.expected_roi_interval.low).toBeLessThan(body.predicted_roi)
  })

  it('is the same by body, by query and by path', async () => {
    const expected = await forecast(post(NAMES))
    expect(await forecast(byQuery(NAMES))).toEqual(expected)
    expect(await forecast(byPath('Tennis', 'ATP', 'Over/Under'))).toEqual(expected)
    expect(await forecast(api.request(`${PATH}/Tennis/ATP/Over%2FUnder`))).toEqual(expected)
    expect(await forecast(api.request(`${PATH}/Tennis/ATP/Over%2fUnder?x=1`))).toEqual(expected)
  })

  it('falls back for a market that the ledger does not know, and says so', async () => {
    const unknown = await forecast(post({ ...NAMES, league: 'ITF' }))
    expect(unknown).toMatchObject({ level: 'sport_market', level_bets: 60, confidence: 0, should_take: false })
    expect(unknown).toMatchObject({ historical_bets: 0, historical_winrate: null, historical_roi: null })
    expect(await forecast(post({ ...NAMES, market: 'Sets' }))).toMatchObject({ level: 'sport', level_bets: 60 })
    expect(await forecast(post({ ...NAMES, sport: 'Curling' }))).toMatchObject({ level: 'ledger', level_bets: 76 })
  })

  it('is 404 where the ledger has no bet that tells anything, and 503 where nothing has been trained', async () => {
    await learn([bet({ state: 'push' })])
    await served.markets.refresh()
    for (const answer of [await post(NAMES), await byQuery(NAMES), await byPath('Tennis', 'ATP', 'x')]) {
      expect(answer.status).toBe(404)
      expect((await problemOf(answer)).type).toBe('urn:closeline:problem:market_unknown')
    }
    expect(api.logger.of('request').at(-1)?.fields).toMatchObject({ status: 404, problem: 'market_unknown' })
    await objects.remove([MARKETS_KEY])
    const { model, markets } = await serving()
    const answer = await checkedApi(marketRoutes({ model, markets, clock }), { clock }).request(
      PATH,
      jsonRequest(NAMES),
    )
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
    expect((await problemOf(answer)).detail).toBe('no market model is in service: none has been trained yet')
  })

  it('keeps coming from memory while the store is away, and says so', async () => {
    const { predicted_roi: expected } = await forecast(post(NAMES))
    objects.fail()
    clock.advance(60_000)
    for (let minute = 0; minute < 3; minute++) {
      await served.markets.refresh()
      expect(await forecast(post(NAMES))).toMatchObject({ served_from: 'memory', predicted_roi: expected })
    }
    objects.recover()
    await served.markets.refresh()
    expect((await forecast(post(NAMES))).served_from).toBe('current')
  })

  it('does not say whose ledger it is where no bet model tells', async () => {
    const model = { current: () => undefined }
    const own = checkedApi(marketRoutes({ markets: served.markets, model, clock }), { clock })
    expect((await forecast(own.request(PATH, jsonRequest(NAMES)))).data).toBeNull()
  })

  describe('of a path whose slashes are no longer encoded', () => {
    it('is that of the one market of the ledger that the path can be split into', async () => {
      expect(await forecast(api.request(`${PATH}/Tennis/ATP/Over/Under`))).toEqual(await forecast(post(NAMES)))
      const golf = await forecast(api.request(`${PATH}/Golf/PGA/LIV/Top%205/10`))
      expect(golf.market_key).toBe('Golf|PGA/LIV|Top 5/10')
    })

    it.each([
      ['no market of the ledger fits', 'Tennis/ATP/Over/Under/Sets'],
      ['two of them fit', 'a/b/c/d'],
      ['the parts are too many', `Tennis/ATP/${'x/'.repeat(40)}y`],
    ])('is refused where %s', async (_, path) => {
      const answer = await api.request(`${PATH}/${path}`)
      expect(answer.status).toBe(422)
      expect(await problemOf(answer)).toMatchObject({
        type: 'urn:closeline:problem:ambiguous_path',
        detail: expect.stringContaining('%2F'),
      })
    })

    it.each(['Tennis', 'Tennis/ATP'])('is 404 for %s, which is no market', async (path) => {
      const answer = await api.request(`${PATH}/${path}`)
      expect([answer.status, (await problemOf(answer)).type]).toEqual([404, 'urn:closeline:problem:not_found'])
    })

    it('asks for the scope, too', async () => {
      const access = openAccess(['read'])
      const closed = checkedApi(marketRoutes({ ...served, clock }), { clock, access })
      expect((await closed.request(`${PATH}/Tennis/ATP/Over/Under`)).status).toBe(403)
    })
  })

  describe('of hostile names', () => {
    it.each([
      ['%252F stays %2F', 'カバディ', '🏏', '50%2F50', 'market'],
      ['a path upwards', '..', '../..', '/etc/passwd', 'ledger'],
      ['bars and quotes', 'a|b', '"]', "' OR 1=1 --", 'ledger'],
      ['markup', '<script>', '&lt;', '{{7*7}}', 'ledger'],
      ['prototype names', '__proto__', 'constructor', 'toString', 'ledger'],
      ['PostgREST operators', 'eq.Tennis', 'or(a.eq.1)', 'select=*', 'ledger'],
      ['200 characters', 'x'.repeat(200), 'y', 'z', 'ledger'],
    ])('gives them back as they are: %s', async (_, sport, league, market, level) => {
      const names = { sport, league, market }
      for (const answer of [post(names), byQuery(names)]) {
        expect(await forecast(answer)).toMatchObject({ ...names, level })
      }
      // URLs resolve dots between slashes, encoded or not, before anybody sees them.
      if (sport !== '..') expect(await forecast(byPath(sport, league, market))).toMatchObject({ ...names, level })
    })

    it.each([
      ['a NUL', 'a\u0000b', 'must not hold control characters'],
      ['a line break', 'a\r\nSet-Cookie: x=1', 'must not hold control characters'],
      ['an escape', 'a\u001b[31m', 'must not hold control characters'],
      ['a next-line', 'a\u0085b', 'must not hold control characters'],
      ['201 characters', 'x'.repeat(201), 'is longer than 200 characters'],
      ['10 kB', 'x'.repeat(10_240), 'is longer than 200 characters'],
      ['blanks', ' \t ', 'must not be empty'],
    ])('refuses %s, naming the field', async (_, market, message) => {
      const names = { ...NAMES, market }
      for (const answer of [await post(names), await byQuery(names), await byPath('Tennis', 'ATP', market)]) {
        expect(answer.status).toBe(422)
        expect((await problemOf(answer)).errors).toEqual([{ field: 'market', message }])
      }
    })

    it('refuses half a character in a body', async () => {
      const answer = await post('{"sport":"Tennis","league":"ATP","market":"\\ud800"}')
      expect(answer.status).toBe(422)
    })

    it('bears broken encodings in a path', async () => {
      for (const part of ['%', '%zz', '%ff', '%e0%80', '%2']) {
        const answer = await api.request(`${PATH}/Tennis/ATP/${part}`)
        expect([200, 422]).toContain(answer.status)
      }
      expect((await api.request(`${PATH}/Tennis/ATP/a%00b`)).status).toBe(422)
    })

    it('refuses fields that are not known in a body and ignores them in a query', async () => {
      const answer = await post({ ...NAMES, min_sample_size: 30 })
      expect(answer.status).toBe(422)
      expect((await problemOf(answer)).errors[0]?.field).toBe('min_sample_size')
      expect(await forecast(byQuery({ ...NAMES, min_sample_size: '30' }))).toMatchObject(NAMES)
    })

    it.each([
      ['null', 'null'],
      ['a list', '[]'],
      ['a number as name', '{"sport":1,"league":"a","market":"b"}'],
      ['__proto__', '{"__proto__":{"sport":"a"},"league":"a","market":"b"}'],
    ])('refuses %s as a body', async (_, body) => {
      expect((await post(body)).status).toBe(422)
    })

    it('refuses what is no JSON', async () => {
      expect((await post('{"sport":')).status).toBe(400)
      expect((await api.request(PATH, { method: 'POST', body: 'sport=a' })).status).toBe(415)
    })
  })

  it('leaves the app it is mounted in to the quicker of Hono’s routers', async () => {
    const app = createApi({ style: STYLE, logger: memoryLogger(), clock }).route(
      '/',
      marketRoutes({ ...served, clock }),
    )
    await app.request(PATH)
    expect(app.router.name).toBe('SmartRouter + RegExpRouter')
  })

  it('asks for a key with the scope predict', async () => {
    const access = openAccess(['read', 'admin', 'sync'])
    const closed = checkedApi(marketRoutes({ ...served, clock }), { clock, access })
    for (const path of [`${PATH}?${new URLSearchParams(NAMES)}`, `${PATH}/a/b/c`]) {
      expect((await closed.request(path)).status).toBe(403)
    }
    expect((await closed.request(PATH, jsonRequest(NAMES))).status).toBe(403)
  })

  it('documents every field with a description and an example', () => {
    const { MarketForecast, MarketRequest } = api.document.components?.schemas ?? {}
    for (const schema of [MarketForecast, MarketRequest]) {
      for (const [name, field] of Object.entries(schema?.properties ?? {})) {
        expect([name, Object.keys(field)]).toEqual([name, expect.arrayContaining(['description', 'example'])])
      }
    }
  })
})
