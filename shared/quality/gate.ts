import * as z from 'zod'
import type { Severity } from './anomaly.ts'
import type { BetGroup } from './bet-group.ts'
import { distinctNames, type NameCounts } from './name-counts.ts'
import type { PartitionProfile } from './profile.ts'
import {
  DEFAULT_THRESHOLDS,
  THRESHOLD_MEANINGS,
  THRESHOLD_NAMES,
  type ThresholdName,
  type Thresholds,
} from './thresholds.ts'

const checkSchema = z.object({
  name: z.enum(THRESHOLD_NAMES),
  /** Null where it cannot be measured, which fails the check. */
  value: z.number().nullable(),
  bound: z.enum(['at_least', 'at_most', 'between']),
  /** The least and the greatest value that pass; null where that side is open. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Whether the deployment set another limit than the default. */
  overridden: z.boolean(),
  passed: z.boolean(),
  /** Why a person should care. */
  because: z.string(),
})

/** How sound a ledger is for learning from it. Stored with the run that asked. */
export const qualityReportSchema = z.object({
  judgedAtMs: z.int(),
  bets: z.int().min(0),
  checks: z.array(checkSchema),
  /** Whether every check passed. What a failure stops is the caller's decision; training, not scoring. */
  passed: z.boolean(),
})

/** One question put to a ledger and its answer. */
export type QualityCheck = z.infer<typeof checkSchema>
export type QualityReport = z.infer<typeof qualityReportSchema>

const DAY_MS = 86_400_000

/** A figure of a profile; null where nothing in it can be measured, which includes a column that is empty throughout. */
type Measure = (profile: PartitionProfile, nowMs: number) => number | null

const MEASURES: Readonly<Record<ThresholdName, Measure>> = {
  min_records: ({ rows }) => rows,
  min_settled_pct: ({ settled, rows }) => ratio(settled, rows),
  max_null_sport_pct: ({ missing, rows }) => missingShare(missing.sport, rows),
  max_null_market_pct: ({ missing, rows }) => missingShare(missing.market, rows),
  max_null_odds_pct: ({ missing, rows }) => missingShare(missing.price, rows),
  max_data_age_days: ageDays,
  max_critical_anomalies: (profile) => (isExamined(profile) ? countFindings(profile, 'critical') : null),
  max_high_anomalies_pct: (profile) =>
    isExamined(profile) ? ratio(countFindings(profile, 'high'), profile.rows) : null,
  min_sports_count: ({ sports }) => countNames(sports),
  min_books_count: ({ books }) => countNames(books),
  win_rate_range: ({ won, decisive }) => ratio(won, decisive),
}

/**
 * Puts the eleven questions to a ledger's merged profile.
 *
 * @param nowMs  for the age of the newest bet; placements after it are not counted as signs of life
 */
export function judgeQuality(profile: PartitionProfile, thresholds: Thresholds, nowMs: number): QualityReport {
  const checks = THRESHOLD_NAMES.map((name) => check(name, MEASURES[name](profile, nowMs), thresholds))
  return { judgedAtMs: nowMs, bets: profile.rows, checks, passed: checks.every(({ passed }) => passed) }
}

function check(name: ThresholdName, value: number | null, thresholds: Thresholds): QualityCheck {
  const { bound, because } = THRESHOLD_MEANINGS[name]
  const [low, high] = limits(bound, thresholds[name])
  const passed = value !== null && (low === null || value >= low) && (high === null || value <= high)
  const overridden = String(thresholds[name]) !== String(DEFAULT_THRESHOLDS[name])
  return { name, value, bound, low, high, overridden, passed, because }
}

function limits(
  bound: QualityCheck['bound'],
  threshold: number | readonly [number, number],
): [number | null, number | null] {
  if (typeof threshold !== 'number') return [...threshold]
  return bound === 'at_least' ? [threshold, null] : [null, threshold]
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}

/** Where no bet has the field there is no column to measure, whatever the threshold. */
function missingShare({ bets }: BetGroup, rows: number): number | null {
  return bets === rows ? null : bets / rows
}

function countNames(counts: NameCounts): number | null {
  return distinctNames(counts) || null
}

function ageDays({ newestPlacedAtMs, newestPastPlacedAtMs }: PartitionProfile, nowMs: number): number | null {
  const past = [newestPlacedAtMs, newestPastPlacedAtMs].find((atMs) => atMs !== null && atMs <= nowMs)
  return past === undefined || past === null ? null : (nowMs - past) / DAY_MS
}

function isExamined({ rows, examined }: PartitionProfile): boolean {
  return rows > 0 && examined >= rows
}

function countFindings({ anomalies }: PartitionProfile, severity: Severity): number {
  return anomalies.filter((group) => group.severity === severity).reduce((sum, { bets }) => sum + bets, 0)
}
