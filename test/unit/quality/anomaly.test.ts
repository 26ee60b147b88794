import { describe, expect, it } from 'vitest'
import type { Anomaly } from '../../../shared/quality/anomaly.ts'
import { anomalySchema, byGravity, duplicateAnomaly } from '../../../shared/quality/anomaly.ts'

describe('duplicateAnomaly', () => {
  it('is critical and says how often the id occurs', () => {
    const anomaly = duplicateAnomaly('bet-7', 3, 'FanDuel')
    expect(anomaly).toEqual({
      recordId: 'bet-7',
      book: 'FanDuel',
      type: 'duplicate',
      severity: 'critical',
      value: 3,
      expected: [1, 1],
      sentence: 'The id stands on 3 rows; expected 1.',
    })
    expect(anomalySchema.parse(JSON.parse(JSON.stringify(anomaly)))).toEqual(anomaly)
  })
})

describe('byGravity', () => {
  it('puts the worst first, then orders by type and id', () => {
    const anomaly = (severity: Anomaly['severity'], type: Anomaly['type'], recordId: string): Anomaly => ({
      ...duplicateAnomaly(recordId, 2, null),
      severity,
      type,
    })
    const sorted = [
      anomaly('low', 'odds_outlier', 'a'),
      anomaly('high', 'missing_required', 'a'),
      anomaly('critical', 'temporal_anomaly', 'z'),
      anomaly('high', 'odds_outlier', 'b'),
      anomaly('medium', 'odds_outlier', 'a'),
      anomaly('high', 'odds_outlier', 'a'),
    ].sort(byGravity)
    expect(sorted.map(({ severity, type, recordId }) => `${severity} ${type} ${recordId}`)).toEqual([
      'critical temporal_anomaly z',
      'high odds_outlier a',
      'high odds_outlier b',
      'high missing_required a',
      'medium odds_outlier a',
      'low odds_outlier a',
    ])
  })
})
