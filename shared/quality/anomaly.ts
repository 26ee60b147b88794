import * as z from 'zod'

/** What can be odd about a bet. */
export const ANOMALY_TYPES = [
  'odds_outlier',
  'clv_outlier',
  'amount_outlier',
  'roi_outlier',
  'duplicate',
  'temporal_anomaly',
  'missing_required',
] as const
export type AnomalyType = (typeof ANOMALY_TYPES)[number]

/** How bad it is, mildest first. One `critical` finding fails the quality gate at its default. */
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]

/** One odd thing about one bet. */
export const anomalySchema = z.object({
  recordId: z.string(),
  /** Null where the source does not say. */
  book: z.string().nullable(),
  type: z.enum(ANOMALY_TYPES),
  severity: z.enum(SEVERITIES),
  /**
   * In the unit that people read: decimal odds, per cent, major units of money, days of age, copies. Null where there is
   * no value, as where it is missing.
   */
  value: z.number().nullable(),
  /** The range, in the same unit, outside which the rule that was broken reports a bet. */
  expected: z.tuple([z.number(), z.number()]).nullable(),
  /** Both in words. */
  sentence: z.string(),
})

export type Anomaly = z.infer<typeof anomalySchema>

/** Rows that hold a value but met no usable history to hold it against, by type. */
export const unexaminedSchema = z.object({
  odds_outlier: z.int().min(0),
  clv_outlier: z.int().min(0),
  amount_outlier: z.int().min(0),
  roi_outlier: z.int().min(0),
})

/** What a search for anomalies found. */
export interface Detection {
  /** At most one of each type for a bet, the most severe. */
  anomalies: Anomaly[]
  /** Rows looked at. */
  examined: number
  unexamined: z.infer<typeof unexaminedSchema>
}

/** Order of a list of findings: worst first, then by type and id. */
export function byGravity(a: Anomaly, b: Anomaly): number {
  return (
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    ANOMALY_TYPES.indexOf(a.type) - ANOMALY_TYPES.indexOf(b.type) ||
    (a.recordId < b.recordId ? -1 : a.recordId > b.recordId ? 1 : 0)
  )
}

/**
 * The finding that a source gave one id to several bets; the step that merges its rows makes it.
 *
 * @param copies  how many rows bear the id, at least 2
 */
export function duplicateAnomaly(recordId: string, copies: number, book: string | null): Anomaly {
  return {
    recordId,
    book,
    type: 'duplicate',
    severity: 'critical',
    value: copies,
    expected: [1, 1],
    sentence: `The id stands on ${copies} rows; expected 1.`,
  }
}
