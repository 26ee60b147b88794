import { describe, expect, it } from 'vitest'
import type { PerformanceFilter } from '../../../shared/performance/snapshot.ts'
import { performanceSnapshotSchema, selectTally, summariseLedger } from '../../../shared/performance/snapshot.ts'
import { addBet, emptyTally } from '../../../shared/performance/tally.ts'
import { bet, randomLedger } from '../../support/bets.ts'

const IDENTITY = { ledgerSha256: 'a'.repeat(64), origin: 'own' } as const
const NBA_POINTS: PerformanceFilter = { sport: 'Basketball', market: 'Player Points' }

const ledger = [
  bet({ id: 'a', selection: 'Nikola Jokić Over 25.5' }),
  bet({ id: 'b', selection: 'LeBron James Under 7.5', book: 'FanDuel', state: 'lost', profitMinor: -1000 }),
  bet({ id: 'c', selection: null, league: 'WNBA' }),
  bet({ id: 'd', selection: 'Nikola Jokić Over 9.5', betType: 'parlay' }),
  bet({ id: 'e', state: 'open', profitMinor: null, settledAtMs: null }),
  bet({ id: 'f', sport: 'Tennis', market: 'Moneyline' }),
  bet({ id: 'g', sport: null }),
]

const betsIn = (filter: PerformanceFilter) => selectTally(summariseLedger(ledger, IDENTITY), filter).bets

describe('summariseLedger', () => {
  it('survives being stored', () => {
    const snapshot = summariseLedger(randomLedger(2, 300), IDENTITY)
    expect(performanceSnapshotSchema.parse(JSON.parse(JSON.stringify(snapshot)))).toEqual(snapshot)
  })

  it('counts settled bets, and those whose settlement time is known', () => {
    const bets = [bet({ id: 'a' }), bet({ id: 'b', settledAtMs: null }), bet({ id: 'c', state: 'open' })]
    expect(summariseLedger(bets, IDENTITY)).toMatchObject({ ...IDENTITY, settledBets: 2, betsWithSettlementTime: 1 })
  })

  it('leaves money of different currencies out and keeps the return a unit', () => {
    const bets = ['USD', 'EUR'].map((currency) => bet({ id: currency, currency, stakeMinor: 1000, profitMinor: 500 }))
    const { cells } = summariseLedger(bets, IDENTITY)
    expect(cells[0]?.tally).toMatchObject({ bets: 2, moneyBets: 0, stakeMinor: 0, returnBets: 2, returnSum: 1 })
  })

  it('names the currency, null where there is none or more than one', () => {
    const currencyOf = (...currencies: (string | null)[]) =>
      summariseLedger(
        currencies.map((currency, i) => bet({ id: `${i}`, currency })),
        IDENTITY,
      ).currency
    expect(currencyOf('USD', 'USD')).toBe('USD')
    expect(currencyOf('USD', null)).toBe('USD')
    expect(currencyOf('USD', 'EUR')).toBeNull()
    expect(currencyOf(null)).toBeNull()
  })

  it('loses no bet, whatever its names', () => {
    const bets = randomLedger(4, 300)
    const whole = emptyTally()
    for (const one of bets) addBet(whole, one)
    const sum = summariseLedger(bets, IDENTITY).cells.reduce((total, { tally }) => total + tally.bets, 0)
    expect(sum).toBe(whole.bets)
  })
})

describe('selectTally', () => {
  it.each([
    ['sport and market', {}, 4],
    ['league', { league: 'NBA' }, 3],
    ['book', { book: 'FanDuel' }, 1],
    ['bet type', { betType: 'parlay' }, 1],
    ['player, in any case', { player: 'jokić' }, 2],
    ['player and bet type', { player: 'JOKIĆ', betType: 'straight' }, 1],
    ['a player without bets', { player: 'Curry' }, 0],
  ] as const)('picks by %s', (_, more, bets) => {
    expect(betsIn({ ...NBA_POINTS, ...more })).toBe(bets)
  })

  it('matches names exactly', () => {
    expect(betsIn({ sport: 'basketball', market: 'Player Points' })).toBe(0)
    expect(betsIn({ sport: 'Basketball', market: 'Player' })).toBe(0)
  })

  it('leaves the snapshot as it was', () => {
    const snapshot = summariseLedger(ledger, IDENTITY)
    const before = structuredClone(snapshot)
    selectTally(snapshot, NBA_POINTS)
    selectTally(snapshot, NBA_POINTS)
    expect(snapshot).toEqual(before)
  })
})
