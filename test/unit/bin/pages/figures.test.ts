import { describe, expect, it } from 'vitest'
import {
  defaultRequirement,
  extent,
  figure,
  findingRange,
  findingValue,
  problemText,
  requirement,
  roughShare,
  share,
} from '../../../../bin/pages/figures.ts'
import { duplicateAnomaly } from '../../../../shared/quality/anomaly.ts'
import type { QualityCheck } from '../../../../shared/quality/gate.ts'

const check = (fields: Partial<QualityCheck>): QualityCheck => ({
  name: 'min_records',
  value: 5,
  bound: 'at_least',
  low: null,
  high: null,
  overridden: false,
  passed: true,
  because: 'it matters',
  ...fields,
})

const anomaly = duplicateAnomaly('a', 3, null)

describe('figures', () => {
  it('tell a share just beyond its threshold from the threshold', () => {
    expect(share(0.01)).toBe('1 %')
    expect(share(0.01004)).toBe('1.004 %')
    expect(share(1)).toBe('100 %')
  })

  it.each([
    [0, '0 %'],
    [0.0004, '< 0.1 %'],
    [0.0123, '1.2 %'],
    [0.0997, '10 %'],
    [0.4567, '46 %'],
  ])('tell %d roughly in a list', (fraction, text) => {
    expect(roughShare(fraction)).toBe(text)
  })

  it('come in the unit of their check', () => {
    expect(figure('min_records', 23_127)).toBe('23,127')
    expect(figure('max_null_odds_pct', 0.0545)).toBe('5.45 %')
    expect(figure('max_data_age_days', 355.234)).toBe('355.2 days')
    expect(figure('win_rate_range', null)).toBe('not measurable')
  })

  it('say what a check asks for, and what it asks for by default', () => {
    expect(requirement(check({ low: 1000 }))).toBe('at least 1,000')
    expect(requirement(check({ name: 'max_null_odds_pct', high: 0.02 }))).toBe('at most 2 %')
    expect(requirement(check({ name: 'win_rate_range', low: 0.3, high: 0.7 }))).toBe('30 % to 70 %')
    expect(defaultRequirement('max_null_odds_pct')).toBe('1 %')
    expect(defaultRequirement('win_rate_range')).toBe('35 % to 65 %')
  })

  it('name problems and their extent', () => {
    expect(problemText({ missing: 'price' })).toBe('price missing')
    expect(problemText({ type: 'odds_outlier', severity: 'high' })).toBe('unusual price, high')
    expect(extent({ bets: 1260, share: 0.0545 })).toBe('1,260 bets (5.45 %)')
    expect(extent({ bets: 1, share: 0.5 })).toBe('1 bet (50 %)')
  })

  it('show a finding’s value and range in its unit', () => {
    expect([findingValue(anomaly), findingRange(anomaly)]).toEqual(['3 rows', '1 rows'])
    const price = { ...anomaly, type: 'odds_outlier' as const, value: 2_370_001 }
    expect([findingValue(price), findingRange({ ...price, expected: [1.0234, 4.5] })]).toEqual([
      '2,370,001',
      '1.0234 to 4.5',
    ])
    const clv = { ...anomaly, type: 'clv_outlier' as const, value: -34.93 }
    expect([findingValue(clv), findingRange({ ...clv, expected: [-20, 20] })]).toEqual(['-34.93 %', '-20 to 20 %'])
    const missing = { ...anomaly, type: 'missing_required' as const, value: null, expected: null }
    expect([findingValue(missing), findingRange(missing)]).toEqual(['', ''])
  })
})
