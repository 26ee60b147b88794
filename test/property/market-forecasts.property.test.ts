import fc from 'fast-check'
import { expect, test } from 'vitest'
import { forecastBody } from '../../functions/prediction/market-body.ts'
import { marketBodySchema, marketForecastSchema } from '../../functions/prediction/market-contract.ts'
import { splitsInThree } from '../../functions/prediction/market-path.ts'
import { fitMarkets } from '../../shared/market-model/fit-markets.ts'
import { marketForecaster } from '../../shared/market-model/forecast-market.ts'
import { marketRows } from '../../shared/market-model/market-rows.ts'
import { LEDGER_START_MS, randomLedger } from '../support/bets.ts'

const DAY_MS = 86_400_000
const AFTER_ALL_MS = LEDGER_START_MS + 1000 * DAY_MS

const name = (...known: string[]) =>
  fc.oneof(fc.constantFrom(...known), fc.string({ unit: 'grapheme', maxLength: 210 }))
const requests = fc.record({
  sport: name('Basketball', 'Tennis', 'Golf'),
  league: name('NBA', 'ATP', 'PGA'),
  market: name('Moneyline', 'Spread', 'Total'),
})

test('every forecast body of every ledger holds to its schema, field by field, as JSON', () => {
  let forecasts = 0
  const ledgers = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 150 }), fc.constantFrom('record', 'price'))
  fc.assert(
    fc.property(ledgers, requests, ([seed, size, basis], request) => {
      const names = marketBodySchema.safeParse(request).data
      if (names === undefined) return
      const model = { ...fitMarkets(marketRows(randomLedger(seed, size)), AFTER_ALL_MS), basis } as const
      const answer = marketForecaster(model)(names)
      if (answer.status === 'no_history') return
      const at = { featuresAsOfMs: model.asOfMs, answeredAtMs: AFTER_ALL_MS, origin: null } as const
      const body = forecastBody(names, answer, { ...at, servedFrom: 'current' })
      expect(marketForecastSchema.strict().parse(JSON.parse(JSON.stringify(body)))).toEqual(body)
      expect(body.historical_roi === null).toBe(body.level !== 'market')
      const { p80, p95 } = body.roi_intervals
      expect(p95.low <= p80.low && p80.low <= p80.high && p80.high <= p95.high).toBe(true)
      forecasts++
    }),
    { numRuns: 150 },
  )
  expect(forecasts).toBeGreaterThan(40)
})

test('no figure that is not finite is ever shown', () => {
  const model = fitMarkets(marketRows(randomLedger(1, 60)), AFTER_ALL_MS)
  const names = { sport: 'Basketball', league: 'NBA', market: 'Spread' }
  const answer = marketForecaster(model)(names)
  if (answer.status === 'no_history') throw new Error('the ledger has bets')
  const basis = { featuresAsOfMs: 0, answeredAtMs: 0, origin: null, servedFrom: 'current' } as const
  const figures = ['predictedWinrate', 'predictedRoi', 'confidence', 'score', 'breakEvenWinrate'] as const
  fc.assert(
    fc.property(fc.constantFrom(...figures), fc.constantFrom(Number.NaN, Infinity, -Infinity), (field, value) => {
      expect(() => forecastBody(names, { ...answer, [field]: value }, basis)).toThrow('forecasts')
    }),
  )
})

test('the ways to split a path hold every name, each once, and join again to the path', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 14 }), (parts) => {
      const splits = splitsInThree(parts)
      if (parts.length < 3) {
        expect(splits).toBeUndefined()
        return
      }
      const n = parts.length - 1
      expect(splits).toHaveLength(parts.length > 12 ? 0 : (n * (n - 1)) / 2)
      for (const { sport, league, market } of splits ?? []) {
        expect([sport, league, market].join('/')).toBe(parts.join('/'))
      }
    }),
  )
})
