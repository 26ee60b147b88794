import { describe, expect, it } from 'vitest'
import { recordPartSchema, summariseBets } from '../../../shared/performance/record-part.ts'
import { performanceSnapshotSchema, selectionsSchema } from '../../../shared/performance/snapshot.ts'
import { addBet, emptyTally } from '../../../shared/performance/tally.ts'
import { bet, randomLedger } from '../../support/bets.ts'
import { joinedRecord, storedRecord } from '../../support/performance-records.ts'

const reread = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('the record of a ledger', () => {
  it('survives being stored, as do its parts and its selections', () => {
    const bets = randomLedger(2, 300)
    const joined = joinedRecord(bets)
    const stored = storedRecord(joined)
    expect(performanceSnapshotSchema.parse(reread(stored))).toEqual(stored)
    expect(selectionsSchema.parse(reread(joined.selections))).toEqual(joined.selections)
    expect(recordPartSchema.parse(reread(summariseBets(bets)))).toEqual(summariseBets(bets))
  })

  it('counts settled bets, and those whose settlement time is known', () => {
    const bets = [bet({ id: 'a' }), bet({ id: 'b', settledAtMs: null }), bet({ id: 'c', state: 'open' })]
    expect(joinedRecord(bets).snapshot).toMatchObject({ settledBets: 2, betsWithSettlementTime: 1 })
  })

  it('has one cell for each league, book and bet type of a market, whatever was bet on', () => {
    const { snapshot } = joinedRecord(
      [
        bet({ id: 'a', selection: 'Over 20.5' }),
        bet({ id: 'b', selection: 'Under 7.5' }),
        bet({ id: 'c', book: null }),
      ],
      [bet({ id: 'd', selection: 'Over 3.5' }), bet({ id: 'e', market: 'Spread' })],
    )
    expect(
      snapshot.markets.map(({ market, cells }) => [market, cells.map(({ book, tally }) => [book, tally.bets])]),
    ).toEqual([
      [
        'Player Points',
        [
          ['DraftKings', 3],
          [null, 1],
        ],
      ],
      ['Spread', [['DraftKings', 1]]],
    ])
  })

  it('keeps each selection once, in lower case, with the bets on it', () => {
    const { selections } = joinedRecord(
      [bet({ id: 'a', selection: 'JOKIĆ Over' }), bet({ id: 'b', selection: null })],
      [bet({ id: 'c', book: 'FanDuel', selection: 'Jokić over', state: 'lost', profitMinor: -1000 })],
    )
    expect(selections?.markets).toEqual([
      {
        ...{ sport: 'Basketball', market: 'Player Points', cells: 2 },
        rows: {
          ...{ texts: ['jokić over'], text: [0, 0], cell: [0, 1], outcome: [0, 1] },
          ...{ stakeMinor: [1000, 1000], profitMinor: [1000, -1000], perUnit: [1, -1] },
        },
      },
    ])
  })

  it('cuts selections at 200 characters and says of how many bets', () => {
    const { snapshot, selections } = joinedRecord([
      bet({ id: 'a', selection: 'x'.repeat(201) }),
      bet({ id: 'b', selection: 'y'.repeat(200) }),
    ])
    expect(snapshot.cutSelections).toBe(1)
    expect(selections?.markets[0]?.rows.texts.map(({ length }) => length)).toEqual([200, 200])
  })

  it('has no selections where no bet of a named sport and market tells one', () => {
    expect(joinedRecord([bet({ selection: null })]).selections).toBeUndefined()
    expect(joinedRecord([bet({ market: null }), bet({ id: 'b', sport: null })]).selections).toBeUndefined()
  })

  it('leaves money of different currencies out and keeps the return a unit', () => {
    const parts = ['USD', 'EUR'].map((currency) => [
      bet({ id: currency, currency, stakeMinor: 1000, profitMinor: 500 }),
    ])
    const { snapshot, selections, hasOneCurrency } = joinedRecord(...parts)
    expect(hasOneCurrency).toBe(false)
    expect(snapshot.markets[0]?.cells[0]?.tally).toMatchObject({ bets: 2, moneyBets: 0, stakeMinor: 0, returnSum: 1 })
    expect(selections?.markets[0]?.rows).toMatchObject({ stakeMinor: [null, null], perUnit: [0.5, 0.5] })
  })

  it('names the currency, null where there is none or more than one', () => {
    const currencyOf = (...currencies: (string | null)[]) =>
      joinedRecord(currencies.map((currency, i) => bet({ id: `${i}`, currency }))).snapshot.currency
    expect(currencyOf('USD', 'USD')).toBe('USD')
    expect(currencyOf('USD', null)).toBe('USD')
    expect(currencyOf('USD', 'EUR')).toBeNull()
    expect(currencyOf(null)).toBeNull()
  })

  it('loses no bet, whatever its names', () => {
    const bets = randomLedger(4, 300)
    const whole = emptyTally()
    for (const one of bets) addBet(whole, one)
    const cells = joinedRecord(bets).snapshot.markets.flatMap((market) => market.cells)
    expect(cells.reduce((total, { tally }) => total + tally.bets, 0)).toBe(whole.bets)
  })
})
