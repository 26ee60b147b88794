import * as z from 'zod'
import { DomainError, messageOf, UpstreamError } from '../kernel/errors.ts'
import { getJson } from '../kernel/json-object.ts'
import type { Clock, Logger, ObjectStore } from '../kernel/ports.ts'
import { createRefresher } from '../kernel/refresher.ts'

/** Folder of the reports in the object store: JSON, each written once, under names that ascend in time. */
export const DRIFT_REPORTS_PREFIX = 'drift/reports/'

/** Only so many of the latest reports are looked through: daily ones of more than three months. */
export const REPORTS_LOOKED_AT = 100

const featureDriftSchema = z.looseObject({
  /** In the unit of the method; null where it cannot be told. */
  drift_score: z.number().nullable(),
  is_drifted: z.boolean(),
  method: z.string(),
})

/** What a drift check leaves behind. More may stand in it than is asked for here: it is passed on as it is. */
export const driftReportSchema = z.looseObject({
  timestamp: z.iso.datetime(),
  total_features_checked: z.int().min(0),
  features_with_drift: z.int().min(0),
  drifted_features: z.array(z.string()),
  requires_retraining: z.boolean(),
  feature_details: z.record(z.string(), featureDriftSchema),
  /** Days of the current window. */
  window_days: z.number().min(0),
  /** Rows of the current window. */
  current_samples: z.int().min(0),
})

export type DriftReport = z.infer<typeof driftReportSchema>

/** Which reports are meant. */
export interface DriftFilter {
  /** The longest current window, days. */
  daysLookback: number
  /** The fewest rows in it. */
  minSamples: number
}

export interface StoredDriftReport {
  /** Name of the report without its folder. */
  file: string
  report: DriftReport
}

/** One check of the past in short. */
export type PastDriftCheck = Pick<
  DriftReport,
  'timestamp' | 'total_features_checked' | 'features_with_drift' | 'requires_retraining' | 'window_days'
>

/** The drift checks that have been made. */
export interface DriftReports {
  /**
   * The newest report over a window of at most so many days with at least so many rows, and how many reports there are.
   *
   * @throws {UpstreamError} where reports cannot be read and none are in memory
   */
  newest(filter: DriftFilter): Promise<{ found: StoredDriftReport | undefined; reports: number }>
  /** What the latest reports said in short, the newest first. @throws {UpstreamError} as `newest` */
  history(): Promise<PastDriftCheck[]>
  /** Looks again; never throws. */
  refresh(): Promise<void>
}

/** Reads the reports of an object store, the latest {@link REPORTS_LOOKED_AT}; what has been read once stays in memory. */
export function createDriftReports(deps: {
  objects: ObjectStore
  clock: Clock
  logger: Logger
  maxAgeMs: number
}): DriftReports {
  const { objects, clock, logger, maxAgeMs } = deps
  let reports: readonly StoredDriftReport[] | undefined
  // Nothing is ever written over a report: one that is damaged stays so.
  const read = new Map<string, StoredDriftReport | 'damaged'>()

  async function readOne(key: string): Promise<void> {
    try {
      const report = await getJson(objects, key, driftReportSchema)
      if (report !== undefined) read.set(key, { file: key.slice(DRIFT_REPORTS_PREFIX.length), report })
    } catch (thrown) {
      if (!(thrown instanceof DomainError)) throw thrown
      read.set(key, 'damaged')
      logger.warn('drift_report_damaged', { key, cause: thrown.message })
    }
  }

  async function look(): Promise<void> {
    try {
      const keys = (await objects.list(DRIFT_REPORTS_PREFIX)).filter((key) => key.endsWith('.json'))
      const latest = new Set(keys.slice(-REPORTS_LOOKED_AT))
      await Promise.all([...latest].filter((key) => !read.has(key)).map(readOne))
      for (const key of read.keys()) if (!latest.has(key)) read.delete(key)
      reports = [...read.values()].filter((found) => found !== 'damaged').sort(byTimeDescending)
    } catch (thrown) {
      logger.error('drift_reports_refresh_failed', { cause: messageOf(thrown) })
    }
  }

  const refresher = createRefresher({ clock, maxAgeMs, look })

  async function known(): Promise<readonly StoredDriftReport[]> {
    const running = refresher.refreshIfDue(reports === undefined)
    // Only the first callers have nothing to be served from meanwhile.
    if (reports === undefined) await running
    if (reports !== undefined) return reports
    const explanation = 'the drift reports cannot be read'
    throw new UpstreamError('drift reports', explanation, { explanation })
  }

  return {
    async newest(filter) {
      const all = await known()
      return { found: all.find(({ report }) => isMeant(report, filter)), reports: all.length }
    },
    history: async () => (await known()).map(({ report }) => shortOf(report)),
    refresh: refresher.refresh,
  }
}

function shortOf(report: DriftReport): PastDriftCheck {
  const { timestamp, total_features_checked, features_with_drift, requires_retraining, window_days } = report
  return { timestamp, total_features_checked, features_with_drift, requires_retraining, window_days }
}

function isMeant({ window_days, current_samples }: DriftReport, { daysLookback, minSamples }: DriftFilter): boolean {
  return window_days <= daysLookback && current_samples >= minSamples
}

function byTimeDescending(a: StoredDriftReport, b: StoredDriftReport): number {
  return Date.parse(b.report.timestamp) - Date.parse(a.report.timestamp) || b.file.localeCompare(a.file)
}
