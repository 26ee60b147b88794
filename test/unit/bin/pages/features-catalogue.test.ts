import { describe, expect, it } from 'vitest'
import {
  aboutGroup,
  featureFamilies,
  featureRecord,
  featuresCalled,
  restrictFamily,
} from '../../../../bin/pages/features-catalogue.ts'
import { formulaOf, sharedFormula, symbolsIn } from '../../../../bin/pages/features-formulas.ts'
import { definitionOf } from '../../../../shared/features/feature-set.ts'
import { FEATURE_NAMES, FEATURES } from '../../../../shared/features/registry.ts'

const families = featureFamilies()

describe('featureFamilies', () => {
  it('hold every feature once, in the registry’s order', () => {
    const names = families.flatMap(({ features }) => features.map(({ name }) => name))
    expect([...names].sort()).toEqual([...FEATURE_NAMES].sort())
    expect(families.map(({ title }) => title)).toEqual([
      'The bet itself',
      'Activity',
      'Record',
      'Windows',
      'Market form',
    ])
  })

  it('put what groups have in common into one statistic, whose name with the group’s is the feature’s', () => {
    for (const { groups, statistics } of families) {
      for (const { suffix, features } of statistics) {
        expect(features.map(({ name }) => name)).toEqual(groups.map((group) => `${group}_${suffix}`))
      }
    }
    expect(families.map(({ groups, statistics }) => groups.length * statistics.length)).toEqual([0, 0, 66, 66, 20])
  })

  it('have statistics of which kind, unit, time to live and missing policy can be told once', () => {
    for (const { features } of families.flatMap(({ statistics }) => statistics)) {
      const told = features.map(({ type, mode, unit, ttlMs, missing }) => [type, mode, unit, ttlMs, missing].join())
      expect(new Set(told).size).toBe(1)
    }
  })

  it('are cut down to the features asked for', () => {
    const record = families.find(({ title }) => title === 'Record')
    const cut = record && restrictFamily(record, new Set(['book_roi', 'sport_count', 'nothing']))
    expect(cut?.groups).toEqual(['sport', 'book'])
    expect(cut?.statistics.map(({ features }) => features.map(({ name }) => name))).toEqual([
      ['sport_count', 'book_count'],
      ['sport_roi', 'book_roi'],
    ])
  })
})

describe('formulas', () => {
  it('are written down for every feature', () => {
    expect(FEATURES.filter((feature) => formulaOf(feature) === undefined).map(({ name }) => name)).toEqual([])
  })

  it('mix in as many bets as the descriptions say', () => {
    const mixed = FEATURES.flatMap((feature) => {
      const [, bets] = /mixed with (\d+) bets of zero/.exec(feature.description) ?? []
      return bets === undefined ? [] : [{ name: feature.name, holds: formulaOf(feature)?.includes(` + ${bets})`) }]
    })
    expect(mixed.length).toBeGreaterThan(80)
    expect(mixed.filter(({ holds }) => holds !== true)).toEqual([])
  })

  it('speak of the window that the description speaks of', () => {
    const windows = FEATURES.filter(({ name }) => /_(?:last_\d+|\d+d)$/.test(name))
    expect(windows.length).toBeGreaterThan(80)
    const silent = windows.filter((feature) => {
      const [, length = ''] = /_(\d+)d?$/.exec(feature.name) ?? []
      return !(feature.description.includes(length) && formulaOf(feature)?.includes(length))
    })
    expect(silent).toEqual([])
  })

  it('tell the one group whose formula differs', () => {
    const residual = families.flatMap(({ statistics }) => statistics).find(({ suffix }) => suffix === 'residual')
    expect(sharedFormula(residual?.features ?? [])).toBe('(Σ r + k·ledger_residual) / (n + k); ledger: Σ r / (n + 50)')
  })

  it('come with the symbols that they use, and no others', () => {
    expect(symbolsIn('Σ r / (n + 50)').map(({ symbol }) => symbol)).toEqual(['r', 'n'])
    expect(symbolsIn('hours from the last earlier placement to this one')).toEqual([])
  })
})

describe('featuresCalled', () => {
  it('finds a feature by its name before any other that was once called so', () => {
    expect(featuresCalled('sport_roi').map(({ name }) => name)).toEqual(['sport_roi'])
  })

  it('finds a feature by what it was called before', () => {
    expect(featuresCalled('hist_roi').map(({ name }) => name)).toEqual(['sport_league_market_roi'])
    expect(featuresCalled('luck')).toEqual([])
  })
})

describe('featureRecord', () => {
  it('tells machines everything but the code', () => {
    expect(featureRecord(definitionOf('sport_market_count'))).toEqual({
      ...{ name: 'sport_market_count', description: definitionOf('sport_market_count').description, formula: 'n' },
      ...{ type: 'numerical', mode: 'batch', group: 'sport_market', key: ['sport', 'market'] },
      ...{ dependsOn: ['sport', 'market', 'state', 'decimal_odds'], ttlMs: 86_400_000, unit: 'bets', missing: 'zero' },
      ...{ version: 1, formerly: ['sport_market_count'] },
    })
    expect(featureRecord(definitionOf('is_live'))).toMatchObject({ group: null, key: null })
  })
})

describe('aboutGroup', () => {
  it.each([
    ['ledger', 'all earlier bets'],
    ['sport_league_market', 'earlier bets of the same sport, league and market'],
    ['live', 'earlier bets, in play or not as this one'],
    ['book_live', 'earlier bets of the same book, in play or not as this one'],
    ['price_band', 'earlier bets of the same price band'],
  ] as const)('says whose history %s holds', (group, words) => {
    expect(aboutGroup(group)).toBe(words)
  })
})
