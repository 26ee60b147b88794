import { describe, expect, it } from 'vitest'
import type { PerformanceFilter } from '../../../shared/performance/record-index.ts'
import { indexRecord, indexSelections, selectTally } from '../../../shared/performance/record-index.ts'
import type { Selections } from '../../../shared/performance/snapshot.ts'
import { bet } from '../../support/bets.ts'
import { joinedRecord, LOOKED_AT, recordOf, storedRecord } from '../../support/performance-records.ts'

const NBA_POINTS: PerformanceFilter = { sport: 'Basketball', market: 'Player Points' }

const LEDGER = [
  bet({ id: 'a', selection: 'Nikola Jokić Over 25.5' }),
  bet({ id: 'b', selection: 'LeBron James Under 7.5', book: 'FanDuel', state: 'lost', profitMinor: -1000 }),
  bet({ id: 'c', selection: null, league: 'WNBA' }),
  bet({ id: 'd', selection: 'Nikola Jokić Over 9.5', betType: 'parlay' }),
  bet({ id: 'e', state: 'open', profitMinor: null, settledAtMs: null }),
  bet({ id: 'f', sport: 'Tennis', market: 'Moneyline' }),
  bet({ id: 'g', sport: null }),
  bet({ id: 'h', market: null }),
]

const betsIn = (filter: PerformanceFilter) => selectTally(recordOf(LEDGER), filter).bets

describe('selectTally', () => {
  it.each([
    ['sport and market', {}, 4],
    ['league', { league: 'NBA' }, 3],
    ['book', { book: 'FanDuel' }, 1],
    ['bet type', { betType: 'parlay' }, 1],
    ['player, in any case', { player: 'jokić' }, 2],
    ['player and bet type', { player: 'JOKIĆ', betType: 'straight' }, 1],
    ['player and book', { player: 'james', book: 'DraftKings' }, 0],
    ['a player without bets', { player: 'Curry' }, 0],
  ] as const)('picks by %s', (_, more, bets) => {
    expect(betsIn({ ...NBA_POINTS, ...more })).toBe(bets)
  })

  it('matches names exactly', () => {
    expect(betsIn({ sport: 'basketball', market: 'Player Points' })).toBe(0)
    expect(betsIn({ sport: 'Basketball', market: 'Player' })).toBe(0)
    expect(betsIn({ sport: 'Basketball', market: 'constructor' })).toBe(0)
  })

  it('sums every figure of a bet, by cells and by selections alike', () => {
    const index = recordOf([
      bet({ id: 'a', profitMinor: -400, state: 'cashed_out' }),
      bet({ id: 'b', stakeMinor: 500 }),
    ])
    const expected = {
      ...{ bets: 2, wins: 1, losses: 0, pushes: 0, cashOuts: 1, moneyBets: 2, stakeMinor: 1500, profitMinor: 600 },
      ...{ stakeSquares: 1_250_000, stakeProfits: 100_000, profitSquares: 1_160_000 },
      // −400/1000 and 1000/500.
      ...{ returnBets: 2, returnSum: 1.6, returnSquares: 4.16 },
    }
    for (const filter of [NBA_POINTS, { ...NBA_POINTS, player: 'over' }]) {
      const tally = selectTally(index, filter)
      expect({ ...tally, returnSum: 1.6, returnSquares: 4.16 }).toEqual(expected)
      expect(tally.returnSum).toBeCloseTo(1.6, 12)
      expect(tally.returnSquares).toBeCloseTo(4.16, 12)
    }
  })

  it('leaves the record as it was', () => {
    const index = recordOf(LEDGER)
    const before = structuredClone(index)
    selectTally(index, NBA_POINTS)
    selectTally(index, { ...NBA_POINTS, player: 'jok' })
    expect(index).toEqual(before)
  })
})

describe('indexRecord', () => {
  it('counts the bets that name no market and knows whether selections are told', () => {
    expect(recordOf(LEDGER)).toMatchObject({
      namelessBets: 1,
      hasSelections: true,
      settledBets: 7,
      lookedAt: LOOKED_AT,
    })
    expect(recordOf([bet({ selection: null })])).toMatchObject({ namelessBets: 0, hasSelections: false })
  })

  const joined = joinedRecord(LEDGER)
  const selections = joined.selections as Selections
  const [first, ...others] = selections.markets
  const withRows = (rows: Partial<Selections['markets'][number]['rows']>): Selections => ({
    ...selections,
    markets: first === undefined ? [] : [{ ...first, rows: { ...first.rows, ...rows } }, ...others],
  })

  it.each([
    ['of another ledger', { ...selections, ledgerSha256: 'c'.repeat(64) }],
    ['of a market with other cells', { ...selections, markets: selections.markets.map((m) => ({ ...m, cells: 9 })) }],
    ['with a text that is not there', withRows({ text: [0, 1, 3] })],
    ['with a cell that is not there', withRows({ cell: [0, 1, 4] })],
    ['with an outcome that is none', withRows({ outcome: [0, 1, 4] })],
    ['with a fraction for a position', withRows({ text: [0, 1, 0.5] })],
    ['with columns of different lengths', withRows({ perUnit: [1] })],
  ])('refuses selections %s', (_, damaged) => {
    expect(() => indexRecord(storedRecord(joined), indexSelections(damaged))).toThrow(
      expect.objectContaining({ code: 'corrupt_object' }),
    )
  })
})
