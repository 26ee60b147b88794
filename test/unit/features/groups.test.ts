import { describe, expect, test } from 'vitest'
import { GROUP_NAMES, GROUPS } from '../../../shared/features/groups.ts'
import { bet } from '../../support/bets.ts'

describe('GROUPS', () => {
  test('keep names apart that would join to the same text', () => {
    const awkward = ['a|b', 'a', 'b', '|', 'a","b', '"', '\\"', 'a"', '🏀', '🏀|', ',', '[', '', '__proto__', 'null']
    const pairs = awkward.flatMap((sport) => awkward.map((market) => bet({ sport, market })))
    expect(new Set(pairs.map(GROUPS.sport_market)).size).toBe(awkward.length ** 2)
    const triples = awkward.flatMap((league) => pairs.map((pair) => ({ ...pair, league })))
    expect(new Set(triples.map(GROUPS.sport_league_market)).size).toBe(awkward.length ** 3)
  })

  test('keep a book named "live" apart from the live bets of a book', () => {
    const keys = ['x', 'live', 'pre'].flatMap((book) =>
      [true, false].map((isLive) => GROUPS.book_live(bet({ book, isLive }))),
    )
    expect(new Set(keys).size).toBe(6)
  })

  test.each([
    ['sport', ['sport', 'sport_market', 'sport_league', 'sport_league_market']],
    ['league', ['sport_league', 'sport_league_market']],
    ['market', ['sport_market', 'sport_league_market']],
    ['book', ['book', 'book_live']],
    ['decimalOdds', ['price_band']],
  ])('have no key for a bet without %s where it is part of the key', (field, keyless) => {
    const lacking = bet({ [field]: null })
    expect(GROUP_NAMES.filter((name) => GROUPS[name](lacking) === undefined)).toEqual(keyless)
  })

  test('have every bet in the ledger', () => {
    expect(GROUPS.ledger()).toBe('')
  })

  test.each([
    [11, '0'],
    [10, '1'],
    [2.1, '4'],
    [2, '5'],
    [1.9, '6'],
    [1.6, '7'],
    [1.5, '8'],
    [1.01, '8'],
  ])('put odds of %d into price band %s', (decimalOdds, band) => {
    expect(GROUPS.price_band(bet({ decimalOdds }))).toBe(band)
  })
})
