import { describe, expect, test } from 'vitest'
import { decideBasis, servedModel } from '../../../shared/market-model/decide-basis.ts'
import { evaluateMarkets, judgeForecasts } from '../../../shared/market-model/evaluate-markets.ts'
import { fitMarkets } from '../../../shared/market-model/fit-markets.ts'
import { coverageOf } from '../../../shared/market-model/forecast-scores.ts'
import { forecastWindows } from '../../../shared/market-model/forecast-windows.ts'
import { marketRows } from '../../../shared/market-model/market-rows.ts'
import { bet, LEDGER_START_MS } from '../../support/bets.ts'
import { AFTER_ALL_MS, ledgerOf } from './ledgers.ts'

const DAY_MS = 86_400_000
const market = { sport: 'Tennis', league: 'ATP', market: 'Total', decimalOdds: 1.95, winProbability: 0.5, bets: 1500 }

describe('forecastWindows', () => {
  test('cuts the bets after the share to learn from into whole windows of 30', () => {
    const bets = ledgerOf([{ ...market, bets: 200 }])
    const windows = forecastWindows(marketRows(bets), 0.5)
    // Rows 100 to 199: three windows, ten rows left over. Row 100 is placed at 04:00 of the fifth day.
    expect(windows).toHaveLength(3)
    expect(windows.map(({ forecastAtMs }) => (forecastAtMs - LEDGER_START_MS) / DAY_MS)).toEqual([4, 5, 6])
    const wins = bets.slice(100, 130).filter(({ state }) => state === 'won').length
    expect(windows[0]?.winrate).toBe(wins / 30)
    expect(windows[0]?.roi).toBeCloseTo((wins * 1.95) / 30 - 1, 12)
  })

  test('passes over bets that name no market', () => {
    expect(forecastWindows(marketRows(ledgerOf([{ ...market, market: null }])), 0.5)).toEqual([])
  })

  test.each([0, 1, -1, Number.NaN])('refuses a share of %d', (share) => {
    expect(() => forecastWindows(marketRows([]), share)).toThrow(
      expect.objectContaining({ code: 'learn_share_out_of_range' }),
    )
  })
})

describe('evaluateMarkets', () => {
  test('forecasts nothing from what was not known on the day', () => {
    const bets = ledgerOf([market, { ...market, market: 'Spread', winProbability: 0.55 }])
    const rows = marketRows(bets)
    const judged = judgeForecasts(rows)
    const cut = judged[20]?.window.forecastAtMs ?? Number.NaN
    const turned = bets.map((one) =>
      (one.settledAtMs ?? 0) < cut
        ? one
        : { ...one, state: one.state === 'won' ? ('lost' as const) : ('won' as const) },
    )
    const until = (all: typeof judged) =>
      all.filter(({ window }) => window.forecastAtMs <= cut).map(({ forecast, points }) => ({ forecast, points }))
    expect(until(judged).length).toBeGreaterThan(20)
    expect(until(judgeForecasts(marketRows(turned)))).toEqual(until(judged))
  })

  test('proves a large difference between markets and serves the record', () => {
    const ledger = ledgerOf([
      { ...market, winProbability: 0.65 },
      { ...market, market: 'Spread', winProbability: 0.35 },
      { ...market, market: 'Moneyline', winProbability: 0.5 },
    ])
    const { verdict, scores, recordMinus, forecasts, markets } = evaluateMarkets(ledger)
    expect(verdict).toMatchObject({ basis: 'record', status: 'proven' })
    expect(scores.record.winrateLogLoss).toBeLessThan(scores.recalibrated_price.winrateLogLoss)
    expect(recordMinus.recalibrated_price.winrateLogLoss.interval?.high).toBeLessThan(0)
    // 600 bets of each market after the share to learn from.
    expect([forecasts, markets]).toEqual([60, 3])
    expect(servedModel(fitMarkets(marketRows(ledger), AFTER_ALL_MS), verdict).basis).toBe('record')
  })

  test('proves nothing where markets do not differ, and serves the price', () => {
    const ledger = ledgerOf([market, { ...market, market: 'Spread' }, { ...market, market: 'Moneyline' }], 5)
    const { verdict } = evaluateMarkets(ledger)
    expect(verdict).toMatchObject({ basis: 'price', status: 'not_proven' })
    expect(verdict.reasons.join()).toContain('zero is not excluded')
    expect(servedModel(fitMarkets(marketRows(ledger), AFTER_ALL_MS), verdict).basis).toBe('price')
  })

  test('covers what comes about as often as it says', () => {
    const kinds = ['Total', 'Spread', 'Moneyline', 'Aces', 'Sets', 'Games']
    const ledger = ledgerOf(
      kinds.map((kind, k) => ({ ...market, market: kind, winProbability: 0.46 + 0.02 * k, bets: 2500 })),
      7,
    )
    const { coverage, forecasts } = evaluateMarkets(ledger)
    expect(forecasts).toBe(198)
    for (const { share, nominal } of Object.values(coverage)) {
      // Four standard errors of a share among 198; wins are whole, so more may be covered.
      const error = Math.sqrt((nominal * (1 - nominal)) / forecasts)
      expect(share).toBeGreaterThan(nominal - 4 * error)
      expect(share).toBeLessThan(nominal + 4 * error + 0.06)
    }
  })

  test('tells how far it is', () => {
    const seen: [number, number][] = []
    evaluateMarkets(ledgerOf([{ ...market, bets: 300 }]), { onForecast: (done, total) => seen.push([done, total]) })
    expect(seen.at(-1)).toEqual([4, 4])
  })

  test('refuses a ledger in which no market has 30 bets to come', () => {
    expect(() => evaluateMarkets([bet()])).toThrow(expect.objectContaining({ code: 'too_few_bets' }))
  })
})

