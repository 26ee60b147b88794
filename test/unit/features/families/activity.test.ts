import { describe, expect, test } from 'vitest'
import type { Bet } from '../../../../shared/bets/bet.ts'
import { bet } from '../../../support/bets.ts'
import { at, featuresAt } from '../features-at.ts'

function placed(id: string, placedAtMs: number, overrides: Partial<Bet> = {}): Bet {
  return bet({ id, placedAtMs, settledAtMs: null, state: 'open', ...overrides })
}

describe('counts of placements', () => {
  const ledger = [placed('1', at(0, 23)), placed('2', at(24)), placed('3', at(24, 5)), placed('4', at(29))]

  test('reach back so many days of UTC, the day of the question included', () => {
    // Asked on day 30 at 12:00: seven days are days 24 to 30, thirty are 1 to 30.
    expect(featuresAt(ledger, { placedAtMs: at(30, 12) })).toMatchObject({
      ...{ ledger_placed_7d: 3, ledger_placed_30d: 3 },
      ...{ sport_market_placed_30d: 3, book_placed_30d: 3 },
    })
    expect(featuresAt(ledger, { placedAtMs: at(29, 1) })).toMatchObject({ ledger_placed_7d: 3, ledger_placed_30d: 4 })
    expect(featuresAt(ledger, { placedAtMs: at(31) })).toMatchObject({ ledger_placed_7d: 1, ledger_placed_30d: 3 })
    expect(featuresAt(ledger, { placedAtMs: at(400) })).toMatchObject({ ledger_placed_7d: 0, ledger_placed_30d: 0 })
  })

  test('count a bet the moment after it was placed, and not before', () => {
    expect(featuresAt(ledger, { placedAtMs: at(0, 23) }).ledger_placed_7d).toBe(0)
    expect(featuresAt(ledger, { placedAtMs: at(0, 23) + 1 }).ledger_placed_7d).toBe(1)
  })

  test('are of the bet at hand: its sport and market, its book', () => {
    expect(featuresAt(ledger, { placedAtMs: at(29, 1), market: 'Spread', book: 'FanDuel' })).toMatchObject({
      ...{ ledger_placed_30d: 4, sport_market_placed_30d: 0, book_placed_30d: 0 },
    })
  })
})

describe('shares', () => {
  const ledger = [
    placed('1', at(0), { market: 'Spread', stakeMinor: 3000 }),
    placed('2', at(1), { market: 'Total', stakeMinor: 500 }),
    placed('3', at(2), { market: 'Total', book: 'FanDuel', stakeMinor: 500 }),
    placed('4', at(3), { market: 'Total', book: null, stakeMinor: null, currency: null }),
  ]

  test('are of the bets and of the stakes of thirty days', () => {
    expect(featuresAt(ledger, { placedAtMs: at(10), market: 'Total', book: 'FanDuel' })).toMatchObject({
      ...{ market_share_30d: 0.75, book_share_30d: 0.25 },
      ...{ market_turnover_share_30d: 0.25, book_turnover_share_30d: 0.125 },
    })
  })

  test('forget what is older', () => {
    expect(featuresAt(ledger, { placedAtMs: at(31), market: 'Total' })).toMatchObject({
      ...{ market_share_30d: 1, market_turnover_share_30d: 1 },
    })
  })

  test('are nothing in what was never bet on, and missing where nothing was bet at all', () => {
    const features = { market_share_30d: 0, market_turnover_share_30d: 0 }
    expect(featuresAt(ledger, { placedAtMs: at(10), market: 'Corners' })).toMatchObject(features)
    for (const name of ['market_share_30d', 'book_share_30d', 'market_turnover_share_30d']) {
      expect(featuresAt(ledger, { placedAtMs: at(90), market: 'Total' })[name]).toBeNaN()
    }
  })

  test('are missing where the market or the book has no name', () => {
    const features = featuresAt(ledger, { placedAtMs: at(10), market: null, book: null })
    for (const name of ['market_share_30d', 'book_share_30d', 'market_turnover_share_30d', 'book_turnover_share_30d']) {
      expect(features[name]).toBeNaN()
    }
    expect(features.book_placed_30d).toBe(0)
  })

  test('leave out free bets and money in another currency', () => {
    const mixed = [
      ...ledger,
      placed('5', at(4), { market: 'Spread', currency: 'EUR', stakeMinor: 1_000_000 }),
      placed('6', at(5), { market: 'Spread', isFreeBet: true, stakeMinor: 0 }),
    ]
    expect(featuresAt(mixed, { placedAtMs: at(10), market: 'Total' })).toMatchObject({
      ...{ market_share_30d: 0.5, market_turnover_share_30d: 0.25 },
    })
  })

  test('never add money of an unknown currency to that of a known one', () => {
    const unclear = [
      placed('1', at(0), { market: 'Spread', stakeMinor: 3000, currency: null }),
      placed('2', at(1), { market: 'Total', stakeMinor: 1000, currency: 'USD' }),
    ]
    // Either the unknown money counts or the dollars do.
    const share = featuresAt(unclear, { placedAtMs: at(2), market: 'Spread' }).market_turnover_share_30d
    expect([0, 1]).toContain(share)
  })

  test('are of the currency of the stakes, whatever a free bet before them was in', () => {
    const afterFreeBet = [
      placed('1', at(0), { market: 'Spread', isFreeBet: true, stakeMinor: 0, currency: 'EUR' }),
      placed('2', at(1), { market: 'Total', stakeMinor: 1000, currency: 'USD' }),
    ]
    expect(featuresAt(afterFreeBet, { placedAtMs: at(2), market: 'Total' }).market_turnover_share_30d).toBe(1)
  })
})

describe('times', () => {
  const ledger = [
    placed('1', at(0)),
    placed('2', at(2), { market: 'Spread' }),
    placed('3', at(3, 12), { sport: 'Golf' }),
  ]

  test('are since the last and the first placement', () => {
    expect(featuresAt(ledger, { placedAtMs: at(4), market: 'Spread' })).toMatchObject({
      ...{ ledger_hours_since_last_bet: 12, ledger_days_since_first_bet: 4, sport_market_days_since_last_bet: 2 },
    })
  })

  test('are missing before the first', () => {
    expect(featuresAt([], {})).toMatchObject({
      ledger_hours_since_last_bet: Number.NaN,
      ledger_days_since_first_bet: Number.NaN,
      sport_market_days_since_last_bet: Number.NaN,
    })
  })

  test('from placement to settlement are the mean of those that the source tells', () => {
    const settled = [
      bet({ id: '1', placedAtMs: at(0), settledAtMs: at(0, 2) }),
      bet({ id: '2', placedAtMs: at(0, 1), settledAtMs: at(0, 6) }),
      bet({ id: '3', placedAtMs: at(0, 2), settledAtMs: null }),
      bet({ id: '4', placedAtMs: at(0, 3), settledAtMs: at(9), market: 'Spread' }),
      bet({ id: '5', placedAtMs: at(0, 4), settledAtMs: at(0, 4), resultKnownAtMs: at(30) }),
    ]
    expect(featuresAt(settled, { placedAtMs: at(8) }).sport_market_settlement_hours).toBe(3.5)
    expect(featuresAt(settled, { placedAtMs: at(0, 2) }).sport_market_settlement_hours).toBeNaN()
    expect(featuresAt(settled, { placedAtMs: at(31) }).sport_market_settlement_hours).toBeCloseTo(7 / 3, 6)
  })
})
