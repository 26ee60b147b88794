import { describe, expect, it } from 'vitest'
import { firstProblem } from '../../../../shared/bets/records/record-problem.ts'
import { trackerSchema } from '../../../../shared/bets/records/tracker-schema.ts'
import { TRACKER_RECORD } from '../../../support/tracker-records.ts'

function problemOf(changes: Record<string, unknown>) {
  const record = { ...TRACKER_RECORD, ...changes }
  const read = trackerSchema.safeParse(record)
  return read.success ? undefined : firstProblem(read.error, record)
}

describe('trackerSchema', () => {
  it.each([
    [{ id: '  ' }, 'missing_id', 'id'],
    [{ id: undefined }, 'missing_id', 'id'],
    [{ id: 12 }, 'unreadable_text', 'id'],
    [{ id: { $oid: 'a' } }, 'unreadable_text', 'id'],
    [{ id: 'x'.repeat(101) }, 'id_too_long', 'id'],
    [{ id: 'a\0b' }, 'unreadable_text', 'id'],
    [{ sport: 'a\0b' }, 'unreadable_text', 'sport'],
    [{ pick_name: '\ud83c' }, 'unreadable_text', 'pick_name'],
    [{ bet_type: null }, 'unknown_bet_type', 'bet_type'],
    [{ bet_type: 'lottery' }, 'unknown_bet_type', 'bet_type'],
    [{ status: undefined }, 'unknown_status', 'status'],
    [{ status: 'SETTLED' }, 'unknown_status', 'status'],
    [{ status: 1 }, 'unknown_status', 'status'],
    [{ odds: 1 }, 'odds_out_of_range', 'odds'],
    [{ odds: -110 }, 'odds_out_of_range', 'odds'],
    [{ odds: 0 }, 'odds_out_of_range', 'odds'],
    [{ odds: 10_000.5 }, 'odds_out_of_range', 'odds'],
    [{ odds: 'even' }, 'unreadable_odds', 'odds'],
    [{ odds: true }, 'unreadable_odds', 'odds'],
    [{ odds: Number.NaN }, 'unreadable_odds', 'odds'],
    [{ odds: 'Infinity' }, 'unreadable_odds', 'odds'],
    [{ american_odds: 99 }, 'odds_out_of_range', 'american_odds'],
    [{ american_odds: -99.9 }, 'odds_out_of_range', 'american_odds'],
    [{ american_odds: 0 }, 'odds_out_of_range', 'american_odds'],
    [{ american_odds: '10001' }, 'odds_out_of_range', 'american_odds'],
    [{ american_odds: -10_001 }, 'odds_out_of_range', 'american_odds'],
    [{ american_odds: [-110] }, 'unreadable_odds', 'american_odds'],
    [{ amount: -0.01 }, 'number_out_of_range', 'amount'],
    [{ amount: 1_000_000.01 }, 'number_out_of_range', 'amount'],
    [{ amount: '$10' }, 'unreadable_amount', 'amount'],
    [{ amount: 1e300 }, 'number_out_of_range', 'amount'],
    [{ profit: -1_000_001 }, 'number_out_of_range', 'profit'],
    [{ profit: 1_000_001 }, 'number_out_of_range', 'profit'],
    [{ profit: false }, 'unreadable_amount', 'profit'],
    [{ roi: -101.1 }, 'number_out_of_range', 'roi'],
    [{ roi: 10_001 }, 'number_out_of_range', 'roi'],
    [{ roi: 'high' }, 'unreadable_number', 'roi'],
    [{ clv_percentage: -100 }, 'number_out_of_range', 'clv_percentage'],
    [{ clv_percentage: 100.1 }, 'number_out_of_range', 'clv_percentage'],
    [{ clv_ev: -100.1 }, 'number_out_of_range', 'clv_ev'],
    [{ clv_ev: 101 }, 'number_out_of_range', 'clv_ev'],
    [{ clv_current_odds: 'soon' }, 'unreadable_number', 'clv_current_odds'],
    [{ sport: 's'.repeat(101) }, 'text_too_long', 'sport'],
    [{ league: ['NBA'] }, 'unreadable_text', 'league'],
    [{ league: 'l'.repeat(101) }, 'text_too_long', 'league'],
    [{ market: 'm'.repeat(201) }, 'text_too_long', 'market'],
    [{ institution_name: 'b'.repeat(101) }, 'text_too_long', 'institution_name'],
    [{ pick_name: 'p'.repeat(4001) }, 'text_too_long', 'pick_name'],
    [{ currency: 'dollars' }, 'unknown_currency', 'currency'],
    [{ currency: 840 }, 'unknown_currency', 'currency'],
    [{ is_live: 1 }, 'unreadable_flag', 'is_live'],
    [{ is_live: 'yes' }, 'unreadable_flag', 'is_live'],
    [{ is_settled: 'maybe' }, 'unreadable_flag', 'is_settled'],
    [{ is_win: 0 }, 'unreadable_flag', 'is_win'],
    [{ is_free_bet: {} }, 'unreadable_flag', 'is_free_bet'],
    [{ time_placed: '' }, 'missing_time', 'time_placed'],
    [{ time_placed: 1_705_095_987 }, 'unreadable_time', 'time_placed'],
    [{ time_placed: '2024-02-30T00:00:00Z' }, 'unreadable_time', 'time_placed'],
    [{ time_settled: 'never' }, 'unreadable_time', 'time_settled'],
    [{ time_settled: 0 }, 'unreadable_time', 'time_settled'],
  ])('refuses %j as %s', (changes, reason, field) => {
    expect(problemOf(changes)).toEqual({ reason, field, detail: expect.stringMatching(`^${field}: [^\0]{5,200}$`) })
  })

  it.each([
    { american_odds: 10_000, odds: null },
    { american_odds: -10_000 },
    { american_odds: '+100' },
    { odds: 10_000 },
    { odds: 1.0001 },
    { amount: 0 },
    { amount: 1_000_000 },
    { profit: -1_000_000 },
    { profit: 1_000_000 },
    { roi: -101 },
    { roi: 10_000 },
    { clv_percentage: -99.99 },
    { clv_percentage: 100 },
    { clv_ev: -100 },
    { clv_current_odds: -115 },
    { id: 'x'.repeat(100) },
    { market: 'm'.repeat(200) },
    { pick_name: '🏀'.repeat(2000) },
    { is_live: 'False' },
    { sport: null, league: undefined },
  ])('takes %j, at the edge of what it may be', (changes) => {
    expect(problemOf(changes)).toBeUndefined()
  })

  it('quotes what it refuses, cut to a length that a message can bear', () => {
    expect(problemOf({ odds: 'even' })?.detail).toBe('odds: "even" is no number')
    expect(problemOf({ odds: 'x'.repeat(200_000) })?.detail.length).toBeLessThan(120)
    expect(problemOf({ currency: 'US' })?.detail).toBe('currency: "US" is not of the form asked for')
    expect(problemOf({ sport: 'a\0' })?.detail).toContain('cannot be stored')
    expect(problemOf({ american_odds: 50 })?.detail).toContain('at least +100 or at most -100')
  })
})
