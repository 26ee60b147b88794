import { describe, expect, test } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { advance, applyBefore } from '../../../shared/features/advance.ts'
import type { ExplainedFeature, ExplainedVector } from '../../../shared/features/explain.ts'
import { explainVector, priceBandText } from '../../../shared/features/explain.ts'
import { definitionOf, featureSet, viewOf } from '../../../shared/features/feature-set.ts'
import { FEATURE_NAMES } from '../../../shared/features/registry.ts'
import { replayLedger } from '../../../shared/features/replay.ts'
import type { FeatureState } from '../../../shared/features/state.ts'
import { createFeatureState } from '../../../shared/features/state.ts'
import { bet, LEDGER_START_MS, randomLedger, shuffled } from '../../support/bets.ts'

const HOUR_MS = 3_600_000
const hour = (n: number) => LEDGER_START_MS + n * HOUR_MS

function stateAfter(ledger: readonly Bet[], atMs: number): FeatureState {
  const { state } = replayLedger(ledger, featureSet([]))
  applyBefore(state, atMs)
  return state
}

/** Three results, one open bet, all at 2.00 for 10.00. */
const LEDGER = [
  bet({ id: 'a', market: 'Spread', placedAtMs: hour(0), settledAtMs: hour(3) }),
  bet({ id: 'b', market: 'Total', state: 'lost', profitMinor: -1000, placedAtMs: hour(1), settledAtMs: hour(5) }),
  bet({
    id: 'c',
    sport: 'Tennis',
    league: 'ATP',
    market: 'Spread',
    book: 'FanDuel',
    placedAtMs: hour(2),
    settledAtMs: hour(4),
  }),
  bet({ id: 'd', market: 'Spread', state: 'open', profitMinor: null, placedAtMs: hour(6), settledAtMs: null }),
  bet({
    id: 'e',
    sport: 'Golf',
    league: 'PGA',
    market: 'Winner',
    state: 'open',
    profitMinor: null,
    placedAtMs: hour(6),
    settledAtMs: null,
  }),
]

function explained(overrides: Partial<Bet> = {}, sinceLookMs = 0): ExplainedVector {
  const asked = bet({ market: 'Spread', placedAtMs: hour(10), ...overrides })
  return explainVector(stateAfter(LEDGER, asked.placedAtMs), asked, FEATURE_NAMES, { sinceLookMs })
}

function one(name: string, overrides: Partial<Bet> = {}, sinceLookMs = 0): ExplainedFeature | undefined {
  return explained(overrides, sinceLookMs).features.find((feature) => feature.name === name)
}

