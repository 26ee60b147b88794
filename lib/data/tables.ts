import { FEATURE_COLUMNS } from './feature-columns.ts'

/** Tables of the lake as Athena knows them. */

/** Where the workgroup leaves what its queries found. */
export const ATHENA_RESULTS_PREFIX = 'athena/results/'

/** A column's type as Hive names it. */
export type HiveType =
  | 'string'
  | 'boolean'
  | 'bigint'
  | 'int'
  | 'double'
  | 'float'
  | 'timestamp'
  | 'decimal(18,2)'
  | 'array<string>'
  | 'map<string,double>'

export interface LakeTable {
  name: 'bets' | 'features' | 'predictions' | 'drift' | 'alerts'
  description: string
  /**
   * `parquet` and `json` read every file below the folder; `manifests` read the Parquet files that text files name, since
   * the lake keeps files that newer ones have replaced.
   */
  reads: 'parquet' | 'json' | 'manifests'
  /** Folder in the bucket, ending with a slash; partitions lie below it as `month=2025-03/` or `day=2025-03-01/`. */
  folder: string
  partition: 'month' | 'day'
  columns: Readonly<Record<string, HiveType>>
}

const BETS: LakeTable = {
  name: 'bets',
  description: 'Bets of the lake, each once in its newest sound version. The month is that of placement, UTC.',
  reads: 'manifests',
  folder: 'lake/athena/bets/',
  partition: 'month',
  columns: {
    id: 'string',
    origin: 'string',
    state: 'string',
    bet_type: 'string',
    sport_name: 'string',
    league: 'string',
    market: 'string',
    book: 'string',
    selection: 'string',
    is_live: 'boolean',
    is_free_bet: 'boolean',
    is_settled: 'boolean',
    decimal_odds: 'double',
    implied_probability: 'double',
    stake: 'decimal(18,2)',
    profit: 'decimal(18,2)',
    currency: 'string',
    return_per_unit: 'double',
    closing_line_value: 'double',
    placed_at: 'timestamp',
    settled_at: 'timestamp',
    result_known_at: 'timestamp',
    updated_at: 'timestamp',
  },
}

const FEATURES: LakeTable = {
  name: 'features',
  description: 'Features of each bet as of the moment of its placement.',
  reads: 'manifests',
  folder: 'lake/athena/features/',
  partition: 'month',
  columns: {
    bet_id: 'string',
    placed_at: 'timestamp',
    ...Object.fromEntries(FEATURE_COLUMNS.map((name) => [name, 'float' as const])),
  },
}

/** Hive knows names in small letters only, and finds the members of a line by them. */
const PREDICTIONS: LakeTable = {
  name: 'predictions',
  description: 'Every prediction as it was served, by the day of UTC on which it was.',
  reads: 'json',
  folder: 'predictions/',
  partition: 'day',
  columns: {
    format: 'string',
    id: 'string',
    requestid: 'string',
    index: 'bigint',
    keyid: 'string',
    at: 'string',
    modelversion: 'string',
    functionversion: 'string',
    origin: 'string',
    sport: 'string',
    league: 'string',
    market: 'string',
    book: 'string',
    bettype: 'string',
    islive: 'boolean',
    decimalodds: 'double',
    clvpct: 'double',
    features: 'map<string,double>',
    winprobability: 'double',
    expectedreturn: 'double',
    confidence: 'double',
    grade: 'string',
    stalefeatures: 'array<string>',
    latencyms: 'double',
  },
}

const DRIFT: LakeTable = {
  name: 'drift',
  description: 'Checks for drift, a row for each column that was compared, by the day of UTC of the check.',
  reads: 'parquet',
  folder: 'lake/drift/',
  partition: 'day',
  columns: {
    report_id: 'string',
    checked_at: 'timestamp',
    model_version: 'string',
    baseline_version: 'string',
    window_days: 'int',
    requires_retraining: 'boolean',
    feature: 'string',
    role: 'string',
    method: 'string',
    status: 'string',
    severity: 'string',
    movement: 'string',
    is_drifted: 'boolean',
    drift_score: 'double',
    effect: 'double',
    p_value: 'double',
    adjusted_p_value: 'double',
    psi: 'double',
    overdispersion: 'double',
    reference_rows: 'int',
    current_rows: 'int',
    reference_missing: 'double',
    current_missing: 'double',
  },
}

const ALERTS: LakeTable = {
  name: 'alerts',
  description: 'Messages to people by channel, by the day of UTC on which each was sent or given up.',
  reads: 'parquet',
  folder: 'lake/alerts/',
  partition: 'day',
  columns: {
    message_id: 'string',
    at: 'timestamp',
    created_at: 'timestamp',
    settled_at: 'timestamp',
    rule: 'string',
    key: 'string',
    kind: 'string',
    severity: 'string',
    title: 'string',
    text: 'string',
    channel: 'string',
    outcome: 'string',
    attempts: 'int',
    cause: 'string',
  },
}

export const LAKE_TABLES: readonly LakeTable[] = [BETS, FEATURES, PREDICTIONS, DRIFT, ALERTS]
