import { describe, expect, test } from 'vitest'
import type { Bet } from '../../../../shared/bets/bet.ts'
import { bet } from '../../../support/bets.ts'
import { at, featuresAt } from '../features-at.ts'

describe('the features of the bet itself', () => {
  test('are the log-odds and the probability of its price', () => {
    const { market_log_odds: logOdds, implied_probability: implied } = featuresAt([], { decimalOdds: 4 })
    // ln 3 = 1.0986122886681098 (printed tables).
    expect(logOdds).toBeCloseTo(-1.0986122886681098, 6)
    expect(implied).toBe(0.25)
    expect(featuresAt([], { decimalOdds: 2 }).market_log_odds).toBeCloseTo(0, 12)
  })

  test('miss the price where there is none', () => {
    expect(featuresAt([], { decimalOdds: null })).toMatchObject({
      market_log_odds: Number.NaN,
      implied_probability: Number.NaN,
    })
  })

  test('stay finite at the longest and the shortest price', () => {
    const long = featuresAt([], { decimalOdds: 1e9, betType: 'parlay' })
    // ln(10⁹ − 1) = 20.723265836 …
    expect(long.market_log_odds).toBeCloseTo(-20.723265836, 5)
    expect(long.implied_probability).toBeCloseTo(1e-9, 15)
    expect(Number.isFinite(featuresAt([], { decimalOdds: 1.0000001 }).market_log_odds)).toBe(true)
  })

  const kinds: [Partial<Bet>, Record<string, number>][] = [
    [{ isLive: true }, { is_live: 1, is_combined: 0, bet_type: 1 }],
    [{ betType: 'parlay' }, { is_live: 0, is_combined: 1, bet_type: 2 }],
    [{ betType: 'teaser' }, { is_combined: 1, bet_type: 3 }],
    [{ betType: 'round_robin_5' }, { is_combined: 1, bet_type: 7 }],
  ]
  test.each(kinds)('tell what kind of bet it is: %o', (kind, expected) => {
    expect(featuresAt([], kind)).toMatchObject(expected)
  })

  // Days of the week by the calendar: 1 March 2025 was a Saturday, 3 March a Monday, 2 March a Sunday.
  test.each([
    [Date.UTC(2025, 2, 1), 5, 0],
    [Date.UTC(2025, 2, 2, 23, 59, 59, 999), 6, 23],
    [Date.UTC(2025, 2, 3), 0, 0],
    [Date.UTC(2024, 1, 29, 12, 30), 3, 12],
    [0, 3, 0],
    [-1, 2, 23],
    [Date.UTC(1969, 11, 28, 5), 6, 5],
  ])('tell the day of the week and the hour in UTC of %d', (placedAtMs, day, hour) => {
    const asked = { placedAtMs, settledAtMs: null }
    expect(featuresAt([], asked)).toMatchObject({ day_of_week: day, hour_of_day: hour })
  })
})

describe('the codes of names', () => {
  const ledger = [
    bet({ id: '1', sport: 'Golf', league: 'PGA', market: 'Winner', book: 'FanDuel', placedAtMs: at(0) }),
    bet({ id: '2', sport: 'Tennis', league: null, market: 'Winner', book: 'DraftKings', placedAtMs: at(1) }),
    bet({ id: '3', sport: 'Golf', league: 'LIV', market: null, book: null, placedAtMs: at(2) }),
  ].map((placed) => ({ ...placed, settledAtMs: null }))

  test('count from 1 in the order in which names were first met', () => {
    const asked = { sport: 'Tennis', league: 'LIV', market: 'Winner', book: 'DraftKings', placedAtMs: at(3) }
    expect(featuresAt(ledger, asked)).toMatchObject({ sport: 2, league: 2, market: 1, book: 2 })
  })

  test('are 0 for a name that no earlier bet bears, and missing without a name', () => {
    const asked = { sport: 'Darts', league: 'LIV', market: null, book: '', placedAtMs: at(2) }
    expect(featuresAt(ledger, asked)).toMatchObject({ sport: 0, league: 0, market: Number.NaN, book: 0 })
  })

  test('of one field say nothing of another', () => {
    const asked = { sport: 'PGA', league: 'Golf', market: 'FanDuel', book: 'Winner', placedAtMs: at(3) }
    expect(featuresAt(ledger, asked)).toMatchObject({ sport: 0, league: 0, market: 0, book: 0 })
  })
})
