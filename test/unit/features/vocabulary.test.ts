import { describe, expect, test } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { byPlacement } from '../../../shared/bets/bet.ts'
import { advance } from '../../../shared/features/advance.ts'
import { featureSet } from '../../../shared/features/feature-set.ts'
import type { FeatureState } from '../../../shared/features/state.ts'
import { createFeatureState } from '../../../shared/features/state.ts'
import {
  createVocabulary,
  enterName,
  isSeen,
  NO_NAMES,
  namesOf,
  seeName,
  UNKNOWN_CODE,
} from '../../../shared/features/vocabulary.ts'
import { bet, randomLedger } from '../../support/bets.ts'
import { at, featuresAt } from './features-at.ts'

const NAME_FEATURES = featureSet(['sport', 'league', 'market', 'book'])

describe('a vocabulary', () => {
  test('gives codes from 1 in the order in which names are met, once each', () => {
    const { sport } = createVocabulary()
    for (const name of ['Golf', 'Tennis', 'Golf', '', '__proto__']) enterName(sport, name)
    expect(sport.names).toEqual(['Golf', 'Tennis', '', '__proto__'])
    expect(['Golf', 'Tennis', '', '__proto__', 'constructor'].map((name) => sport.codes.get(name))).toEqual([
      ...[1, 2, 3, 4, undefined],
    ])
  })

  test('knows which names a bet has borne', () => {
    const { sport } = createVocabulary({ ...NO_NAMES, sport: Array.from({ length: 40 }, (_, i) => `s${i}`) })
    for (const name of ['s3', 's39', 's16']) seeName(sport, name)
    const codes = Array.from({ length: 60 }, (_, i) => i)
    expect(codes.filter((code) => isSeen(sport, code))).toEqual([4, 17, 40])
    expect(isSeen(sport, UNKNOWN_CODE)).toBe(false)
  })

  test('forgets none that it has seen when it grows', () => {
    const { league } = createVocabulary()
    for (let i = 0; i < 1000; i++) {
      enterName(league, `l${i}`)
      seeName(league, `l${i}`)
    }
    expect(Array.from({ length: 1000 }, (_, i) => isSeen(league, i + 1)).every(Boolean)).toBe(true)
  })

  test('does not change the names that it begins with', () => {
    const names = { ...NO_NAMES, sport: ['Golf'] }
    enterName(createVocabulary(names).sport, 'Tennis')
    expect(names.sport).toEqual(['Golf'])
  })

  test('holds 131,071 names of a field and no more', () => {
    const names = Array.from({ length: 131_070 }, (_, i) => `name ${i}`)
    const { market, book } = createVocabulary({ ...NO_NAMES, market: names })
    enterName(market, 'the last')
    expect(market.codes.get('the last')).toBe(131_071)
    expect(() => enterName(market, 'one more')).toThrow(
      expect.objectContaining({ name: 'DomainError', code: 'too_many_names' }),
    )
    enterName(market, 'the last')
    enterName(book, 'another field')
    expect(market.names).toHaveLength(131_071)
  })
})

describe('the codes of names', () => {
  function advanced(bets: readonly Bet[], names = NO_NAMES): { state: FeatureState; codes: Map<string, number[]> } {
    const state = createFeatureState(names)
    const sorted = [...bets].sort(byPlacement)
    const columns = advance(state, sorted, NAME_FEATURES)
    return { state, codes: new Map(sorted.map(({ id }, r) => [id, columns.map((column) => column[r] ?? 99)])) }
  }

  test('never change when the past changes and the names are carried over', () => {
    const ledger = randomLedger(9, 200)
    const { state, codes } = advanced(ledger)
    const first = Math.min(...ledger.map(({ placedAtMs }) => placedAtMs))
    const added = ['Aussie Rules', 'Darts'].map((sport, i) =>
      bet({ id: `added-${i}`, sport, league: sport, placedAtMs: first - 1, settledAtMs: null }),
    )
    const changed = advanced([...added, ...ledger.filter((_, i) => i % 3 !== 0)], namesOf(state.vocabulary))
    const comparable = [...changed.codes].filter(([id]) => codes.has(id))
    const moved = comparable.filter(([id, now]) =>
      now.some((code, f) => code !== 0 && codes.get(id)?.[f] !== 0 && !Object.is(code, codes.get(id)?.[f])),
    )
    expect(comparable.length).toBeGreaterThan(100)
    expect(moved).toEqual([])
    // The new names come after all those that were there.
    const old = state.vocabulary.sport.names
    expect(changed.state.vocabulary.sport.names).toEqual([...old, 'Aussie Rules', 'Darts'])
  })

  test('would change if the names were not carried over', () => {
    const ledger = [bet({ id: '1', sport: 'Golf' }), bet({ id: '2', sport: 'Tennis', placedAtMs: at(0, 1) })]
    const early = bet({ id: '0', sport: 'Darts', placedAtMs: at(-1) })
    const codeOf = (bets: Bet[], names = NO_NAMES) => advanced(bets, names).state.vocabulary.sport.codes.get('Tennis')
    const names = namesOf(advanced(ledger).state.vocabulary)
    expect(codeOf(ledger)).toBe(2)
    expect(codeOf([early, ...ledger])).toBe(3)
    expect(codeOf([early, ...ledger], names)).toBe(2)
  })

  test('are 0 for a name carried over until a bet bears it', () => {
    const state = createFeatureState({ ...NO_NAMES, sport: ['Golf', 'Tennis'] })
    const bets = [
      bet({ id: '1', sport: 'Tennis', placedAtMs: at(0) }),
      bet({ id: '2', sport: 'Tennis', placedAtMs: at(0) }),
      bet({ id: '3', sport: 'Tennis', placedAtMs: at(1) }),
      bet({ id: '4', sport: 'Golf', placedAtMs: at(1) }),
    ].map((placed) => ({ ...placed, settledAtMs: null }))
    expect([...(advance(state, bets, NAME_FEATURES)[0] ?? [])]).toEqual([0, 0, 2, 0])
  })

  test('are of one case and of one spelling: names are taken as they come', () => {
    const ledger = ['Golf', 'golf', 'Golf ', 'GOLF', 'Göl\u0308f', 'G\u00f6lf'].map((sport, i) =>
      bet({ id: `${i}`, sport, placedAtMs: at(0, i), settledAtMs: null, state: 'open' }),
    )
    expect(featuresAt(ledger, { sport: 'Golf ', placedAtMs: at(1) }).sport).toBe(3)
    expect(featuresAt(ledger, { sport: 'G\u00f6lf', placedAtMs: at(1) }).sport).toBe(6)
  })
})
