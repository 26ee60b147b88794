import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { betSchema } from '../../../shared/bets/bet.ts'
import { COMPUTATION_MODES, FEATURE_TYPES } from '../../../shared/features/definition.ts'
import { GROUP_NAMES } from '../../../shared/features/groups.ts'
import { FEATURE_BLOCKS, FEATURE_NAMES, FEATURES, featuresHash, layerHash } from '../../../shared/features/registry.ts'
import { bet, randomLedger } from '../../support/bets.ts'
import { at, featuresAt } from './features-at.ts'

/** Inputs of the win model of the system before, but for the three that come from the closing line. */
const WIN_MODEL_INPUTS = [
  ...['sport_encoded', 'league_encoded', 'market_encoded', 'institution_name_encoded', 'bet_type_encoded'],
  ...['implied_prob', 'is_live'],
  ...['sport', 'sport_market', 'sport_league', 'sport_league_market', 'institution_name'].flatMap((group) => [
    ...[`${group}_win_rate`, `${group}_roi`],
  ]),
  ...['sport_market_count', 'institution_name_count', 'recent_win_rate'],
  ...['day_of_week', 'hour_of_day', 'days_since_first_bet'],
]

/** Inputs of its market model. */
const MARKET_MODEL_INPUTS = [
  ...['hist_bets', 'hist_winrate', 'hist_roi', 'last10_winrate', 'last10_roi', 'last20_winrate', 'last20_roi'],
  ...['winrate_momentum', 'roi_momentum', 'roi_std'],
]

/** What the registry calls the fields of a bet. */
const FIELD_NAMES: Readonly<Partial<Record<keyof Bet, string>>> = {
  ...{ state: 'state', betType: 'bet_type', sport: 'sport', league: 'league', market: 'market', book: 'book' },
  ...{ isLive: 'is_live', isFreeBet: 'is_free_bet', decimalOdds: 'decimal_odds', stakeMinor: 'stake' },
  ...{ profitMinor: 'profit', currency: 'currency', returnPerUnit: 'return_per_unit', placedAtMs: 'placed_at' },
  ...{ settledAtMs: 'settled_at', resultKnownAtMs: 'result_known_at' },
}

/** The fields that a feature is made from, those of the features that it is made from included. */
function fieldsBehind(name: string): Set<string> {
  const feature = FEATURES.find((candidate) => candidate.name === name)
  if (feature === undefined) return new Set([name])
  const own = feature.dependsOn.filter((part) => part === name)
  const parts = feature.dependsOn.filter((part) => part !== name)
  return new Set([...own, ...parts.flatMap((part) => [part, ...fieldsBehind(part)])])
}

describe('the registry', () => {
  test('has 175 features, each name once', () => {
    expect(FEATURES).toHaveLength(175)
    expect(new Set(FEATURE_NAMES).size).toBe(175)
    expect(FEATURE_BLOCKS.flatMap(({ features }) => features.map(({ name }) => name))).toEqual(FEATURE_NAMES)
    expect(FEATURE_NAMES.filter((name) => !/^[a-z][a-z0-9_]*$/.test(name))).toEqual([])
  })

  test('says of each what it is, in a sentence, a type, a mode and a unit', () => {
    expect(FEATURES.filter(({ description }) => !/^[A-Z0-9].{15,}\.$/.test(description))).toEqual([])
    expect(FEATURES.filter(({ unit }) => unit.length === 0)).toEqual([])
    expect(
      FEATURES.filter(({ type, mode }) => !(FEATURE_TYPES.includes(type) && COMPUTATION_MODES.includes(mode))),
    ).toEqual([])
    expect(new Set(FEATURES.map(({ description }) => description)).size).toBe(175)
    expect(FEATURES.filter(({ version }) => !(Number.isInteger(version) && version >= 1))).toEqual([])
  })

  test('has a feature for every input of the models before, but for the closing line', () => {
    expect(WIN_MODEL_INPUTS).toHaveLength(26 - 3)
    const former = FEATURES.flatMap(({ formerly }) => formerly)
    expect(WIN_MODEL_INPUTS.filter((name) => !former.includes(name))).toEqual([])
    expect(MARKET_MODEL_INPUTS.filter((name) => !former.includes(name))).toEqual([])
  })

  test('gives no former name to two features', () => {
    const former = FEATURES.flatMap(({ formerly }) => formerly)
    expect(former.filter((name, i) => former.indexOf(name) !== i)).toEqual([])
  })

  test('has nothing to do with the closing line', () => {
    expect(JSON.stringify(FEATURES)).not.toMatch(/clos(ing|e)|clv/i)
  })

  test('makes features only from fields of a bet and from other features', () => {
    const fields = new Set(Object.values(FIELD_NAMES))
    expect(Object.keys(FIELD_NAMES).filter((field) => !(field in betSchema.shape))).toEqual([])
    const strange = FEATURES.flatMap(({ name, dependsOn }) =>
      dependsOn.filter((part) => !fields.has(part) && !(FEATURE_NAMES.includes(part) && part !== name)),
    )
    expect(strange).toEqual([])
    expect(FEATURES.filter(({ dependsOn }) => dependsOn.length === 0)).toEqual([])
    expect(FEATURES.filter(({ dependsOn }) => new Set(dependsOn).size < dependsOn.length)).toEqual([])
  })

  test('names the group of each feature over a history', () => {
    const strays = FEATURES.filter(({ name, group }) => group !== null && !name.startsWith(`${group}_`))
    expect(strays).toEqual([])
    const counts = GROUP_NAMES.map((name) => FEATURES.filter(({ group }) => group === name).length)
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(175 - 11)
  })
})

