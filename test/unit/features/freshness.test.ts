import { describe, expect, test } from 'vitest'
import { valueWhereMissing } from '../../../shared/features/definition.ts'
import { isStale, staleFeatures } from '../../../shared/features/freshness.ts'
import { FEATURE_NAMES, FEATURES } from '../../../shared/features/registry.ts'
import { bet } from '../../support/bets.ts'
import { ALL_FEATURES, at, HOUR_MS, named, results, stateAt } from './features-at.ts'

describe('isStale', () => {
  test.each([
    [null, 1e15, false],
    [HOUR_MS, 0, false],
    [HOUR_MS, HOUR_MS, false],
    [HOUR_MS, HOUR_MS + 1, true],
    [HOUR_MS, -5, false],
    [HOUR_MS, Number.NaN, true],
    [null, Number.NaN, false],
    [HOUR_MS, Number.POSITIVE_INFINITY, true],
  ])('of a time to live of %s, %d milliseconds after the last look, is %s', (ttlMs, sinceLookMs, isOld) => {
    expect(isStale({ ttlMs }, sinceLookMs)).toBe(isOld)
  })
})

describe('the features', () => {
  test('go stale after six hours or a day, or never', () => {
    const count = (hours: number | null) =>
      FEATURES.filter(({ ttlMs }) => ttlMs === (hours === null ? null : hours * HOUR_MS)).length
    expect(count(6) + count(24) + count(null)).toBe(FEATURES.length)
    expect(count(6)).toBeGreaterThan(40)
    expect(count(24)).toBeGreaterThan(60)
  })

  test('that the bet itself gives never go stale', () => {
    expect(FEATURES.filter(({ group, ttlMs }) => group === null && ttlMs !== null)).toEqual([])
    const old = staleFeatures(FEATURES, Number.POSITIVE_INFINITY)
    expect(FEATURES.filter(({ name, group }) => group === null && old.includes(name))).toEqual([])
  })

  test('are stale by name', () => {
    const definitions = [
      { name: 'a', ttlMs: 1000 },
      { name: 'b', ttlMs: null },
      { name: 'c', ttlMs: 500 },
    ]
    expect(staleFeatures(definitions, 500)).toEqual([])
    expect(staleFeatures(definitions, 501)).toEqual(['c'])
    expect(staleFeatures(definitions, 1001)).toEqual(['a', 'c'])
  })
})

describe('what stands for what is missing', () => {
  test('is not a number, or the count of nothing', () => {
    expect(valueWhereMissing({ missing: 'missing' })).toBeNaN()
    expect(valueWhereMissing({ missing: 'zero' })).toBe(0)
  })

  test('is a zero only for counts and streaks', () => {
    const zeros = FEATURES.filter(({ missing }) => missing === 'zero').map(({ name }) => name)
    expect(zeros.filter((name) => !/_(count|placed_\d+d|streak)$/.test(name))).toEqual([])
    // Eleven counts, four numbers of placements, two streaks.
    expect(zeros).toHaveLength(17)
  })

  test('is what an empty ledger gives, feature by feature', () => {
    const features = named(ALL_FEATURES.vector(stateAt([], at(0)), bet(), 0))
    const wrong = FEATURES.filter(({ name, group, missing }) => {
      return group !== null && !Object.is(features[name], missing === 'zero' ? 0 : Number.NaN)
    })
    expect(wrong).toEqual([])
  })

  test('stands in the vector for exactly the stale features', () => {
    const state = stateAt(results('WWLWLLLWWLWLPWWLL'), at(3))
    const asked = bet({ placedAtMs: at(3) })
    const fresh = ALL_FEATURES.vector(state, asked, 6 * HOUR_MS)
    expect(fresh).toEqual(ALL_FEATURES.vector(state, asked, 0))
    for (const sinceLookMs of [6 * HOUR_MS + 1, 24 * HOUR_MS, 24 * HOUR_MS + 1, Number.NaN]) {
      const stale = staleFeatures(FEATURES, sinceLookMs)
      const vector = ALL_FEATURES.vector(state, asked, sinceLookMs)
      const expected = FEATURES.map(({ name, missing }, f) =>
        stale.includes(name) ? (missing === 'zero' ? 0 : Number.NaN) : fresh[f],
      )
      expect([...vector]).toEqual(expected)
      expect(FEATURE_NAMES.filter((name) => stale.includes(name)).length).toBe(stale.length)
    }
  })
})
