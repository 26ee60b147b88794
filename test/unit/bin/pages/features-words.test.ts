import { describe, expect, it } from 'vitest'
import { durationText, keyText, lookText, staleAfterText, valueText } from '../../../../bin/pages/features-words.ts'
import { hour } from './features-explained-bets.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

describe('valueText', () => {
  it.each([
    [null, 'share', '–'],
    [0.52381, 'probability', '0.5238'],
    [-0.00001, 'probability', '0.0000'],
    [-0, 'log-odds', '0.0000'],
    [-3, 'bets', '-3'],
    [12_345, 'bets', '12,345'],
    [825.34, 'days', '825.3'],
  ])('shows %d of the unit %s as %s', (value, unit, text) => {
    expect(valueText(value, unit)).toBe(text)
  })
})

describe('durationText', () => {
  it.each([
    [0, '0 min'],
    [59 * MINUTE_MS, '59 min'],
    [60 * MINUTE_MS, '1 h'],
    [36.25 * HOUR_MS, '36.3 h'],
    [60 * HOUR_MS, '2.5 days'],
    [24_000 * HOUR_MS, '1,000 days'],
  ])('says %d ms as %s', (ms, text) => {
    expect(durationText(ms)).toBe(text)
  })

  it('says of what has no time to live that it is never stale', () => {
    expect([staleAfterText(null), staleAfterText(6 * HOUR_MS)]).toEqual(['never', '6 h'])
  })
})

describe('lookText', () => {
  it('says how long before an instant the ledger was read, or that it was read since', () => {
    expect(lookText(hour(8), hour(10))).toBe('read 2 h before')
    expect(lookText(hour(11), hour(10))).toBe('read since, 2025-03-01 11:00 UTC')
  })
})

describe('keyText', () => {
  it.each([
    ['ledger', {}, 'all bets'],
    ['sport_market', { sport: 'Golf', market: 'Winner' }, 'Golf · Winner'],
    ['book_live', { book: null, is_live: true }, 'none named · in play'],
    ['price_band', { price_band: 'below 0.1' }, 'implied probability below 0.1'],
  ] as const)('tells the bets of %s', (group, key, text) => {
    expect(keyText({ group, key })).toBe(text)
  })
})
