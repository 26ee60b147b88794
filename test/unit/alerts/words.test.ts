import { describe, expect, it } from 'vitest'
import {
  driftWords,
  modelPromotedWords,
  qualityGateWords,
  retrainingFinishedWords,
  retrainingRequestedWords,
} from '../../../shared/alerts/words.ts'

const at = '2026-05-12T12:00:00.000Z'

describe('what a message says', () => {
  it('of the quality gate: shares in per cent, numbers as they are, and what was not measured', () => {
    const failed = [
      { name: 'max_null_odds_pct', value: 0.014125, low: null, high: 0.01 },
      { name: 'win_rate_range', value: 0.7, low: 0.35, high: 0.65 },
      { name: 'min_records', value: 12_345, low: 20_000, high: null },
      { name: 'max_data_age_days', value: null, low: null, high: 90 },
    ]
    const { title, lines } = qualityGateWords({ type: 'QualityGateFailed', at, runId: 'r', failed, bets: 1500 })
    expect(title).toBe('Data quality gate failed: 4 checks')
    expect(lines).toEqual([
      'max_null_odds_pct: 1.413 %, asked for: at most 1 %',
      'win_rate_range: 70 %, asked for: at least 35 % and at most 65 %',
      'min_records: 12345, asked for: at least 20000',
      'max_data_age_days: nothing to measure, asked for: at most 90',
      '1500 bets; scoring goes on, training on bets of your own waits until they pass',
      'Run r',
    ])
  })

  it('of drift: each column once, with how much it has moved', () => {
    const drifted = [
      { name: 'sport', severity: 'high', effect: 0.4 },
      { name: 'league', severity: 'low', effect: 0.04 },
    ] as const
    const about = { reportId: 'r.json', modelVersion: 'm', checked: 31, driftedCount: 2, reason: '2 of 31 columns' }
    const { lines } = driftWords({
      ...{ type: 'DriftDetected', at, ...about, drifted: [...drifted], requiresRetraining: true },
    })
    expect(lines).toEqual(['2 of 31 columns', 'By how much: sport (high), league (low)', 'Model m, report r.json'])
  })

  it('of retraining: why it was asked for in words, and what log loss is where it speaks of that', () => {
    const request = { at, requestId: 'id', rule: 'age' } as const
    const asked = retrainingRequestedWords({ type: 'RetrainingRequested', ...request, reason: 'old' })
    expect(asked.title).toBe('Retraining was asked for: the model in service is old')
    const told = (reason: string) =>
      retrainingFinishedWords({ type: 'RetrainingFinished', ...request, outcome: 'kept', modelVersion: 'm', reason })
    expect(told('the champion stays: log loss less')).toMatchObject({
      title: 'Retraining: the model in service stays',
      lines: [
        'The champion stays: log loss less',
        'Log loss says how far probabilities were off; a model is proven better where the whole range of 95 % lies below zero',
        'Asked for because the model in service is old (request id)',
      ],
    })
    expect(told('too few bets').lines).toHaveLength(2)
    const promoted = { type: 'ModelPromoted', at, modelVersion: 'm', previous: null, reason: 'by hand' } as const
    expect(modelPromotedWords(promoted).lines).toEqual(['By hand', 'Before: none'])
  })
})
