import { describe, expect, test } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { fitMarkets } from '../../../shared/market-model/fit-markets.ts'
import { marketForecaster } from '../../../shared/market-model/forecast-market.ts'
import { marketRows } from '../../../shared/market-model/market-rows.ts'
import { bet } from '../../support/bets.ts'
import { AFTER_ALL_MS, ledgerOf } from './ledgers.ts'

const names = { sport: 'Tennis', league: 'ATP', market: 'Total' }
const even = { ...names, decimalOdds: 1.95, winProbability: 0.5, bets: 400 }

const learn = (bets: readonly Bet[]) => fitMarkets(marketRows(bets), AFTER_ALL_MS)

function forecast(bets: readonly Bet[], of = names) {
  const answer = marketForecaster(learn(bets))(of)
  if (answer.status !== 'forecast') throw new Error('no forecast')
  return answer
}

describe('marketForecaster', () => {
  test('says that there is no history, and no number, where the ledger has no decided bet at a price', () => {
    const ledger = [bet({ state: 'push' }), bet({ id: 'b', decimalOdds: null }), bet({ id: 'c', state: 'open' })]
    expect(marketForecaster(learn(ledger))(names)).toEqual({ status: 'no_history' })
  })

  test('gives the record of the market as it is', () => {
    const bets = ledgerOf([even])
    const wins = bets.filter(({ state }) => state === 'won').length
    const { historicalBets, historicalWinrate, historicalRoi, level } = forecast(bets)
    expect({ historicalBets, historicalWinrate, level }).toEqual({
      ...{ historicalBets: 400, historicalWinrate: wins / 400, level: 'market' },
    })
    expect(historicalRoi).toBeCloseTo((wins * 1.95) / 400 - 1, 12)
  })

  test('expects less of a good record than it shows, and more than the price says', () => {
    const { predictedWinrate, historicalWinrate, predictedRoi, historicalRoi } = forecast(
      ledgerOf([
        { ...even, winProbability: 0.62 },
        { ...even, league: 'WTA' },
        { ...even, market: 'Spread' },
      ]),
    )
    expect(predictedWinrate).toBeGreaterThan(1 / 1.95)
    expect(predictedWinrate).toBeLessThan(historicalWinrate ?? 0)
    expect(predictedRoi).toBeLessThan(historicalRoi ?? 0)
    // At one price, ROI and win rate are the same figure: p·d − 1.
    expect(predictedRoi).toBeCloseTo(predictedWinrate * 1.95 - 1, 2)
  })

  test('breaks even, at one price, at its implied probability', () => {
    expect(forecast(ledgerOf([even])).breakEvenWinrate).toBeCloseTo(1 / 1.95, 3)
  })

  test.each([
    ['another league', { ...names, league: 'WTA' }, 'sport_market', 400],
    ['a league that is not said', { ...names, league: null }, 'sport_market', 400],
    ['another kind of bet', { ...names, market: 'Moneyline' }, 'sport', 700],
    ['another sport', { ...names, sport: 'Golf' }, 'ledger', 1000],
  ])('falls back for %s and says to what', (_, of, level, levelBets) => {
    const ledger = ledgerOf([even, { ...even, market: 'Spread', bets: 300 }, { ...even, sport: 'Soccer', bets: 300 }])
    const answer = forecast(ledger, of as typeof names)
    expect(answer).toMatchObject({ level, levelBets, historicalBets: 0, confidence: 0, shouldTake: false })
    expect([answer.historicalWinrate, answer.historicalRoi]).toEqual([undefined, undefined])
    const known = forecast(ledger)
    const width = ({ low, high }: { low: number; high: number }) => high - low
    expect(width(answer.expectedRoiInterval)).toBeGreaterThan(width(known.expectedRoiInterval))
  })

  test('doubts a market that it does not know by as much as such markets differ', () => {
    const ledger = ledgerOf([even, { ...even, market: 'Spread', winProbability: 0.4 }])
    const model = learn(ledger)
    const kind = model.nodes.find(({ names: of }) => of.level === 'sport_market' && of.market === 'Total')
    if (kind === undefined) throw new Error('no such kind of bet')
    const { expectedRoiInterval: i } = forecast(ledger, { ...names, league: 'WTA' })
    const deviation = kind.prices.returnSlope * Math.sqrt(kind.effect.variance + model.levelVariances[3])
    expect(model.levelVariances[3]).toBeGreaterThan(0)
    expect(i.high - i.low).toBeCloseTo(2 * 1.959963984540054 * deviation, 10)
  })

  test('does not take a market without 30 bets of its own however good its neighbours are', () => {
    const ledger = ledgerOf([
      { ...even, winProbability: 0.75, bets: 2000 },
      { ...even, league: 'WTA', bets: 5 },
    ])
    const answer = forecast(ledger, { ...names, league: 'WTA' })
    expect(answer.score).toBeGreaterThanOrEqual(75)
    expect(answer.shouldTake).toBe(false)
    expect(answer.explanation).toMatch(/^confidence \d+ % stands on 5 bets, fewer than 30$/)
  })

  test('is surer of a longer record', () => {
    const longer = forecast(
      ledgerOf([
        { ...even, bets: 3000 },
        { ...even, market: 'Spread' },
      ]),
    )
    const shorter = forecast(
      ledgerOf([
        { ...even, bets: 60 },
        { ...even, market: 'Spread' },
      ]),
    )
    expect(longer.confidence).toBeGreaterThan(shorter.confidence)
    expect(longer.confidence).toBeLessThan(1)
    expect(shorter.confidence).toBeGreaterThan(0)
  })

  test('reaches A with a long good record and F with a bad one', () => {
    const ledger = ledgerOf([
      { ...even, winProbability: 0.6, bets: 1500 },
      { ...even, market: 'Spread', bets: 1500, winProbability: 0.45 },
    ])
    expect(forecast(ledger)).toMatchObject({ grade: 'A', shouldTake: true })
    expect(forecast(ledger, { ...names, market: 'Spread' })).toMatchObject({ grade: 'F', shouldTake: false })
  })

  test('on the basis of prices takes effects as zero and what they seem to be as doubt', () => {
    const ledger = ledgerOf([
      { ...even, winProbability: 0.6, bets: 1500 },
      { ...even, market: 'Spread', bets: 1500 },
    ])
    const model = learn(ledger)
    const [own, price] = [model, { ...model, basis: 'price' as const }].map((one) => marketForecaster(one)(names))
    if (own?.status !== 'forecast' || price?.status !== 'forecast') throw new Error('no forecast')
    expect(price.predictedRoi).toBeLessThan(own.predictedRoi)
    expect(price.predictedWinrate).toBeLessThan(own.predictedWinrate)
    const width = ({ low, high }: { low: number; high: number }) => high - low
    expect(width(price.expectedRoiInterval)).toBeGreaterThan(width(own.expectedRoiInterval))
    expect([own.basis, price.basis]).toEqual(['record', 'price'])
  })

  test('keeps names apart that would be one text with separators', () => {
    const ledger = ledgerOf([
      { ...even, sport: 'a|b', league: 'c', bets: 40 },
      { ...even, sport: 'a', league: 'b|c', bets: 50 },
      { ...even, sport: 'a', league: null, bets: 60 },
      { ...even, sport: 'a', league: 'null', bets: 70 },
      { ...even, sport: 'a/b', league: '"]', bets: 80 },
    ])
    const own = (sport: string, league: string | null) =>
      forecast(ledger, { ...names, sport, league } as typeof names).historicalBets
    expect([own('a|b', 'c'), own('a', 'b|c'), own('a', null), own('a', 'null'), own('a/b', '"]')]).toEqual([
      40, 50, 60, 70, 80,
    ])
  })

  test('counts bets without a market in their sport, and without a sport in the ledger alone', () => {
    const model = learn(
      ledgerOf([
        { ...even, market: null, bets: 30 },
        { ...even, sport: null, bets: 50 },
      ]),
    )
    expect(model.nodes.map(({ names: { level }, bets }) => [level, bets])).toEqual([
      ['ledger', 80],
      ['sport', 30],
    ])
  })

  test('widens the intervals from 80 to 95 per cent around what it expects, and never below a total loss', () => {
    const { winrateIntervals, roiIntervals, predictedWinrate, predictedRoi } = forecast(
      ledgerOf([{ ...even, decimalOdds: 21, winProbability: 0.04 }]),
    )
    for (const [{ p80, p95 }, expected] of [
      [winrateIntervals, predictedWinrate],
      [roiIntervals, predictedRoi],
    ] as const) {
      expect(p95.low).toBeLessThanOrEqual(p80.low)
      expect(p95.high).toBeGreaterThan(p80.high)
      expect(p80.low).toBeLessThan(expected)
      expect(p80.high).toBeGreaterThan(expected)
    }
    expect(roiIntervals.p95.low).toBe(-1)
    // Long prices lose little at a time and gain much: the interval leans upwards.
    expect(roiIntervals.p95.high - predictedRoi).toBeGreaterThan(predictedRoi - roiIntervals.p95.low)
  })
})

