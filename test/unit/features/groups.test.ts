import { describe, expect, test } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { BET_TYPES } from '../../../shared/bets/bet.ts'
import { GROUP_INDEX, GROUP_NAMES, type GROUPS, priceBand } from '../../../shared/features/groups.ts'
import { createFeatureState, groupKeys, NO_KEY } from '../../../shared/features/state.ts'
import type { Vocabulary } from '../../../shared/features/vocabulary.ts'
import { CODE_LIMIT, createVocabulary } from '../../../shared/features/vocabulary.ts'
import { bet } from '../../support/bets.ts'

const AWKWARD = [
  'a|b',
  'a',
  'b',
  '|',
  'a","b',
  '"',
  '\\"',
  'a"',
  '🏀',
  '🏀|',
  '\ud83c',
  '\udfc0',
  '',
  '__proto__',
  'null',
]

function vocabularyOf(names: readonly string[]): Vocabulary {
  return createVocabulary({ sport: names, league: names, market: names, book: names })
}

function keyIn(group: keyof typeof GROUPS, vocabulary: Vocabulary, placed: Partial<Bet>): number {
  return groupKeys(vocabulary, bet(placed))[GROUP_INDEX[group]] ?? Number.NaN
}

describe('the groups', () => {
  test('are eleven, each at its index', () => {
    expect(GROUP_NAMES).toHaveLength(11)
    expect(GROUP_NAMES.map((name) => GROUP_INDEX[name])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(createFeatureState().groups).toHaveLength(11)
  })

  test('have every bet in the ledger', () => {
    const nameless = bet({ sport: null, league: null, market: null, book: null, decimalOdds: null })
    const keys = [...groupKeys(createVocabulary(), nameless)]
    expect(GROUP_NAMES.filter((_, g) => keys[g] !== NO_KEY)).toEqual(['ledger', 'live', 'bet_type'])
    expect(keys[GROUP_INDEX.ledger]).toBe(0)
  })

  test.each([
    ['sport', ['sport', 'sport_market', 'sport_league', 'sport_league_market']],
    ['league', ['sport_league', 'sport_league_market']],
    ['market', ['market', 'sport_market', 'sport_league_market']],
    ['book', ['book', 'book_live']],
    ['decimalOdds', ['price_band']],
  ])('have no key for a bet without %s where it is part of the key', (field, keyless) => {
    const names = { sport: ['Golf'], league: ['PGA'], market: ['Winner'], book: ['FanDuel'] }
    const whole = { sport: 'Golf', league: 'PGA', market: 'Winner', book: 'FanDuel' }
    const keys = [...groupKeys(createVocabulary(names), bet({ ...whole, [field]: null }))]
    expect(GROUP_NAMES.filter((_, g) => keys[g] === NO_KEY)).toEqual(keyless)
  })
})

describe('their keys', () => {
  const vocabulary = vocabularyOf(AWKWARD)

  test('keep names apart that would join to the same text', () => {
    const pairs = AWKWARD.flatMap((sport) => AWKWARD.map((market) => ({ sport, market })))
    expect(new Set(pairs.map((pair) => keyIn('sport_market', vocabulary, pair))).size).toBe(AWKWARD.length ** 2)
    const triples = AWKWARD.flatMap((league) => pairs.map((pair) => ({ ...pair, league })))
    const keys = triples.map((triple) => keyIn('sport_league_market', vocabulary, triple))
    expect(new Set(keys).size).toBe(AWKWARD.length ** 3)
  })

  test('keep a book named "live" apart from the live bets of a book', () => {
    const books = vocabularyOf(['x', 'live', 'pre'])
    const keys = ['x', 'live', 'pre'].flatMap((book) =>
      [true, false].map((isLive) => keyIn('book_live', books, { book, isLive })),
    )
    expect(new Set(keys).size).toBe(6)
  })

  test('of the last codes there can be are exact', () => {
    const names = Array.from({ length: CODE_LIMIT - 1 }, (_, i) => `name ${i}`)
    const full = vocabularyOf(names)
    const [last, nextToLast] = ['name 131070', 'name 131069']
    const keys = [last, nextToLast].flatMap((sport) =>
      [last, nextToLast].flatMap((league) =>
        [last, nextToLast].map((market) => keyIn('sport_league_market', full, { sport, league, market })),
      ),
    )
    // 131071·2³⁴ + 131071·2¹⁷ + 131071 = 2⁵¹ − 1.
    expect(keys[0]).toBe(2 ** 51 - 1)
    expect(new Set(keys).size).toBe(8)
    expect(keys.every((key) => Number.isSafeInteger(key))).toBe(true)
  })

  test('are none for names that no bet has borne', () => {
    expect(keyIn('sport', vocabulary, { sport: 'Darts' })).toBe(NO_KEY)
    expect(keyIn('sport_market', vocabulary, { sport: 'a', market: 'Darts' })).toBe(NO_KEY)
    expect(keyIn('sport_market', vocabulary, { sport: 'Darts', market: 'a' })).toBe(NO_KEY)
    expect(keyIn('book_live', vocabulary, { book: 'Darts' })).toBe(NO_KEY)
  })

  test('tell every bet type apart', () => {
    expect(new Set(BET_TYPES.map((betType) => keyIn('bet_type', vocabulary, { betType }))).size).toBe(BET_TYPES.length)
  })
})

describe('priceBand', () => {
  test.each([
    [1e9, 0],
    [11, 0],
    [10, 1],
    [5, 2],
    [2.5, 4],
    [2.1, 4],
    [2, 5],
    [1.9, 6],
    [1.6, 7],
    [1.5, 8],
    [1.01, 8],
  ])('puts odds of %d into band %d', (decimalOdds, band) => {
    expect(priceBand(decimalOdds)).toBe(band)
  })
})
