import { describe, expect, it } from 'vitest'
import { type Bet, betSchema } from '../../../../shared/bets/bet.ts'
import { closelineLedger } from '../../../../shared/bets/formats/closeline-ledger.ts'
import { parseTrackerRecord } from '../../../../shared/bets/records/tracker-record.ts'
import { sourceRow } from '../../../support/source-rows.ts'
import { TRACKER_RECORD } from '../../../support/tracker-records.ts'

function betOf(changes: Record<string, unknown>): Bet {
  const parsed = parseTrackerRecord({ ...TRACKER_RECORD, ...changes })
  if (!parsed.ok) throw new Error(parsed.problem.detail)
  expect(betSchema.safeParse(parsed.bet).error).toBeUndefined()
  return parsed.bet
}

describe('parseTrackerRecord', () => {
  it('makes a canonical bet of a record', () => {
    expect(betOf({})).toEqual({
      id: '65a1b2c3d4e5f60718293a4b',
      origin: 'import',
      state: 'won',
      betType: 'straight',
      sport: 'Basketball',
      league: 'NBA',
      market: 'Spread',
      book: 'DraftKings',
      selection: 'Lakers -3.5',
      isLive: false,
      isFreeBet: false,
      decimalOdds: 1.91,
      stakeMinor: 1000,
      profitMinor: 910,
      currency: 'USD',
      returnPerUnit: 0.91,
      closingLineValue: 0.025,
      placedAtMs: Date.UTC(2024, 0, 12, 21, 46, 27),
      settledAtMs: null,
      resultKnownAtMs: null,
    })
  })

  it('needs an id, a type, a status and a time, and invents nothing else', () => {
    const parsed = parseTrackerRecord({
      id: 'a',
      bet_type: 'parlay',
      status: 'SETTLED_WIN',
      time_placed: '2024-01-12T21:46:27Z',
    })
    expect(parsed).toEqual({
      ok: true,
      bet: {
        ...{ id: 'a', origin: 'import', state: 'won', betType: 'parlay', sport: null, league: null, market: null },
        ...{ book: null, selection: null, isLive: false, isFreeBet: false, decimalOdds: null, stakeMinor: null },
        ...{ profitMinor: null, currency: null, returnPerUnit: null, closingLineValue: null, settledAtMs: null },
        resultKnownAtMs: null,
        placedAtMs: Date.UTC(2024, 0, 12, 21, 46, 27),
      },
    })
  })

  it.each([
    ['PENDING', 'open'],
    ['PLACED', 'open'],
    ['SETTLED_LOSS', 'lost'],
    ['SETTLED_PUSH', 'push'],
    ['SETTLED_VOID', 'void'],
    ['SETTLED_CASH_OUT', 'cashed_out'],
    ['SETTLED_CASHOUT', 'cashed_out'],
    ['SETTLED_CASHEDOUT', 'cashed_out'],
    ['SETTLED_HALF_WON', 'half_won'],
    ['settled_half_loss', 'half_lost'],
  ])('reads %s as %s', (status, state) => {
    expect(betOf({ status, is_settled: null, is_win: null, profit: null, roi: null }).state).toBe(state)
  })

  it('trims text and takes blank text for none', () => {
    const bet = betOf({
      id: ' a ',
      sport: '  ',
      league: ' NBA\n',
      pick_name: '',
      currency: ' eur ',
      bet_type: 'Parlay',
    })
    expect(bet).toMatchObject({
      id: 'a',
      sport: null,
      league: 'NBA',
      selection: null,
      currency: 'EUR',
      betType: 'parlay',
    })
  })

  it('reads numbers and flags that are written as text', () => {
    const written = { odds: '1.91', american_odds: '-110', amount: '10.00', profit: ' 9.10', roi: '91', is_win: 'TRUE' }
    expect(betOf({ ...written, clv_percentage: '2.5', is_live: 'true', is_settled: 'true' })).toEqual({
      ...betOf({}),
      isLive: true,
    })
  })

  it.each([
    [16.9965, 1700],
    [1.005, 101],
    [2.675, 268],
    [0.285, 29],
    [1.1, 110],
    [0.004, 0],
    [1e-7, 0],
    [999999.99, 99999999],
    ['16.9965', 1700],
    ['1e2', 10000],
  ])('keeps a stake of %s as %d cents, without surprises of binary fractions', (amount, minor) => {
    expect(betOf({ amount, profit: null }).stakeMinor).toBe(minor)
  })

  it('keeps the decimal price, of which the tracker made the American one, and the American one alone', () => {
    expect(betOf({ odds: 2.05, american_odds: 104 }).decimalOdds).toBe(2.05)
    expect(betOf({ odds: null, american_odds: -110 }).decimalOdds).toBe(1 + 100 / 110)
    expect(betOf({ odds: 1.91, american_odds: undefined }).decimalOdds).toBe(1.91)
  })

  it('takes a loss at no cost for a free bet, and stakes nothing on it', () => {
    const lost = { status: 'SETTLED_LOSS', is_win: false, amount: 25 }
    expect(betOf({ ...lost, profit: 0, roi: 0 })).toMatchObject({
      ...{ isFreeBet: true, stakeMinor: 0, profitMinor: 0, returnPerUnit: null, currency: 'USD' },
    })
    expect(betOf({ ...lost, profit: -25, roi: -100 })).toMatchObject({ isFreeBet: false, profitMinor: -2500 })
    expect(betOf({ ...lost, amount: 0.004, profit: 0, roi: null }).isFreeBet).toBe(false)
  })

  it.each([{ is_free_bet: true }, { is_free_bet: 'true' }, { promotional_cash: true }])(
    'books a bet marked free by %j at what it won, and a loss of it at nothing',
    (mark) => {
      expect(betOf(mark)).toMatchObject({ isFreeBet: true, stakeMinor: 0, profitMinor: 910, returnPerUnit: null })
      const lost = { status: 'SETTLED_LOSS', is_win: false, profit: -10, roi: -100 }
      expect(betOf({ ...mark, ...lost })).toMatchObject({ isFreeBet: true, stakeMinor: 0, profitMinor: 0 })
      const open = { status: 'PLACED', is_settled: false, is_win: false, profit: null, roi: null }
      expect(betOf({ ...mark, ...open })).toMatchObject({ isFreeBet: true, stakeMinor: 0, profitMinor: null })
    },
  )

  it.each([5, 0, 'maybe', {}, null, false])('makes nothing of promotional cash that is %j', (promotional_cash) => {
    expect(betOf({ promotional_cash }).isFreeBet).toBe(false)
  })

  it('gives an open bet no profit, return or settlement time', () => {
    const open = { status: 'PLACED', is_settled: false, is_win: false, time_settled: '2024-01-01T00:00:00Z' }
    expect(betOf({ ...open, profit: 0, roi: 0 })).toMatchObject({
      ...{ profitMinor: null, returnPerUnit: null, settledAtMs: null, stakeMinor: 1000 },
    })
  })

  it('reads when it was settled, and takes times without a zone as UTC', () => {
    const times = { time_placed: '2024-01-12T21:46:27', time_settled: '2024-01-13 00:00:00.5+00' }
    expect(betOf(times)).toMatchObject({
      placedAtMs: Date.UTC(2024, 0, 12, 21, 46, 27),
      settledAtMs: Date.UTC(2024, 0, 13, 0, 0, 0, 500),
    })
  })

  it('takes a loss of a hair more than the stake, which rounding makes, for the stake', () => {
    const fill = { status: 'SETTLED_LOSS', is_win: false, amount: 16.9965, profit: -17, roi: -100.02 }
    expect(betOf(fill)).toMatchObject({ stakeMinor: 1700, profitMinor: -1700, returnPerUnit: -1 })
  })

  it('never lets the time of import stand in for the time of placement', () => {
    const { time_placed: _, ...unplaced } = TRACKER_RECORD
    expect(parseTrackerRecord(unplaced)).toMatchObject({
      ok: false,
      problem: { reason: 'missing_time', field: 'time_placed' },
    })
  })

  it('makes the same bet of a record without money as the ledger file does of its row', () => {
    const row = {
      id: 'ledger-1',
      sport: 'Basketball',
      league: '',
      market: 'Spread',
      institution_name: 'DraftKings',
      bet_type: 'straight',
      american_odds: '-110',
      status: 'SETTLED_LOSS',
      is_win: 'false',
      roi: '-24.41',
      clv_percentage: '-2.5',
      is_live: 'true',
      time_placed: '2024-01-05T19:30:00Z',
      created_at: '2025-06-01T10:00:00.000Z',
    }
    expect(parseTrackerRecord(row)).toEqual({
      ok: true,
      bet: closelineLedger.parse([sourceRow(row)]).bets[0]?.bet,
    })
  })

  it('refuses what its schema refuses and what contradicts itself', () => {
    expect(parseTrackerRecord({ ...TRACKER_RECORD, amount: -1 })).toEqual({
      ok: false,
      problem: { reason: 'number_out_of_range', field: 'amount', detail: 'amount: -1 is below 0' },
    })
    expect(parseTrackerRecord({ ...TRACKER_RECORD, is_win: false })).toMatchObject({
      ok: false,
      problem: { reason: 'status_contradicts_result', field: 'is_win' },
    })
  })
})