describe('explainVector', () => {
  test('gives the values of the vector, bit for bit, whatever is asked and however old the ledger is', () => {
    let nMissing = 0
    for (const seed of [1, 2, 3]) {
      const ledger = randomLedger(seed, 300)
      const state = stateAfter(ledger, Math.max(...ledger.map(({ placedAtMs }) => placedAtMs)) + 1)
      const names = shuffled(FEATURE_NAMES, seed).slice(0, seed === 1 ? FEATURE_NAMES.length : 60)
      for (const asked of randomLedger(seed + 10, 25)) {
        const placed = { ...asked, placedAtMs: state.asOfMs }
        for (const sinceLookMs of [0, 7 * HOUR_MS, 25 * HOUR_MS]) {
          const vector = [...featureSet(names).vector(state, placed, sinceLookMs)]
          const { features } = explainVector(state, placed, names, { sinceLookMs })
          expect(features.map(({ name }) => name)).toEqual(names)
          const differing = features.filter(({ value }, f) => !Object.is(value ?? Number.NaN, vector[f]))
          expect(differing).toEqual([])
          nMissing += features.filter(({ value }) => value === null).length
        }
      }
    }
    expect(nMissing).toBeGreaterThan(1000)
  })

  test('takes the evidence from the definitions', () => {
    const asked = bet({ market: 'Spread', placedAtMs: hour(10) })
    const view = viewOf(stateAfter(LEDGER, hour(10)), asked)
    for (const { name, bets, latestAtMs } of explained().features) {
      expect([name, { bets, latestAtMs: latestAtMs ?? Number.NaN }]).toEqual([name, definitionOf(name).evidence(view)])
    }
  })

  test.each([
    ['sport_market_win_rate', { sport: 'Basketball', market: 'Spread' }, 1, 1, 3],
    ['sport_win_rate', { sport: 'Basketball' }, 0.5, 2, 5],
    ['market_roi', { market: 'Spread' }, 1, 2, 4],
    ['book_win_rate', { book: 'DraftKings' }, 0.5, 2, 5],
    ['ledger_count', {}, 3, 3, 5],
    ['ledger_placed_7d', {}, 5, 5, 6],
    ['sport_market_placed_30d', { sport: 'Basketball', market: 'Spread' }, 2, 2, 6],
    ['book_live_count', { book: 'DraftKings', is_live: false }, 2, 2, 5],
    ['bet_type_count', { bet_type: 'straight' }, 3, 3, 5],
    ['price_band_count', { price_band: '0.48 to 0.52' }, 3, 3, 5],
  ])('tells of %s the key, the value, the bets behind it and their age', (name, key, value, bets, latest) => {
    const { group } = definitionOf(name)
    expect(one(name)).toMatchObject({
      ...{ source: { group, key }, value, bets, latestAtMs: hour(latest), ageMs: (10 - latest) * HOUR_MS },
      ...{ staleAs: null, lack: null, newNames: [] },
    })
  })

  test('tells what is of the bet itself, which no bets stand behind', () => {
    expect(one('hour_of_day')).toMatchObject({
      source: 'bet',
      value: 10,
      bets: 0,
      latestAtMs: null,
      ageMs: null,
      lack: null,
    })
  })

  test('tells what the feature is', () => {
    const { description, version } = definitionOf('sport_market_roi')
    expect(one('sport_market_roi')).toMatchObject({
      ...{ unit: 'return per unit', type: 'numerical', mode: 'batch', ttlMs: 24 * HOUR_MS, description, version },
    })
  })

  test('says which names are new to the ledger, and which values suffer from it', () => {
    const { newNames, features } = explained({ league: 'WNBA' })
    expect(newNames).toEqual(['league'])
    const suffering = features.filter((feature) => feature.newNames.length > 0)
    expect(new Set(suffering.map(({ source }) => (source === 'bet' ? source : source.group)))).toEqual(
      new Set(['bet', 'sport_league', 'sport_league_market']),
    )
    expect(suffering.find(({ name }) => name === 'league')).toMatchObject({ value: 0, lack: null })
    expect(explained().newNames).toEqual([])
  })

  test('calls a name new that a rebuild knows of, where no bet placed before bears it', () => {
    const state = createFeatureState({ sport: ['Golf', 'Curling'], league: [], market: [], book: [] })
    advance(state, [bet({ sport: 'Golf', placedAtMs: hour(0) })])
    applyBefore(state, hour(1))
    const newIn = (sport: string) =>
      explainVector(state, bet({ sport, placedAtMs: hour(1) }), ['sport'], { sinceLookMs: 0 }).newNames
    expect([newIn('Golf'), newIn('Curling')]).toEqual([[], ['sport']])
  })

  test('does not call a name new that the source leaves out', () => {
    expect(explained({ league: null }).newNames).toEqual([])
  })

  test.each([
    ['market_log_odds', { decimalOdds: null }, { because: 'no_price' }],
    ['price_band_residual', { decimalOdds: null }, { because: 'no_price' }],
    ['sport', { sport: null }, { because: 'not_named', field: 'sport' }],
    ['sport_league_roi', { league: null }, { because: 'not_named', field: 'league' }],
    ['book_form', { book: null }, { because: 'not_named', field: 'book' }],
    ['sport_market_roi', { sport: 'Cricket' }, { because: 'no_history', history: 'no_bets' }],
    ['sport_market_roi', { sport: 'Tennis', market: 'Total' }, { because: 'no_history', history: 'no_bets' }],
    ['sport_roi', { sport: 'Golf' }, { because: 'no_history', history: 'no_results' }],
    ['sport_market_roi_deviation', {}, { because: 'no_history', history: 'none_that_count' }],
    ['sport_residual_7d', { placedAtMs: hour(24 * 20) }, { because: 'no_history', history: 'none_that_count' }],
  ])('says why %s is missing of a bet with %o', (name, overrides, lack) => {
    expect(one(name, overrides)).toMatchObject({ value: null, lack })
  })

  test('says why a count is a zero of nothing, and lets a counted zero be', () => {
    expect(one('book_count', { book: null })).toMatchObject({ value: 0, lack: { because: 'not_named', field: 'book' } })
    expect(one('sport_count', { sport: 'Cricket' })).toMatchObject({ value: 0, lack: { history: 'no_bets' } })
    expect(one('sport_count', { sport: 'Golf' })).toMatchObject({ value: 0, bets: 0, lack: null })
  })

  test('tells what the policy has made of a stale value, its evidence all the same', () => {
    const lookedLongAgo = 7 * HOUR_MS
    expect(one('ledger_residual_last_10', {}, lookedLongAgo)).toMatchObject({
      ...{ value: null, staleAs: 'missing', lack: { because: 'stale' }, bets: 3, ttlMs: 6 * HOUR_MS },
    })
    expect(one('ledger_placed_7d', {}, lookedLongAgo)).toMatchObject({
      ...{ value: 0, staleAs: 'zero', lack: { because: 'stale' }, bets: 5 },
    })
    expect(one('ledger_roi', {}, lookedLongAgo)).toMatchObject({ staleAs: null, lack: null })
    expect(one('hour_of_day', {}, 1e12)).toMatchObject({ value: 10, staleAs: null })
  })

  test('blames a name that the source leaves out before the age of the ledger, which another look would mend', () => {
    expect(one('book_residual_7d', { book: null }, 7 * HOUR_MS)).toMatchObject({
      ...{ staleAs: 'missing', lack: { because: 'not_named', field: 'book' } },
    })
  })

  test('leaves the state as it was', () => {
    const state = stateAfter(LEDGER, hour(10))
    const asked = bet({ sport: 'Cricket', placedAtMs: hour(10) })
    const before = explainVector(state, bet({ market: 'Spread', placedAtMs: hour(10) }), FEATURE_NAMES, {
      sinceLookMs: 0,
    })
    explainVector(state, asked, FEATURE_NAMES, { sinceLookMs: 0 })
    expect(state.vocabulary.sport.names).toEqual(['Basketball', 'Tennis', 'Golf'])
    expect(
      explainVector(state, bet({ market: 'Spread', placedAtMs: hour(10) }), FEATURE_NAMES, { sinceLookMs: 0 }),
    ).toEqual(before)
  })

  test('refuses what is no feature', () => {
    expect(() => explainVector(stateAfter([], 0), bet(), ['sport_luck'], { sinceLookMs: 0 })).toThrow('sport_luck')
  })
})

describe('priceBandText', () => {
  test.each([
    [0, 'below 0.1'],
    [5, '0.48 to 0.52'],
    [8, 'from 0.65'],
  ])('calls band %d %s', (band, text) => {
    expect(priceBandText(band)).toBe(text)
  })
})