describe('the figures of an evaluation', () => {
  const rows = marketRows(ledgerOf([market]))

  test('hold each contender against what came', () => {
    const judged = judgeForecasts(rows)
    const { scores } = evaluateMarkets(ledgerOf([market]))
    const mean = (of: (one: (typeof judged)[number]) => number) =>
      judged.reduce((sum, one) => sum + of(one), 0) / judged.length
    expect(scores.price.roiMae).toBeCloseTo(
      mean(({ window }) => Math.abs(window.roi)),
      12,
    )
    expect(scores.ledger_mean.winrateSquaredError).toBeCloseTo(
      mean(({ window, points }) => (window.winrate - points.ledger_mean.winrate) ** 2),
      12,
    )
    expect(scores.price.winrateLogLoss).toBeCloseTo(
      mean(({ window }) => -window.winrate * Math.log(1 / 1.95) - (1 - window.winrate) * Math.log(1 - 1 / 1.95)),
      4,
    )
  })

  test('count an interval that ends where the figure is as covering it', () => {
    const judged = judgeForecasts(rows)
    expect(coverageOf(judged, 0.8, ({ window }) => [window.winrate, { low: window.winrate, high: 1 }]).share).toBe(1)
    expect(
      coverageOf(judged, 0.8, ({ window }) => [window.winrate, { low: window.winrate + 0.01, high: 1 }]).share,
    ).toBe(0)
  })
})

describe('decideBasis', () => {
  const ratio = (mean: number, low: number, high: number) => ({
    ...{ ratio: mean, interval: { low, high }, clusters: 50, n: 200 },
  })
  const better = ratio(-0.01, -0.02, -0.001)
  const ahead = { winrateLogLoss: better, winrateSquaredError: better, roiSquaredError: better }
  const all = { recalibrated_price: ahead, price: ahead, market_mean: ahead, ledger_mean: ahead }

  test('serves the record where it is better than the recalibrated price and nothing is better than it', () => {
    const unsure = { ...ahead, winrateLogLoss: ratio(0.001, -0.01, 0.012) }
    expect(decideBasis({ ...all, market_mean: unsure })).toEqual({
      ...{ basis: 'record', status: 'proven' },
      reasons: [
        'log loss against the recalibrated price -0.01000 (95 % interval -0.02000 to -0.00100): zero is excluded',
      ],
    })
  })

  test.each([
    ['an interval that ends at zero', { winrateLogLoss: ratio(-0.01, -0.02, 0) }, 'zero is not excluded'],
    ['no interval', { winrateLogLoss: { ...better, interval: undefined } }, 'no interval'],
    ['no number', { winrateLogLoss: ratio(Number.NaN, Number.NaN, Number.NaN) }, 'zero is not excluded'],
    ['a worse ROI', { roiSquaredError: ratio(0.001, -1, 1) }, 'squared error of ROI'],
  ])('does not serve the record on %s', (_, change, reason) => {
    const verdict = decideBasis({ ...all, recalibrated_price: { ...ahead, ...change } })
    expect(verdict).toMatchObject({ basis: 'price', status: 'not_proven' })
    expect(verdict.reasons).toEqual([expect.stringContaining(reason)])
  })

  test.each(['price', 'market_mean', 'ledger_mean'] as const)(
    'does not serve the record where %s is proven better',
    (name) => {
      const worse = { ...ahead, winrateLogLoss: ratio(0.02, 0.01, 0.03) }
      expect(decideBasis({ ...all, [name]: worse }).reasons).toEqual([expect.stringContaining(name)])
    },
  )
})
