import { describe, expect, it } from 'vitest'
import type { NamedGroup } from '../../../shared/features/group-names.ts'
import { namesOfKey } from '../../../shared/features/group-names.ts'
import { GROUP_INDEX } from '../../../shared/features/groups.ts'
import { groupKeys } from '../../../shared/features/state.ts'
import { CODE_LIMIT, createVocabulary } from '../../../shared/features/vocabulary.ts'
import { InvariantError } from '../../../shared/kernel/errors.ts'
import { bet } from '../../support/bets.ts'

const AWKWARD = ['a|b', 'a', 'b', '|', 'a","b', '"', '🏀', ',', '', ' ', '__proto__', 'null', '0']
const AWKWARD_VOCABULARY = createVocabulary({ sport: AWKWARD, league: AWKWARD, market: AWKWARD, book: AWKWARD })

describe('namesOfKey', () => {
  it.each<[NamedGroup, (bet: { sport: string; league: string; market: string; book: string }) => string[]]>([
    ['sport', ({ sport }) => [sport]],
    ['market', ({ market }) => [market]],
    ['book', ({ book }) => [book]],
    ['sport_market', ({ sport, market }) => [sport, market]],
    ['sport_league', ({ sport, league }) => [sport, league]],
    ['sport_league_market', ({ sport, league, market }) => [sport, league, market]],
  ])('gives the names back that a key of %s was made from', (group, namesOf) => {
    for (const sport of AWKWARD) {
      for (const market of AWKWARD) {
        const named = { sport, market, league: `${AWKWARD.at(-1)}`, book: sport }
        const key = groupKeys(AWKWARD_VOCABULARY, bet(named))[GROUP_INDEX[group]]
        expect(namesOfKey(AWKWARD_VOCABULARY, group, key ?? Number.NaN)).toEqual(namesOf(named))
      }
    }
  })

  it('gives back the names of the largest codes', () => {
    const many = Array.from({ length: CODE_LIMIT - 1 }, (_, i) => `name ${i}`)
    const vocabulary = createVocabulary({ sport: many, league: many, market: many, book: [] })
    const names = ['name 131070', 'name 131069', 'name 131070']
    const [sport = null, league = null, market = null] = names
    const key = groupKeys(vocabulary, bet({ sport, league, market }))[GROUP_INDEX.sport_league_market]
    expect(namesOfKey(vocabulary, 'sport_league_market', key ?? Number.NaN)).toEqual(names)
  })

  it('refuses a key that no names were made into', () => {
    const vocabulary = createVocabulary({ sport: ['Tennis'], league: [], market: ['Total'], book: [] })
    expect(namesOfKey(vocabulary, 'sport_market', CODE_LIMIT + 1)).toEqual(['Tennis', 'Total'])
    for (const key of [-1, 0, 1, CODE_LIMIT, CODE_LIMIT + 2, 2 * CODE_LIMIT + 1, CODE_LIMIT ** 2 + CODE_LIMIT + 1]) {
      expect(() => namesOfKey(vocabulary, 'sport_market', key)).toThrow(InvariantError)
    }
  })
})
