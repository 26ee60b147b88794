import { describe, expect, it } from 'vitest'
import { readInstant, readQuestion } from '../../../../bin/pages/features-question.ts'

const BODY = { sport: 'Basketball', league: 'NBA', market: 'Spread', institution_name: 'DraftKings', odds: -110 }

describe('readQuestion', () => {
  it('reads the fields of the prediction API as a bet about to be placed', () => {
    expect(readQuestion(JSON.stringify(BODY), 7)).toEqual({
      ...{ sport: 'Basketball', league: 'NBA', market: 'Spread', book: 'DraftKings' },
      ...{ betType: 'straight', isLive: false, decimalOdds: 1 + 100 / 110, placedAtMs: 7 },
    })
    const live = { ...BODY, odds: 250, bet_type: 'parlay', is_live: true }
    expect(readQuestion(JSON.stringify(live), 7)).toMatchObject({ betType: 'parlay', isLive: true, decimalOdds: 3.5 })
  })

  it.each([
    [{ ...BODY, odds: 50 }, 'odds American odds are whole, from -10000 to -100 or from 100 to 10000'],
    [{ ...BODY, sport: undefined }, 'sport is required'],
    [{ ...BODY, institution_name: ' ' }, 'institution_name must not be empty'],
    [{ ...BODY, is_live: 'yes' }, 'is_live'],
    [{ ...BODY, bet_type: 'single' }, 'bet_type'],
    [{ ...BODY, bookmaker: 'x' }, 'bookmaker'],
    [[], 'expected object'],
  ])('names the field that is wrong in %o', (body, words) => {
    expect(() => readQuestion(JSON.stringify(body), 7)).toThrow(words)
  })

  it('names all of several', () => {
    expect(() => readQuestion('{"odds": 1}', 7)).toThrow(
      /^--bet: sport .*; league .*; market .*; institution_name .*; odds/,
    )
  })

  it('refuses what is no JSON', () => {
    expect(() => readQuestion("{'sport': 1}", 7)).toThrow(/^--bet is no JSON: /)
  })
})

describe('readInstant', () => {
  it.each([
    ['2025-06-01T12:00:00Z', Date.UTC(2025, 5, 1, 12)],
    ['2025-06-01T12:00Z', Date.UTC(2025, 5, 1, 12)],
    ['2025-06-01T12:00:00+02:00', Date.UTC(2025, 5, 1, 10)],
    ['2025-06-01', Date.UTC(2025, 5, 1)],
  ])('reads %s', (text, atMs) => {
    expect(readInstant(text)).toBe(atMs)
  })

  it.each(['yesterday', '2025-06-01T12:00:00', '2025-02-30', '1748779200', ''])(
    'refuses "%s", which is no instant',
    (text) => {
      expect(() => readInstant(text)).toThrow('an instant such as')
    },
  )
})
