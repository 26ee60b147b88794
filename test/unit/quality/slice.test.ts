import { describe, expect, it } from 'vitest'
import { sliceBets } from '../../../shared/quality/slice.ts'
import { bet } from '../../support/bets.ts'
import { slicesOf, sliceWith } from './judged-ledger.ts'

describe('sliceBets', () => {
  it('parts a ledger by UTC month of placement, then sport, the nameless sport first', () => {
    const lastOfMarch = Date.UTC(2025, 2, 31, 23, 59, 59, 999)
    const slices = slicesOf([
      bet({ id: 'd', sport: 'Tennis', placedAtMs: lastOfMarch + 1, settledAtMs: null }),
      bet({ id: 'c', sport: 'Golf', placedAtMs: lastOfMarch + 1, settledAtMs: null }),
      bet({ id: 'b', sport: 'Tennis', placedAtMs: lastOfMarch, settledAtMs: null }),
      bet({ id: 'a', sport: null, placedAtMs: lastOfMarch + 1, settledAtMs: null }),
      bet({ id: 'e', sport: 'Golf', placedAtMs: lastOfMarch + 2, settledAtMs: null }),
    ])
    expect(slices.map(({ month, sport, nRows }) => [month, sport, nRows])).toEqual([
      ['2025-03', 'Tennis', 1],
      ['2025-04', null, 1],
      ['2025-04', 'Golf', 2],
      ['2025-04', 'Tennis', 1],
    ])
    expect(slices.map((slice) => slice.idOf(slice.nRows - 1))).toEqual(['b', 'a', 'e', 'd'])
  })

  it('writes what the source does not say as NaN, and zero as zero', () => {
    const slice = sliceWith(
      { decimalOdds: null, stakeMinor: null, profitMinor: null },
      { stakeMinor: 0, profitMinor: 0, returnPerUnit: 0, closingLineValue: 0 },
    )
    expect([...slice.decimalOdds]).toEqual([Number.NaN, 2])
    expect([...slice.stakeMinor]).toEqual([Number.NaN, 0])
    expect([...slice.profitMinor]).toEqual([Number.NaN, 0])
    expect([...slice.returnPerUnit]).toEqual([Number.NaN, 0])
    expect([...slice.closingLineValue]).toEqual([Number.NaN, 0])
  })

  it('tells states, kinds, books and markets of its rows', () => {
    const slice = sliceWith(
      { state: 'open', betType: 'parlay', book: null, market: null },
      { state: 'cashed_out', isFreeBet: true },
      { state: 'won', betType: 'teaser' },
    )
    expect([...slice.state]).toEqual([0, 7, 1])
    expect([...slice.isCombined]).toEqual([1, 0, 1])
    expect([...slice.isFreeBet]).toEqual([0, 1, 0])
    expect([...slice.hasMarket]).toEqual([0, 1, 1])
    expect([...slice.books]).toEqual([
      [null, 1],
      ['DraftKings', 2],
    ])
    expect([slice.bookOf(0), slice.bookOf(1)]).toEqual([null, 'DraftKings'])
  })

  it('keeps the microseconds of a change', () => {
    const [slice] = sliceBets([{ bet: bet(), updatedAtUs: 1_741_000_000_123_456 }])
    expect(slice?.updatedAtMs[0]).toBe(1_741_000_000_123.456)
  })
})
