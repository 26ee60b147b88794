import { describe, expect, it } from 'vitest'
import { betSchema } from '../../../../shared/bets/bet.ts'
import { closelineLedger } from '../../../../shared/bets/formats/closeline-ledger.ts'
import { sourceRow } from '../../../support/source-rows.ts'

const won = {
  id: 'ledger-1',
  sport: 'Basketball',
  league: 'NBA',
  market: 'Spread',
  institution_name: 'DraftKings',
  bet_type: 'straight',
  american_odds: '-110',
  status: 'SETTLED_WIN',
  is_win: 'true',
  roi: '90.91',
  clv_percentage: '-2.5',
  is_live: 'false',
  time_placed: '2024-01-05T19:30:00Z',
  created_at: '2025-06-01T10:00:00.000Z',
}

function parseOne(changes: Partial<typeof won>) {
  const { bets, rejections } = closelineLedger.parse([sourceRow({ ...won, ...changes }, 5)])
  return { bet: bets[0]?.bet, rejection: rejections[0] }
}

describe('closelineLedger', () => {
  it('makes a canonical bet of a row', () => {
    const { bets, rejections } = closelineLedger.parse([sourceRow(won, 5)])
    expect(rejections).toEqual([])
    expect(bets).toEqual([
      {
        lines: [5],
        bet: {
          id: 'ledger-1',
          origin: 'import',
          state: 'won',
          betType: 'straight',
          sport: 'Basketball',
          league: 'NBA',
          market: 'Spread',
          book: 'DraftKings',
          selection: null,
          isLive: false,
          isFreeBet: false,
          decimalOdds: 1 + 100 / 110,
          stakeMinor: null,
          profitMinor: null,
          currency: null,
          returnPerUnit: 90.91 / 100,
          closingLineValue: -0.025,
          placedAtMs: Date.UTC(2024, 0, 5, 19, 30),
          settledAtMs: null,
          resultKnownAtMs: null,
        },
      },
    ])
    expect(betSchema.safeParse(bets[0]?.bet).success).toBe(true)
  })

  it('keeps a row without a price, return or closing line value, and invents none', () => {
    const { bet } = parseOne({ american_odds: '', roi: '', clv_percentage: '', league: '' })
    expect(bet).toMatchObject({ decimalOdds: null, returnPerUnit: null, closingLineValue: null, league: null })
  })

  it('needs four columns only', () => {
    const { id, status, time_placed, american_odds } = won
    const { bets } = closelineLedger.parse([sourceRow({ id, status, time_placed, american_odds })])
    expect(bets[0]?.bet).toMatchObject({ betType: 'straight', isLive: false, sport: null, book: null, market: null })
    expect(betSchema.safeParse(bets[0]?.bet).success).toBe(true)
  })

  it.each([
    ['SETTLED_PUSH', 'push'],
    ['SETTLED_VOID', 'void'],
    ['SETTLED_CASHEDOUT', 'cashed_out'],
    ['SETTLED_HALF_WIN', 'half_won'],
    ['SETTLED_HALF_LOST', 'half_lost'],
    ['PLACED', 'open'],
    ['PENDING', 'open'],
  ])('reads %s as %s, whatever is_win says', (status, state) => {
    expect(parseOne({ status, is_win: 'false' }).bet?.state).toBe(state)
    expect(parseOne({ status, is_win: '' }).bet?.state).toBe(state)
  })

  it.each(['100', '-100', '+100'])('keeps even money written as %s', (american_odds) => {
    expect(parseOne({ american_odds }).bet?.decimalOdds).toBe(2)
  })

  it('keeps the price of a huge parlay', () => {
    expect(parseOne({ american_odds: '237229900', bet_type: 'parlay' }).bet?.decimalOdds).toBe(2_372_300)
  })

  it.each([
    [{ american_odds: '50' }, 'odds_out_of_range', 'american_odds'],
    [{ american_odds: 'n/a' }, 'unreadable_odds', 'american_odds'],
    [{ id: ' ' }, 'missing_id', 'id'],
    [{ id: 'x'.repeat(101) }, 'id_too_long', 'id'],
    [{ status: 'SETTLED' }, 'unknown_status', 'status'],
    [{ status: '' }, 'unknown_status', 'status'],
    [{ bet_type: 'lottery' }, 'unknown_bet_type', 'bet_type'],
    [{ time_placed: '' }, 'missing_time', 'time_placed'],
    [{ time_placed: '2024-02-30T00:00:00Z' }, 'unreadable_time', 'time_placed'],
    [{ is_live: 'maybe' }, 'unreadable_flag', 'is_live'],
    [{ roi: '-100.5' }, 'number_out_of_range', 'roi'],
    [{ roi: 'high' }, 'unreadable_number', 'roi'],
    [{ clv_percentage: '-100' }, 'number_out_of_range', 'clv_percentage'],
    [{ is_win: 'false' }, 'status_contradicts_result', 'is_win'],
    [{ status: 'SETTLED_LOSS' }, 'status_contradicts_result', 'is_win'],
    [{ market: 'm'.repeat(201) }, 'text_too_long', 'market'],
  ])('refuses %j as %s', (changes, reason, field) => {
    const { bet, rejection } = parseOne(changes)
    expect(bet).toBeUndefined()
    expect(rejection).toMatchObject({ line: 5, reason, field })
    expect(rejection?.raw).toContain(won.institution_name)
  })
})
