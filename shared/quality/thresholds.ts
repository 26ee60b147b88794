import * as z from 'zod'
import { DomainError, messageOf } from '../kernel/errors.ts'

/** The questions that the quality gate puts to a ledger, by the names under which deployments set their limits. */
export const THRESHOLD_NAMES = [
  'min_records',
  'min_settled_pct',
  'max_null_sport_pct',
  'max_null_market_pct',
  'max_null_odds_pct',
  'max_data_age_days',
  'max_critical_anomalies',
  'max_high_anomalies_pct',
  'min_sports_count',
  'min_books_count',
  'win_rate_range',
] as const

export type ThresholdName = (typeof THRESHOLD_NAMES)[number]

const count = z.int().min(0)
/** The names say `pct`; the numbers are shares, as in the design. */
const share = z.number().min(0).max(1)

const thresholdsSchema = z.object({
  min_records: count,
  min_settled_pct: share,
  max_null_sport_pct: share,
  max_null_market_pct: share,
  max_null_odds_pct: share,
  max_data_age_days: z.number().positive(),
  max_critical_anomalies: count,
  max_high_anomalies_pct: share,
  min_sports_count: count,
  min_books_count: count,
  win_rate_range: z.tuple([share, share]).refine(([low, high]) => low < high, { error: 'the lower end comes first' }),
})

export type Thresholds = z.infer<typeof thresholdsSchema>

export const DEFAULT_THRESHOLDS: Readonly<Thresholds> = {
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
}

interface ThresholdMeaning {
  /** What is measured, for a heading. */
  title: string
  unit: 'bets' | 'share' | 'days' | 'findings' | 'names'
  bound: 'at_least' | 'at_most' | 'between'
  /** Why a person should care. */
  because: string
}

export const THRESHOLD_MEANINGS: Readonly<Record<ThresholdName, ThresholdMeaning>> = {
  min_records: {
    title: 'Bets',
    unit: 'bets',
    bound: 'at_least',
    because: 'a model learned from fewer bets says more about luck than about the bettor',
  },
  min_settled_pct: {
    title: 'Settled',
    unit: 'share',
    bound: 'at_least',
    because: 'only settled bets teach anything',
  },
  max_null_sport_pct: {
    title: 'Sport missing',
    unit: 'share',
    bound: 'at_most',
    because: 'a bet without a sport has no record to be compared with',
  },
  max_null_market_pct: {
    title: 'Market missing',
    unit: 'share',
    bound: 'at_most',
    because: 'a bet without a market has no record to be compared with',
  },
  max_null_odds_pct: {
    title: 'Price missing',
    unit: 'share',
    bound: 'at_most',
    because: 'a bet without a price cannot be learned from; many of them make the rest a biased sample',
  },
  max_data_age_days: {
    title: 'Age of the newest bet',
    unit: 'days',
    bound: 'at_most',
    because: 'markets and habits change: an old ledger predicts the past',
  },
  max_critical_anomalies: {
    title: 'Critical anomalies',
    unit: 'findings',
    bound: 'at_most',
    because: 'a bet from the future, a stake of nothing or an id that occurs twice shows a fault in the source',
  },
  max_high_anomalies_pct: {
    title: 'High anomalies per bet',
    unit: 'share',
    bound: 'at_most',
    because: 'a few strange bets are life, many are a column read wrongly',
  },
  min_sports_count: {
    title: 'Sports',
    unit: 'names',
    bound: 'at_least',
    because: 'a model of one sport should not be asked about another',
  },
  min_books_count: {
    title: 'Books',
    unit: 'names',
    bound: 'at_least',
    because: 'prices of a single book cannot be told from its margin',
  },
  win_rate_range: {
    title: 'Win rate',
    unit: 'share',
    bound: 'between',
    because: 'a win rate that no bettor has points to results read wrongly',
  },
}

/**
 * Thresholds of a deployment: the defaults, with what it overrides.
 *
 * @param json  an object such as `{"max_null_odds_pct": 0.1, "win_rate_range": [0.3, 0.7]}`; blank or undefined overrides
 *              nothing
 * @throws {DomainError} `thresholds_invalid` for an unknown name or a value out of range, naming it as `field`
 */
export function parseThresholds(json: string | undefined): Thresholds {
  if (json === undefined || json.trim() === '') return { ...DEFAULT_THRESHOLDS }
  const overrides = parseJson(json)
  if (typeof overrides !== 'object' || overrides === null || Array.isArray(overrides)) {
    throw invalid('thresholds', 'not an object of thresholds by name')
  }
  const names: readonly string[] = THRESHOLD_NAMES
  const unknown = Object.keys(overrides).find((name) => !names.includes(name))
  if (unknown !== undefined) throw invalid(unknown, 'no such threshold')
  const parsed = thresholdsSchema.safeParse({ ...DEFAULT_THRESHOLDS, ...overrides })
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw invalid(String(issue?.path[0]), String(issue?.message))
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw invalid('thresholds', messageOf(cause), cause)
  }
}

function invalid(field: string, message: string, cause?: unknown): DomainError {
  return new DomainError('thresholds_invalid', `${field}: ${message}`, { field, cause })
}
