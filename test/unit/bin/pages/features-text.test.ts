import { describe, expect, it } from 'vitest'
import { catalogueText, featureListText, featureText } from '../../../../bin/pages/features-text.ts'
import { definitionOf } from '../../../../shared/features/feature-set.ts'
import { GROUP_NAMES } from '../../../../shared/features/groups.ts'
import { FEATURE_NAMES, FEATURES } from '../../../../shared/features/registry.ts'

describe('catalogueText', () => {
  const lines = catalogueText()

  it('tells of all features in fewer lines than half their number', () => {
    expect(lines[0]).toBe('175 features of a bet, all known as it is placed')
    expect(lines.length).toBeLessThan(FEATURES.length / 2)
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(140)
  })

  it('names every group, every statistic and every feature that is of its own kind', () => {
    const words = new Set(lines.flatMap((line) => line.split(/\s+/)))
    const told = FEATURE_NAMES.filter((name) => {
      const group = GROUP_NAMES.find((each) => name.startsWith(`${each}_`) && words.has(name.slice(each.length + 1)))
      return words.has(name) || (group !== undefined && words.has(group))
    })
    expect(told).toEqual(FEATURE_NAMES)
  })

  it('shows which families tell of which groups', () => {
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}sport_league_market +sport, league, market +6 +6 +10$/))
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}book_live +book, in play or not +6 +6 +·$/))
  })

  it('tells what a family has in common once, above it', () => {
    const at = lines.indexOf('Windows: 6 statistics of 11 groups, numerical, probability, missing if unknown')
    expect(lines[at + 1]).toMatch(/^ {2}statistic +mode +stale after +formula$/)
    expect(lines[at + 5]).toMatch(/^ {2}residual_7d +hybrid +6 h +Σ r \/ \(n \+ 10\) over results of the last 7 days/)
  })
})

describe('featureListText', () => {
  it('gives a line to each feature', () => {
    const [header, ...lines] = featureListText(FEATURES)
    expect(header).toMatch(/^feature +type +mode +stale after +unit +if unknown +tells$/)
    expect(lines.map((line) => line.split(' ')[0])).toEqual(FEATURE_NAMES)
  })
})

describe('featureText', () => {
  it('tells everything about a feature', () => {
    expect(featureText(definitionOf('sport_league_market_roi')).map((line) => line.trimEnd())).toEqual([
      'sport_league_market_roi',
      `  ${definitionOf('sport_league_market_roi').description}`,
      '  formula       mean return of settled bets',
      '                return: net return per unit staked, from −1 to at most 100',
      '  about         earlier bets of the same sport, league and market',
      '  entity key    sport, league, market',
      '  made from     sport, league, market, state, stake, profit, is_free_bet, return_per_unit, decimal_odds',
      '  unit          return per unit',
      '  type          numerical: a quantity',
      '  mode          batch: from the history alone',
      '  stale         24 h after the last look at the ledger',
      '  if unknown    not a number; the same for a stale value',
      '  version       1',
      '  former names  sport_league_market_roi, hist_roi',
    ])
  })

  it('tells of one of the bet itself that it has no key and is never stale', () => {
    const lines = featureText(definitionOf('is_combined'))
    expect(lines).toContain('  entity key    none')
    expect(lines).toContain('  stale         never')
    expect(lines).toContain('  former names  none')
  })
})
