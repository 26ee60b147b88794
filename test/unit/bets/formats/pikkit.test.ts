import { describe, expect, it } from 'vitest'
import { betSchema } from '../../../../shared/bets/bet.ts'
import { pikkit } from '../../../../shared/bets/formats/pikkit.ts'
import { sourceRow } from '../../../support/source-rows.ts'

const won = {
  bet_id: 'pk-1',
  sportsbook: 'Caesars - Michigan',
  type: 'straight',
  status: 'SETTLED_WIN',
  odds: '2.1',
  closing_line: '2.0',
  ev: '0.0488',
  amount: '25.0',
  profit: '27.5',
  time_placed: '12/27/2025 22:55:44 GMT',
  time_settled: '12/28/2025 01:10:00 GMT',
  bet_info: 'Jo Doe Over 24.5 Points, incl. overtime',
  tags: '',
  sports: 'Basketball',
  leagues: 'NBA',
}
const withIso = {
  ...won,
  time_placed_iso: '2025-12-27T22:55:44.120Z',
  time_settled_iso: '2025-12-28T01:10:00.900Z',
}

function parseOne(changes: Partial<typeof withIso>) {
  const { bets, rejections } = pikkit.parse([sourceRow({ ...won, ...changes }, 9)])
  return { bet: bets[0]?.bet, rejection: rejections[0] }
}

describe('pikkit', () => {
  it('makes a canonical bet of a row of the 15 columns', () => {
    const { bet } = parseOne({})
    expect(bet).toEqual({
      id: 'pk-1',
      origin: 'import',
      state: 'won',
      betType: 'straight',
      sport: 'Basketball',
      league: 'NBA',
      market: null,
      book: 'Caesars - Michigan',
      selection: 'Jo Doe Over 24.5 Points, incl. overtime',
      isLive: false,
      isFreeBet: false,
      decimalOdds: 2.1,
      stakeMinor: 2500,
      profitMinor: 2750,
      currency: 'USD',
      returnPerUnit: null,
      closingLineValue: 0.0488,
      placedAtMs: Date.UTC(2025, 11, 27, 22, 55, 44),
      settledAtMs: Date.UTC(2025, 11, 28, 1, 10),
      resultKnownAtMs: null,
    })
    expect(betSchema.safeParse(bet).success).toBe(true)
  })

  it('prefers ISO times where they say something', () => {
    expect(parseOne(withIso).bet?.placedAtMs).toBe(Date.UTC(2025, 11, 27, 22, 55, 44, 120))
    expect(parseOne({ ...withIso, time_placed_iso: ' ' }).bet?.placedAtMs).toBe(Date.UTC(2025, 11, 27, 22, 55, 44))
  })

  it('computes closing line value from the prices where ev is blank, and leaves it null without a closing price', () => {
    expect(parseOne({ ev: '' }).bet?.closingLineValue).toBeCloseTo(0.05, 12)
    expect(parseOne({ ev: '', closing_line: '' }).bet?.closingLineValue).toBeNull()
    expect(parseOne({ closing_line: '' }).bet?.closingLineValue).toBe(0.0488)
  })

  it('takes a loss that cost nothing for a free bet with no stake of the bettor', () => {
    const { bet } = parseOne({ status: 'SETTLED_LOSS', profit: '0.0' })
    expect(bet).toMatchObject({ state: 'lost', isFreeBet: true, stakeMinor: 0, profitMinor: 0 })
  })

  it('takes a loss of a fraction of a cent for no free bet', () => {
    const { bet } = parseOne({ status: 'SETTLED_LOSS', amount: '0.004', profit: '-0.004' })
    expect(bet).toMatchObject({ isFreeBet: false, stakeMinor: 0, profitMinor: 0 })
  })

  it('rounds exchange fills to cents', () => {
    const { bet } = parseOne({ status: 'SETTLED_LOSS', amount: '16.9965', profit: '-17.0' })
    expect(bet).toMatchObject({ isFreeBet: false, stakeMinor: 1700, profitMinor: -1700 })
  })

  it('gives an open bet no profit and no settlement', () => {
    const { bet } = parseOne({ status: 'PLACED', profit: '0.0', time_settled: '' })
    expect(bet).toMatchObject({
      state: 'open',
      profitMinor: null,
      settledAtMs: null,
      isFreeBet: false,
      stakeMinor: 2500,
    })
  })

  it('gives a parlay over several sports the ledger words', () => {
    const { bet } = parseOne({ type: 'parlay', sports: 'Basketball | Tennis', leagues: 'NBA | ATP' })
    expect(bet).toMatchObject({ betType: 'parlay', market: 'Parlay', sport: 'Multi-Sport', league: null })
  })

  it('leaves blank sports and leagues null', () => {
    expect(parseOne({ sports: '', leagues: 'NBA' }).bet).toMatchObject({ sport: null, league: 'NBA' })
  })

  it('tells a live bet by its tag', () => {
    expect(parseOne({ tags: 'boost Live' }).bet?.isLive).toBe(true)
  })

  it.each(['SETTLED_CASH_OUT', 'SETTLED_CASHOUT'])('reads %s as cashed out', (status) => {
    expect(parseOne({ status }).bet?.state).toBe('cashed_out')
  })

  it.each([
    [{ bet_id: '' }, 'missing_id', 'bet_id'],
    [{ status: 'SETTLED' }, 'unknown_status', 'status'],
    [{ type: 'lottery' }, 'unknown_bet_type', 'type'],
    [{ odds: '1.0' }, 'odds_out_of_range', 'odds'],
    [{ odds: '-110' }, 'odds_out_of_range', 'odds'],
    [{ closing_line: 'x' }, 'unreadable_odds', 'closing_line'],
    [{ ev: 'x' }, 'unreadable_number', 'ev'],
    [{ ev: '-1' }, 'number_out_of_range', 'ev'],
    [{ amount: '10,00' }, 'unreadable_amount', 'amount'],
    [{ amount: '-5' }, 'number_out_of_range', 'amount'],
    [{ profit: 'lots' }, 'unreadable_amount', 'profit'],
    [{ time_placed: '' }, 'missing_time', 'time_placed'],
    [{ time_placed: '02/30/2025 10:00:00 GMT' }, 'unreadable_time', 'time_placed'],
    [{ time_settled: '12/27/2025 22:55:43 GMT' }, 'settled_before_placed', null],
    [{ sports: `Tennis | ${'s'.repeat(101)}` }, 'text_too_long', 'sports'],
  ])('refuses %j as %s', (changes, reason, field) => {
    const { bet, rejection } = parseOne(changes)
    expect(bet).toBeUndefined()
    expect(rejection).toMatchObject({ line: 9, reason, field })
  })
})
