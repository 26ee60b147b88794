import { describe, expect, it } from 'vitest'
import { DomainError } from '../../../shared/kernel/errors.ts'
import {
  DEFAULT_THRESHOLDS,
  parseThresholds,
  THRESHOLD_MEANINGS,
  THRESHOLD_NAMES,
} from '../../../shared/quality/thresholds.ts'

function refusal(json: string): DomainError {
  try {
    parseThresholds(json)
  } catch (thrown) {
    if (thrown instanceof DomainError) return thrown
  }
  throw new Error(`${json} was not refused`)
}

describe('the default thresholds', () => {
  it('are the design’s eleven, each with its reason', () => {
    expect(DEFAULT_THRESHOLDS).toEqual({
      min_records: 1000,
      min_settled_pct: 0.5,
      max_null_sport_pct: 0.05,
      max_null_market_pct: 0.1,
      max_null_odds_pct: 0.01,
      max_data_age_days: 90,
      max_critical_anomalies: 0,
      max_high_anomalies_pct: 0.01,
      min_sports_count: 3,
      min_books_count: 2,
      win_rate_range: [0.35, 0.65],
    })
    expect(THRESHOLD_NAMES).toEqual(Object.keys(DEFAULT_THRESHOLDS))
    for (const name of THRESHOLD_NAMES) expect(THRESHOLD_MEANINGS[name].because.length).toBeGreaterThan(20)
  })

  it('say with their bound what their name says', () => {
    for (const name of THRESHOLD_NAMES) {
      const bound = name.startsWith('min_') ? 'at_least' : name.startsWith('max_') ? 'at_most' : 'between'
      expect(THRESHOLD_MEANINGS[name].bound).toBe(bound)
    }
  })
})

describe('parseThresholds', () => {
  it.each([undefined, '', ' \n', '{}'])('takes %j as no override', (json) => {
    expect(parseThresholds(json)).toEqual(DEFAULT_THRESHOLDS)
  })

  it('overrides what it is told and nothing else', () => {
    const thresholds = parseThresholds('{"max_null_odds_pct": 0.2, "win_rate_range": [0.3, 0.7], "min_records": 0}')
    expect(thresholds).toEqual({
      ...DEFAULT_THRESHOLDS,
      max_null_odds_pct: 0.2,
      win_rate_range: [0.3, 0.7],
      min_records: 0,
    })
  })

  it.each([
    ['{"max_null_price_pct": 0.2}', 'max_null_price_pct'],
    ['{"min_records": 10, "minRecords": 10}', 'minRecords'],
    ['{"__proto__": 1}', '__proto__'],
    ['{"max_null_odds_pct": 20}', 'max_null_odds_pct'],
    ['{"max_null_odds_pct": "0.2"}', 'max_null_odds_pct'],
    ['{"max_null_odds_pct": null}', 'max_null_odds_pct'],
    ['{"min_settled_pct": -0.1}', 'min_settled_pct'],
    ['{"min_records": 10.5}', 'min_records'],
    ['{"min_records": -1}', 'min_records'],
    ['{"max_data_age_days": 0}', 'max_data_age_days'],
    ['{"max_data_age_days": 1e999}', 'max_data_age_days'],
    ['{"win_rate_range": 0.5}', 'win_rate_range'],
    ['{"win_rate_range": [0.7, 0.3]}', 'win_rate_range'],
    ['{"win_rate_range": [0.3, 0.7, 0.9]}', 'win_rate_range'],
    ['{"win_rate_range": [0.3, 1.7]}', 'win_rate_range'],
    ['[]', 'thresholds'],
    ['0.5', 'thresholds'],
    ['{min_records: 5}', 'thresholds'],
  ])('refuses %s, naming %s', (json, field) => {
    const error = refusal(json)
    expect(error).toMatchObject({ code: 'thresholds_invalid', field })
    expect(error.message).toContain(field)
  })
})
