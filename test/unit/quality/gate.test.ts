import { describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import type { Anomaly } from '../../../shared/quality/anomaly.ts'
import { duplicateAnomaly } from '../../../shared/quality/anomaly.ts'
import { judgeQuality, qualityReportSchema } from '../../../shared/quality/gate.ts'
import type { PartitionProfile } from '../../../shared/quality/profile.ts'
import { emptyProfile, withAnomalies } from '../../../shared/quality/profile.ts'
import {
  DEFAULT_THRESHOLDS,
  parseThresholds,
  THRESHOLD_NAMES,
  type ThresholdName,
} from '../../../shared/quality/thresholds.ts'
import { bet, LEDGER_START_MS } from '../../support/bets.ts'
import { merged, profiled } from './judged-ledger.ts'

const DAY_MS = 86_400_000
const NOW_MS = LEDGER_START_MS + DAY_MS
const NONE = { odds_outlier: 0, clv_outlier: 0, amount_outlier: 0, roi_outlier: 0 }

/** 1,000 bets with which nothing is wrong: three sports, two books, every other bet won. */
function soundLedger(): Bet[] {
  return Array.from({ length: 1000 }, (_, i) =>
    bet({
      id: `bet-${i}`,
      state: i % 2 === 0 ? 'won' : 'lost',
      sport: ['Basketball', 'Tennis', 'Golf'][i % 3] ?? null,
      book: ['DraftKings', 'FanDuel'][i % 2] ?? null,
    }),
  )
}

/** The sound ledger with its first n bets changed. */
const spoiled = (n: number, fields: Partial<Bet>) =>
  soundLedger().map((one, i) => (i < n ? { ...one, ...fields } : one))

/** The profile of bets in which a search found nothing, or what is told. */
function examined(bets: readonly Bet[], anomalies: Anomaly[] = []): PartitionProfile {
  const profile = merged(profiled(bets, NOW_MS))
  return withAnomalies(profile, { anomalies, examined: profile.rows, unexamined: NONE })
}

const judge = (profile: PartitionProfile, nowMs = NOW_MS, thresholds = DEFAULT_THRESHOLDS) =>
  judgeQuality(profile, { ...thresholds }, nowMs)

const failedOf = (profile: PartitionProfile, nowMs = NOW_MS, thresholds = DEFAULT_THRESHOLDS) =>
  judge(profile, nowMs, thresholds)
    .checks.filter(({ passed }) => !passed)
    .map(({ name }) => name)

const checkOf = (profile: PartitionProfile, name: ThresholdName, thresholds = DEFAULT_THRESHOLDS) =>
  judge(profile, NOW_MS, thresholds).checks.find((check) => check.name === name)

const findings = (n: number, severity: Anomaly['severity']): Anomaly[] =>
  Array.from({ length: n }, (_, i) => ({ ...duplicateAnomaly(`bet-${i}`, 2, null), severity }))

describe('judgeQuality', () => {
  it('passes a sound ledger, each of the eleven checks with figure, threshold and reason', () => {
    const report = judge(examined(soundLedger()))
    expect(report).toMatchObject({ judgedAtMs: NOW_MS, bets: 1000, passed: true })
    expect(report.checks.map(({ name }) => name)).toEqual(THRESHOLD_NAMES)
    expect(report.checks.map(({ value }) => value)).toEqual([1000, 1, 0, 0, 0, 1, 0, 0, 3, 2, 0.5])
    expect(report.checks[0]).toMatchObject({ bound: 'at_least', low: 1000, high: null, overridden: false })
    expect(report.checks[5]).toMatchObject({ bound: 'at_most', low: null, high: 90, overridden: false })
    expect(report.checks[10]).toMatchObject({ bound: 'between', low: 0.35, high: 0.65, overridden: false })
  })

  it.each([
    ['min_records', soundLedger().slice(0, 999), soundLedger()],
    ['min_settled_pct', spoiled(501, { state: 'open' }), spoiled(500, { state: 'open' })],
    ['max_null_sport_pct', spoiled(51, { sport: null }), spoiled(50, { sport: null })],
    ['max_null_market_pct', spoiled(101, { market: null }), spoiled(100, { market: null })],
    ['max_null_odds_pct', spoiled(11, { decimalOdds: null }), spoiled(10, { decimalOdds: null })],
    ['win_rate_range', spoiled(302, { state: 'lost' }), spoiled(300, { state: 'lost' })],
    ['win_rate_range', spoiled(302, { state: 'won' }), spoiled(300, { state: 'won' })],
  ])('fails %s just beyond its threshold, and not at it', (name, beyond, within) => {
    expect(failedOf(examined(beyond))).toEqual([name])
    expect(failedOf(examined(within))).toEqual([])
  })

  it('fails a ledger whose newest bet is more than 90 days old', () => {
    const profile = examined(soundLedger())
    expect(failedOf(profile, LEDGER_START_MS + 90 * DAY_MS)).toEqual([])
    expect(failedOf(profile, LEDGER_START_MS + 90 * DAY_MS + 1)).toEqual(['max_data_age_days'])
  })

  it('does not take a bet from the future for a sign of life', () => {
    const future = { placedAtMs: NOW_MS + 1, settledAtMs: null }
    expect(checkOf(examined(spoiled(1, future)), 'max_data_age_days')).toMatchObject({ value: 1, passed: true })
    expect(checkOf(examined(spoiled(1000, future)), 'max_data_age_days')).toMatchObject({ value: null, passed: false })
  })

  it('counts a bet that was from the future once its time has come', () => {
    const profile = examined(spoiled(1, { placedAtMs: NOW_MS + DAY_MS, settledAtMs: null }))
    const age = judge(profile, NOW_MS + 2 * DAY_MS).checks.find(({ name }) => name === 'max_data_age_days')
    expect(age?.value).toBe(1)
  })

  it('fails one critical finding, and high ones beyond a hundredth of the bets', () => {
    expect(failedOf(examined(soundLedger(), findings(1, 'critical')))).toEqual(['max_critical_anomalies'])
    expect(failedOf(examined(soundLedger(), findings(11, 'high')))).toEqual(['max_high_anomalies_pct'])
    expect(failedOf(examined(soundLedger(), findings(10, 'high')))).toEqual([])
    expect(failedOf(examined(soundLedger(), [...findings(900, 'medium'), ...findings(900, 'low')]))).toEqual([])
  })

  it('does not pass findings that were never searched for', () => {
    const unexamined = merged(profiled(soundLedger(), NOW_MS))
    expect(failedOf(unexamined)).toEqual(['max_critical_anomalies', 'max_high_anomalies_pct'])
    expect(checkOf(unexamined, 'max_critical_anomalies')?.value).toBeNull()
    const halfExamined = withAnomalies(unexamined, { anomalies: [], examined: 500, unexamined: NONE })
    expect(failedOf(halfExamined)).toEqual(['max_critical_anomalies', 'max_high_anomalies_pct'])
  })

  it.each([
    ['max_null_sport_pct', { sport: null }],
    ['max_null_market_pct', { market: null }],
    ['max_null_odds_pct', { decimalOdds: null }],
    ['min_sports_count', { sport: null }],
    ['min_books_count', { book: null }],
    ['win_rate_range', { state: 'open' }],
  ] as [ThresholdName, Partial<Bet>][])(
    'cannot measure %s where the column is absent, and fails it at any threshold',
    (name, fields) => {
      const anything = parseThresholds(
        '{"max_null_sport_pct": 1, "max_null_market_pct": 1, "max_null_odds_pct": 1, "min_sports_count": 0, "min_books_count": 0, "win_rate_range": [0, 1]}',
      )
      expect(checkOf(examined(spoiled(1000, fields)), name, anything)).toMatchObject({ value: null, passed: false })
    },
  )

  it('counts neither pushes nor halves in the win rate', () => {
    expect(checkOf(examined(spoiled(400, { state: 'push' })), 'win_rate_range')?.value).toBe(0.5)
    expect(checkOf(examined(spoiled(400, { state: 'half_won' })), 'win_rate_range')?.value).toBe(0.5)
  })

  it('does not count a missing name among sports and books', () => {
    const ledger = soundLedger().map((one, i) => (i % 3 === 0 ? { ...one, sport: null, book: null } : one))
    expect(checkOf(examined(ledger), 'min_sports_count')?.value).toBe(2)
    expect(checkOf(examined(ledger), 'min_books_count')?.value).toBe(2)
  })

  it('fails everything about no bets', () => {
    const report = judge(emptyProfile())
    expect(report.checks.filter(({ passed }) => passed)).toEqual([])
    expect(report.checks.map(({ value }) => value)).toEqual([0, ...new Array<null>(10).fill(null)])
  })

  it('marks thresholds that the deployment set', () => {
    const thresholds = parseThresholds('{"max_null_odds_pct": 0.2, "win_rate_range": [0.35, 0.7], "min_records": 1000}')
    const report = judge(examined(spoiled(150, { decimalOdds: null })), NOW_MS, thresholds)
    expect(report.passed).toBe(true)
    expect(report.checks.filter(({ overridden }) => overridden).map(({ name }) => name)).toEqual([
      'max_null_odds_pct',
      'win_rate_range',
    ])
  })

  it('reports in a form that survives JSON', () => {
    for (const report of [judge(emptyProfile()), judge(examined(soundLedger()))]) {
      expect(qualityReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report)
    }
  })
})
