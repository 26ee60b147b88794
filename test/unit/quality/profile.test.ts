import { describe, expect, it } from 'vitest'
import type { Anomaly, Detection } from '../../../shared/quality/anomaly.ts'
import { duplicateAnomaly } from '../../../shared/quality/anomaly.ts'
import { emptyProfile, mergeProfiles, partitionProfileSchema, withAnomalies } from '../../../shared/quality/profile.ts'
import { profileSlice } from '../../../shared/quality/profile-slice.ts'
import { LEDGER_START_MS, randomLedger } from '../../support/bets.ts'
import { judged, merged, sliceWith } from './judged-ledger.ts'

const NONE = { odds_outlier: 0, clv_outlier: 0, amount_outlier: 0, roi_outlier: 0 }

const anomaly = (severity: Anomaly['severity'], recordId: string, book: string | null): Anomaly => ({
  ...duplicateAnomaly(recordId, 2, book),
  type: 'odds_outlier',
  severity,
})

const detection = (...anomalies: Anomaly[]): Detection => ({ anomalies, examined: 3, unexamined: NONE })

describe('mergeProfiles', () => {
  it('of nothing is the profile of no bets', () => {
    expect(mergeProfiles([])).toEqual(emptyProfile())
    expect(emptyProfile()).toMatchObject({ rows: 0, newestPlacedAtMs: null, lowestPrice: null, sports: [] })
    expect(partitionProfileSchema.parse(emptyProfile())).toEqual(emptyProfile())
  })

  it('adds up counts, joins names, and keeps the extremes', () => {
    const at = (placedAtMs: number) => ({ placedAtMs, settledAtMs: null })
    const golf = sliceWith({ sport: 'Golf', decimalOdds: 3, state: 'lost', ...at(LEDGER_START_MS + 9) })
    const unknown = sliceWith({ sport: null, decimalOdds: null }, { sport: null, decimalOdds: 1.2, book: 'FanDuel' })
    const whole = mergeProfiles([golf, unknown].map((slice) => profileSlice(slice, LEDGER_START_MS + 5)))
    expect(whole).toMatchObject({ rows: 3, settled: 3, decisive: 3, won: 2, lowestPrice: 1.2, highestPrice: 3 })
    expect(whole).toMatchObject({
      newestPlacedAtMs: LEDGER_START_MS + 9,
      newestPastPlacedAtMs: LEDGER_START_MS,
      missing: { sport: { bets: 2 }, price: { bets: 1 }, market: { bets: 0 } },
    })
    expect(whole.sports).toEqual([
      [null, 2],
      ['Golf', 1],
    ])
    expect(whole.books).toEqual([
      ['DraftKings', 2],
      ['FanDuel', 1],
    ])
    expect(whole.logOdds.straight.distribution.bins).toEqual([-35, 1, 80, 1])
  })

  it('adds findings up by type and severity', () => {
    const left = withAnomalies(emptyProfile(), {
      ...detection(anomaly('high', 'b', 'X')),
      unexamined: { ...NONE, clv_outlier: 2 },
    })
    const right = withAnomalies(emptyProfile(), {
      ...detection(anomaly('low', 'd', 'X'), anomaly('high', 'a', null)),
      unexamined: { ...NONE, clv_outlier: 3 },
    })
    const whole = mergeProfiles([left, right])
    expect(whole).toMatchObject({ examined: 6, unexamined: { ...NONE, clv_outlier: 5 } })
    expect(whole.anomalies).toEqual([
      { type: 'odds_outlier', severity: 'low', bets: 1, books: [['X', 1]], examples: ['d'] },
      {
        type: 'odds_outlier',
        severity: 'high',
        bets: 2,
        books: [
          [null, 1],
          ['X', 1],
        ],
        examples: ['a', 'b'],
      },
    ])
  })
})

describe('withAnomalies', () => {
  it('replaces what an earlier search found', () => {
    const first = withAnomalies(emptyProfile(), detection(anomaly('high', 'a', 'X'), anomaly('high', 'b', 'X')))
    const second = withAnomalies(first, detection(duplicateAnomaly('c', 2, null)))
    expect(second.anomalies).toEqual([
      { type: 'duplicate', severity: 'critical', bets: 1, books: [[null, 1]], examples: ['c'] },
    ])
    expect(second.examined).toBe(3)
  })
})

describe('a stored profile', () => {
  it('is of a few kilobytes and survives JSON', () => {
    const partitions = judged(randomLedger(3, 2000), LEDGER_START_MS)
    expect(partitions.length).toBeGreaterThan(20)
    for (const { profile } of partitions) {
      const json = JSON.stringify(profile)
      expect(json.length).toBeLessThan(4000)
      expect(partitionProfileSchema.parse(JSON.parse(json))).toEqual(profile)
    }
    expect(merged(partitions).rows).toBe(2000)
  })
})
