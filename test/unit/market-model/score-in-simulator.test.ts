import { describe, expect, test } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { createRng } from '../../../shared/kernel/random.ts'
import { fitMarkets } from '../../../shared/market-model/fit-markets.ts'
import type { MarketForecast } from '../../../shared/market-model/forecast-market.ts'
import { marketForecaster } from '../../../shared/market-model/forecast-market.ts'
import { marketRows } from '../../../shared/market-model/market-rows.ts'
import { BOOKS } from '../../../shared/simulator/books.ts'
import type { Sport } from '../../../shared/simulator/leagues.ts'
import { LEAGUES } from '../../../shared/simulator/leagues.ts'
import { simulateLedger } from '../../../shared/simulator/ledger.ts'
import { MARKETS } from '../../../shared/simulator/markets.ts'
import type { Edge } from '../../../shared/simulator/truth.ts'
import { biasedProbability, DEFAULT_EDGES, edgeOf } from '../../../shared/simulator/truth.ts'

const ENDS_AT_MS = Date.UTC(2026, 0, 1)

/** An edge in every market of every league, normal with a deviation at evens, smaller for longshots and favourites. */
function randomEdges(seed: number, deviation: number): Edge[] {
  const rng = createRng(seed)
  return LEAGUES.flatMap(({ sport, name }) =>
    MARKETS[sport].map(({ name: market, typicalImplied: q }) => ({
      where: { sport, league: name, market, betType: 'straight' as const },
      probabilityShift: 4 * q * (1 - q) * deviation * rng.normal(),
    })),
  )
}

/** What a bet of the simulator is worth, by the simulator's own rule: p·d − 1, ties aside. */
function trueReturn(bet: Bet & { decimalOdds: number }, edges: readonly Edge[]): number {
  const market = MARKETS[bet.sport as Sport].find(({ name }) => name === bet.market)
  const book = BOOKS.find(({ name }) => name === bet.book)
  const margin = (market?.margin ?? Number.NaN) * (book?.marginFactor ?? Number.NaN)
  const p = biasedProbability(1 / (bet.decimalOdds * (1 + margin))) + edgeOf(bet, [...DEFAULT_EDGES, ...edges])
  return p * bet.decimalOdds - 1
}

/** Forecasts of all straight markets of simulated ledgers, each with the mean return that its bets are truly worth. */
function forecastsWithTruth(seeds: readonly number[], count: number, deviation: number) {
  return seeds.flatMap((seed) => {
    const edges = randomEdges(seed, deviation)
    const bets = simulateLedger({ seed, count, endsAtMs: ENDS_AT_MS, edges })
    const forecastOf = marketForecaster(fitMarkets(marketRows(bets), ENDS_AT_MS))
    const straight = bets.filter((bet): bet is Bet & { decimalOdds: number } => {
      return bet.betType === 'straight' && bet.decimalOdds !== null
    })
    const markets = Map.groupBy(straight, ({ sport, league, market }) => JSON.stringify([sport, league, market]))
    return [...markets.values()].map((ofMarket) => {
      const [{ sport, league, market } = { sport: '', league: '', market: '' }] = ofMarket
      const answer = forecastOf({ sport: sport ?? '', league, market: market ?? '' })
      if (answer.status !== 'forecast') throw new Error(`no forecast of ${market}`)
      const truth = ofMarket.reduce((sum, bet) => sum + trueReturn(bet, edges), 0) / ofMarket.length
      return { answer, truth }
    })
  })
}

type Judged = ReturnType<typeof forecastsWithTruth>

const share = (of: Judged, holds: (one: Judged[number]) => boolean) => of.filter(holds).length / of.length
const isProfitable = ({ truth }: Judged[number]) => truth > 0

describe('the score, in ledgers whose truth is known', () => {
  const all = forecastsWithTruth([1, 2, 3, 4, 5], 15_000, 0.06)
  const graded = (grade: MarketForecast['grade']) => all.filter(({ answer }) => answer.grade === grade)

  test('reaches every grade', () => {
    for (const grade of ['A', 'B', 'C', 'D', 'F'] as const) expect(graded(grade).length).toBeGreaterThan(8)
  })

  test('is the share of markets that are truly profitable, grade by grade', () => {
    for (const grade of ['A', 'B', 'C', 'D', 'F'] as const) {
      const ofGrade = graded(grade)
      const expected = ofGrade.reduce((sum, { answer }) => sum + answer.score / 100, 0) / ofGrade.length
      const error = Math.sqrt((expected * (1 - expected)) / ofGrade.length)
      // Three standard errors and ten points: markets of a ledger share what is not known of it.
      expect(Math.abs(share(ofGrade, isProfitable) - expected)).toBeLessThan(3 * error + 0.1)
    }
  })

  test('ranks profitable markets above others', () => {
    const shares = (['A', 'B', 'C', 'D', 'F'] as const).map((grade) => share(graded(grade), isProfitable))
    expect(shares).toEqual(shares.toSorted((a, b) => b - a))
    expect(shares[0]).toBeGreaterThan(0.9)
    expect(shares[4]).toBeLessThan(0.25)
  })

  test('advises to take markets of which four in five are profitable', () => {
    const taken = all.filter(({ answer }) => answer.shouldTake)
    expect(taken.length).toBeGreaterThan(20)
    expect(share(taken, isProfitable)).toBeGreaterThan(0.8)
  })

  test('comes with intervals of the expected ROI that hold the truth nine times in ten', () => {
    const holds = ({ answer: { expectedRoiInterval: i }, truth }: Judged[number]) => truth >= i.low && truth <= i.high
    expect(share(all, holds)).toBeGreaterThan(0.88)
  })

  test('gives no A, no B and no advice to take in ledgers without an edge', () => {
    const none = forecastsWithTruth([6, 7, 8], 15_000, 0)
    expect(none.filter(isProfitable)).toEqual([])
    expect(none.filter(({ answer }) => ['A', 'B'].includes(answer.grade) || answer.shouldTake)).toEqual([])
  })
})
