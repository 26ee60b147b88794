import type { LedgerAccess } from '../../shared/adapters/supabase-ledger.ts'
import type { ApiOptions } from '../../shared/http/api.ts'
import type { SelfTrial } from '../../shared/http/self-trial.ts'
import { createSelfTrial } from '../../shared/http/self-trial.ts'
import type { Clock, Logger, Metrics, ObjectStore, TaggedReader } from '../../shared/kernel/ports.ts'
import type { EventPublisher } from '../../shared/usecases/event-ports.ts'
import { createServingDashboard } from '../../shared/usecases/serving-dashboard.ts'
import { createServingRecord } from '../../shared/usecases/serving-record.ts'
import { createScoringApp } from './app.ts'
import type { DatabaseSight } from './health-routes.ts'

export interface ScoringSetting {
  /** A bucket in Lambda, a folder on one machine, nothing else differing. */
  objects: ObjectStore & TaggedReader
  /** Opens the ledger when a request first needs it. */
  openLedger: () => Promise<LedgerAccess>
  /** Takes what is told of new offers; without it nothing is told. */
  events: EventPublisher | undefined
  isDatabaseConfigured: boolean
  database: () => DatabaseSight | undefined
  isPipelineScheduled: boolean
  metrics: Metrics
  clock: Clock
  stopwatch: Clock
  logger: Logger
  newId: () => string
  /** Version of the software. */
  version: string
  /** Version of the deployed function; null on one machine. */
  functionVersion: string | null
  /** Under which the app answers itself, unseen. */
  trial?: SelfTrial
  /** Age at which record and dashboard are looked for again. */
  refreshMs: number
  /** Who may ask, from where and how often. */
  doors: Pick<ApiOptions, 'access' | 'origins' | 'rateLimit'>
}

/** The extension's API over an object store and, where a request needs it, the database. */
export function composeScoring(setting: ScoringSetting) {
  const { objects, clock, stopwatch, logger, functionVersion, trial = createSelfTrial() } = setting
  const looked = { objects, clock, logger, maxAgeMs: setting.refreshMs }
  const record = createServingRecord(looked)
  const dashboard = createServingDashboard(looked)
  const ofFunction = functionVersion === null ? {} : { functionVersion }
  const app = createScoringApp({
    ...setting,
    ...{ record, dashboard, open: setting.openLedger },
    ...(setting.events === undefined ? {} : { announce: { events: setting.events, logger } }),
    api: {
      ...{ clock, stopwatch, metrics: trial.metrics(setting.metrics), logger: trial.logger(logger) },
      ...{ ...trial.doors(setting.doors), ...ofFunction },
    },
  })
  return {
    app,
    refreshIfStale(): void {
      record.refreshIfStale()
      dashboard.refreshIfStale()
    },
    /** Waits until record and dashboard have been looked for. Never rejects: what is missing is told to who asks. */
    loaded: () => Promise.allSettled([record.current(), dashboard.current()]),
  }
}
