import { describe, expect, test } from 'vitest'
import { fitMarkets } from '../../../shared/market-model/fit-markets.ts'
import { marketForecaster } from '../../../shared/market-model/forecast-market.ts'
import { marketRows } from '../../../shared/market-model/market-rows.ts'
import { decodeMarkets, encodeMarkets } from '../../../shared/market-model/snapshot.ts'
import { AFTER_ALL_MS, ledgerOf } from './ledgers.ts'

const names = { sport: 'a|b', league: null, market: 'x/y "z"' }
const model = fitMarkets(
  marketRows(ledgerOf([{ ...names, decimalOdds: 1.9, winProbability: 0.55, bets: 90 }])),
  AFTER_ALL_MS,
)

describe('a stored market model', () => {
  test('gives the same forecasts to the last bit', () => {
    const read = decodeMarkets(encodeMarkets(model), 'markets.json')
    expect(read).toEqual(model)
    expect(marketForecaster(read)(names)).toEqual(marketForecaster(model)(names))
  })

  test('may be empty', () => {
    const empty = fitMarkets(marketRows([]), 0)
    expect(empty.nodes).toEqual([])
    expect(marketForecaster(decodeMarkets(encodeMarkets(empty), 'm'))(names)).toEqual({ status: 'no_history' })
  })

  test.each([
    ['no JSON', '{'],
    ['another version', encodeMarkets({ ...model, version: 2 as 1 })],
    ['a number that is none', encodeMarkets({ ...model, calibration: { intercept: Number.NaN, slope: 1 } })],
    ['a market named twice', encodeMarkets({ ...model, nodes: [...model.nodes, ...model.nodes] })],
    ['more wins than bets', encodeMarkets({ ...model, nodes: model.nodes.map((node) => ({ ...node, wins: 1000 })) })],
  ])('is refused with %s, by its name', (_, text) => {
    expect(() => decodeMarkets(text, 'markets.json')).toThrow(
      expect.objectContaining({ code: 'corrupt_object', message: expect.stringContaining('markets.json') }),
    )
  })
})