describe('what a feature is made from', () => {
  const changes: [keyof Bet, Partial<Bet>][] = [
    ['state', { state: 'lost' }],
    ['decimalOdds', { decimalOdds: 7 }],
    ['stakeMinor', { stakeMinor: 5000 }],
    ['profitMinor', { profitMinor: 777 }],
    ['currency', { currency: 'EUR' }],
    ['isFreeBet', { isFreeBet: true }],
    ['returnPerUnit', { returnPerUnit: 3, profitMinor: null }],
    ['sport', { sport: 'Tennis' }],
    ['league', { league: 'ATP' }],
    ['market', { market: 'Total' }],
    ['book', { book: 'FanDuel' }],
    ['isLive', { isLive: true }],
    ['betType', { betType: 'parlay' }],
  ]

  test.each(changes)('names the field %s wherever a change of it in an earlier bet shows', (field, change) => {
    const earlier = randomLedger(3, 80).map((placed) => ({
      ...placed,
      settledAtMs: placed.settledAtMs ?? placed.placedAtMs,
    }))
    const [from, to] = [bet({ id: 'x' }), bet({ id: 'x', ...change })]
    const before = field === 'returnPerUnit' ? { ...from, profitMinor: null } : from
    const asked = {
      placedAtMs: at(14),
      league: 'NBA',
      sport: 'Basketball',
      market: 'Player Points',
      book: 'DraftKings',
    }
    const [one, other] = [before, to].map((odd) => featuresAt([...earlier, odd], asked))
    const changed = FEATURE_NAMES.filter((name) => !Object.is(one?.[name], other?.[name]))
    expect(changed.length).toBeGreaterThan(0)
    expect(changed.filter((name) => !fieldsBehind(name).has(FIELD_NAMES[field] ?? ''))).toEqual([])
  })
})

describe('featuresHash', () => {
  function sha256(text: string): string {
    return createHash('sha256').update(text).digest('hex')
  }

  test('is the SHA-256 of the revision of the state and of names with versions', async () => {
    // printf '[2,["a",1],["b",3]]' | sha256sum
    const hash = await featuresHash([
      { name: 'a', version: 1 },
      { name: 'b', version: 3 },
    ])
    expect(hash).toBe('3ad1ae2d6ec2a5a688f8746bf7371e35ec129b7c92eced3a694270168bfa0d74')
    expect(await featuresHash([])).toBe('038966de9f6b9a901b20b4c6ca8b2a46009feebe031babc842d43690c0bc222b')
  })

  test('is another for another order, name or version', async () => {
    const [a, b] = [
      { name: 'a', version: 1 },
      { name: 'b', version: 1 },
    ]
    const hashes = await Promise.all([
      featuresHash([a, b]),
      featuresHash([b, a]),
      featuresHash([a]),
      featuresHash([a, { name: 'b', version: 2 }]),
      featuresHash([a, { name: 'c', version: 1 }]),
    ])
    expect(new Set(hashes).size).toBe(hashes.length)
  })

  test('of all features is the identity of the layer', async () => {
    const named = FEATURES.map(({ name, version }) => [name, version])
    expect(await layerHash()).toBe(sha256(JSON.stringify([2, ...named])))
  })
})
