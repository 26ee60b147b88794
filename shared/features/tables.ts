import { invariant } from '../kernel/errors.ts'

/** What a column of a table holds; null where it is not known. */
export type ColumnType = 'text' | 'integer' | 'number' | 'instant' | 'list'

/** A table filled from the features: rows by key, each column with its type. */
export interface FeatureTable {
  name: string
  key: readonly string[]
  columns: Readonly<Record<string, ColumnType>>
}

/** By column; instants in ISO 8601, lists of text. */
export type TableRow = Readonly<Record<string, string | number | readonly string[] | null>>

/** Columns that a table in a database has besides: when a call wrote the row, and which one. */
export const WRITE_COLUMNS = { computed_at: 'instant', write_id: 'text' } as const satisfies FeatureTable['columns']

/**
 * What every group of bets has done.
 *
 * `total_bets` are the settled ones, as `total_amount` and `total_profit` are of settled bets: those whose stake and
 * profit are known in `currency`, in whole units of it. Each average has its count beside it: `win_rate` is of
 * `decided_bets`, `residual` of `priced_bets`, `roi` of `returned_bets`, money of `money_bets`.
 */
const RECORD = {
  win_rate: 'number',
  roi: 'number',
  total_bets: 'integer',
  total_amount: 'number',
  total_profit: 'number',
  placed_bets: 'integer',
  decided_bets: 'integer',
  wins: 'integer',
  priced_bets: 'integer',
  returned_bets: 'integer',
  money_bets: 'integer',
  residual: 'number',
  currency: 'text',
  last_known_at: 'instant',
  updated_at: 'instant',
} as const satisfies FeatureTable['columns']

export const SPORT_STATS = {
  name: 'feature_sport_stats',
  key: ['sport'],
  columns: { sport: 'text', ...RECORD },
} as const satisfies FeatureTable

/** `recent_win_rate` is of the last 10 settled bets. */
export const SPORT_MARKET_STATS = {
  name: 'feature_sport_market_stats',
  key: ['sport', 'market'],
  columns: { sport: 'text', market: 'text', ...RECORD, recent_win_rate: 'number' },
} as const satisfies FeatureTable

/** `institution_name` is the sportsbook. */
export const INSTITUTION_STATS = {
  name: 'feature_institution_stats',
  key: ['institution_name'],
  columns: { institution_name: 'text', ...RECORD },
} as const satisfies FeatureTable

/** How each sport, league and market has run: over everything, lately, and how well that is known. */
export const MARKET_PERFORMANCE = {
  name: 'feature_market_performance',
  key: ['sport', 'league', 'market'],
  columns: {
    ...{ sport: 'text', league: 'text', market: 'text' },
    ...RECORD,
    ...{ win_rate_last_10: 'number', roi_last_10: 'number' },
    ...{ win_rate_last_20: 'number', roi_last_20: 'number' },
    ...{ win_rate_last_50: 'number', roi_last_50: 'number' },
    ...{ placed_7d: 'integer', decided_7d: 'integer', win_rate_7d: 'number', roi_7d: 'number' },
    ...{ placed_30d: 'integer', decided_30d: 'integer', win_rate_30d: 'number', roi_30d: 'number' },
    ...{ placed_90d: 'integer', decided_90d: 'integer', win_rate_90d: 'number', roi_90d: 'number' },
    ...{ win_rate_momentum: 'number', roi_momentum: 'number', streak: 'integer' },
    ...{ win_rate_low: 'number', win_rate_high: 'number', win_rate_width: 'number', roi_deviation: 'number' },
    ...{ days_since_last_bet: 'number', popularity: 'number', sample_adequacy: 'number', reliability: 'number' },
  },
} as const satisfies FeatureTable

/** What each feature is, and which computation its values are of. */
export const FEATURE_METADATA = {
  name: 'feature_metadata',
  key: ['feature_name'],
  columns: {
    feature_name: 'text',
    version: 'text',
    type: 'text',
    computation_mode: 'text',
    entity_key: 'list',
    dependencies: 'list',
    ttl_seconds: 'integer',
    unit: 'text',
    missing_policy: 'text',
    description: 'text',
    last_computed_at: 'instant',
    record_count: 'integer',
    checksum: 'text',
  },
} as const satisfies FeatureTable

export const FEATURE_TABLES: readonly FeatureTable[] = [
  SPORT_STATS,
  SPORT_MARKET_STATS,
  INSTITUTION_STATS,
  MARKET_PERFORMANCE,
  FEATURE_METADATA,
]

/**
 * Checks that a row has the columns of its table, all of them and no other: one that is left out would keep the value of
 * the row that it replaces.
 *
 * @throws {InvariantError} where it has not
 */
export function assertColumns({ name, columns }: FeatureTable, row: TableRow): void {
  const lacking = Object.keys(columns).find((column) => row[column] === undefined)
  invariant(lacking === undefined, `a row of ${name} lacks ${lacking}`)
  const foreign = Object.keys(row).find((column) => columns[column] === undefined)
  invariant(foreign === undefined, `${name} has no column ${foreign}`)
}
