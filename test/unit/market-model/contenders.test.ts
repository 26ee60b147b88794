import { expect, test } from 'vitest'
import { contenderForecasts } from '../../../shared/market-model/contenders.ts'
import { fitMarkets } from '../../../shared/market-model/fit-markets.ts'
import { marketRows } from '../../../shared/market-model/market-rows.ts'
import { AFTER_ALL_MS, ledgerOf } from './ledgers.ts'

const names = { sport: 'Tennis', league: 'ATP', market: 'Total' }

function points(bets: number) {
  const ledger = ledgerOf([
    { ...names, decimalOdds: 2.5, winProbability: 1, bets },
    { ...names, market: 'Spread', decimalOdds: 1.5, winProbability: 0, bets: 100 },
  ])
  return contenderForecasts(fitMarkets(marketRows(ledger), AFTER_ALL_MS))(names)
}

test('each contender forecasts what it says', () => {
  const { price, market_mean, ledger_mean, recalibrated_price, record } = points(25) ?? {}
  expect(market_mean).toEqual({ winrate: 1, roi: 1.5 })
  expect(ledger_mean?.winrate).toBe(0.2)
  expect(ledger_mean?.roi).toBeCloseTo((25 * 1.5 - 100) / 125, 12)
  expect(price?.roi).toBe(0)
  // 25 bets at 0.4 with five of the kind of bet, itself between 0.4 and the sport's.
  expect(price?.winrate).toBeGreaterThan(0.4)
  expect(price?.winrate).toBeLessThan(0.44)
  // The ledger wins too seldom, this market always.
  expect(record?.winrate).toBeGreaterThan(recalibrated_price?.winrate ?? 1)
})

test.each([
  [19, 19 / 119],
  [20, 1],
])('the old way trusts a market from 20 bets on: %d bets', (bets, winrate) => {
  expect(points(bets)?.market_mean.winrate).toBe(winrate)
})

test('nothing is forecast where nothing is known', () => {
  expect(contenderForecasts(fitMarkets(marketRows([]), 0))(names)).toBeUndefined()
})
