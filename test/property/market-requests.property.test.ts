import fc from 'fast-check'
import { expect, test } from 'vitest'
import { marketForecastSchema } from '../../functions/prediction/market-contract.ts'
import { marketRoutes } from '../../functions/prediction/market-routes.ts'
import { fitMarkets } from '../../shared/market-model/fit-markets.ts'
import { marketRows } from '../../shared/market-model/market-rows.ts'
import { encodeMarkets } from '../../shared/market-model/snapshot.ts'
import { createServingMarkets } from '../../shared/usecases/serving-markets.ts'
import { MARKETS_KEY } from '../../shared/usecases/train-markets.ts'
import { randomLedger } from '../support/bets.ts'
import { jsonRequest } from '../support/http-answers.ts'
import { memoryLogger } from '../support/memory-logger.ts'
import { memoryObjectStore } from '../support/memory-object-store.ts'
import { MODELS_MADE_MS } from '../support/models.ts'
import { checkedApi } from '../unit/functions/prediction/checked-api.ts'

const PATH = '/api/v1/predict-market'
const clock = () => MODELS_MADE_MS

/** Any text that a URL can bear: no half characters. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.constantFrom(
    'Tennis',
    '/',
    '//',
    '%2F',
    '%',
    '..',
    '.',
    '?',
    '#',
    '&',
    '=',
    '+',
    ' ',
    '\\',
    ';',
    '|',
    '__proto__',
  ),
)

async function api() {
  const objects = memoryObjectStore()
  await objects.put(MARKETS_KEY, encodeMarkets(fitMarkets(marketRows(randomLedger(3, 80)), MODELS_MADE_MS)))
  const markets = createServingMarkets({ objects, clock, logger: memoryLogger(), maxAgeMs: 60_000 })
  return checkedApi(marketRoutes({ markets, model: { current: () => undefined }, clock }), { clock })
}

test('whatever the names, the answer is a forecast of just them or a refusal, the same by body, query and path', async () => {
  const checked = await api()
  let forecasts = 0
  await fc.assert(
    fc.asyncProperty(text, text, text, async (sport, league, market) => {
      const names = { sport, league, market }
      const byBody = await checked.request(PATH, jsonRequest(names))
      expect([200, 422]).toContain(byBody.status)
      const byQuery = await checked.request(`${PATH}?${new URLSearchParams(names)}`)
      expect(byQuery.status).toBe(byBody.status)
      if (byBody.status === 200) {
        const body = marketForecastSchema.strict().parse(await byBody.json())
        expect([body.sport, body.league, body.market]).toEqual([sport.trim(), league.trim(), market.trim()])
        expect(await byQuery.json()).toEqual(body)
        forecasts++
        // What a URL resolves before it is sent, and a part that is empty, cannot be asked for by path.
        const parts = [sport, league, market].map(encodeURIComponent)
        if (parts.some((part) => /^\.*$/.test(part))) return
        const byPath = await checked.request(`${PATH}/${parts.join('/')}`)
        expect([parts, byPath.status]).toEqual([parts, 200])
        expect(await byPath.json()).toEqual(body)
      }
    }),
    { numRuns: 400 },
  )
  expect(forecasts).toBeGreaterThan(50)
})

test('whatever the path below it, the answer is no failure of ours', async () => {
  const checked = await api()
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(text.map(encodeURIComponent), text), { maxLength: 8 }), async (parts) => {
      const answer = await checked.request(`${PATH}/${parts.join('/')}`)
      expect([200, 404, 422]).toContain(answer.status)
    }),
    { numRuns: 400 },
  )
})

test('whatever the body, the answer is no failure of ours', async () => {
  const checked = await api()
  await fc.assert(
    fc.asyncProperty(fc.json(), async (body) => {
      expect([200, 422]).toContain((await checked.request(PATH, jsonRequest(body))).status)
    }),
    { numRuns: 300 },
  )
})