describe('fitMarkets', () => {
  test('looks at no result that was not known at its instant', () => {
    const ledger = ledgerOf([even])
    const asOfMs = (ledger[100]?.placedAtMs ?? Number.NaN) + 3 * 3_600_000
    const turned = ledger.map((one) =>
      (one.settledAtMs ?? 0) < asOfMs
        ? one
        : { ...one, state: one.state === 'won' ? ('lost' as const) : ('won' as const) },
    )
    const model = fitMarkets(marketRows(ledger), asOfMs)
    expect(model.nodes[0]?.bets).toBe(100)
    expect(fitMarkets(marketRows(turned), asOfMs)).toEqual(model)
  })

  test('does not depend on the order of the ledger', () => {
    const ledger = ledgerOf([even, { ...even, market: 'Spread' }])
    const value = ({ nodes }: ReturnType<typeof learn>) =>
      nodes.map(({ names: of, bets, wins }) => ({ of, bets, wins }))
    expect(value(learn(ledger.toReversed()))).toEqual(value(learn(ledger)))
  })

  test('takes the prices of the latest 50 bets for those of the next', () => {
    const ledger = ledgerOf([{ ...even, bets: 100 }])
    const dearer = ledger.map((one, i) => (i < 50 ? { ...one, decimalOdds: 8 } : one))
    const node = learn(dearer).nodes.at(-1)
    expect(node?.prices.implied).toBeCloseTo(1 / 1.95, 10)
  })

  test('finds results of one day to be one draw where they all agree', () => {
    const apart = ledgerOf([{ ...even, bets: 480 }], 3)
    const together = apart.map((one) => {
      const day = Math.floor(one.placedAtMs / 86_400_000)
      return { ...one, state: day % 2 === 0 ? ('won' as const) : ('lost' as const) }
    })
    const phi = (bets: readonly Bet[]) => learn(bets).nodes.at(-1)?.overdispersion
    expect(phi(apart)).toBeLessThan(2)
    // 24 bets of a day with correlation near 1: 1 + 23·ρ, a little less for the prior.
    expect(phi(together)).toBeGreaterThan(20)
    expect(phi(together)).toBeLessThanOrEqual(24.001)
  })
})
