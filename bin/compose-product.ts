import { composePrediction } from '../functions/prediction/compose.ts'
import { composeScoring } from '../functions/scoring/compose.ts'
import { createDatabaseWatch } from '../functions/scoring/database-watch.ts'
import type { KeyHasher } from '../shared/access/key-material.ts'
import { prometheusMetrics } from '../shared/adapters/prometheus-metrics.ts'
import { lazySupabaseClient } from '../shared/adapters/supabase-client.ts'
import { supabaseLedger } from '../shared/adapters/supabase-ledger.ts'
import { VERSION } from '../shared/config/version.ts'
import type { ApiOptions } from '../shared/http/api.ts'
import { createApi } from '../shared/http/api.ts'
import { mountDocs } from '../shared/http/docs.ts'
import type { Clock, Logger, ObjectStore, TaggedReader } from '../shared/kernel/ports.ts'
import type { EventPublisher } from '../shared/usecases/event-ports.ts'
import { createServingAccess } from '../shared/usecases/serving-access.ts'
import type { Fetch } from './gateway.ts'
import { createGateway } from './gateway.ts'

/** What the API stands on, on one machine. */
export interface ProductSetting {
  objects: ObjectStore & TaggedReader
  events: EventPublisher | undefined
  supabaseUrl: string
  supabaseSecretKey: string
  openHasher: () => Promise<KeyHasher>
  clock: Clock
  logger: Logger
  newId: () => string
  /** Age at which snapshots, keys and models are looked for again. */
  refreshMs: number
  isPipelineScheduled: boolean
  /** Pages of these origins may call. */
  origins: readonly string[]
  rateLimit?: ApiOptions['rateLimit']
}

/** Both apps on one port, and what keeps them going. */
export interface RunningProduct {
  fetch: Fetch
  /** Looks for everything anew. */
  refresh(): Promise<void>
  /** Looks again for what is old: in Lambda requests do so; here nothing is frozen between them, and a timer may. */
  refreshIfStale(): void
  /** Writes what waits to be written. */
  flush(): Promise<void>
}

/** Both apps as their Lambda handlers compose them, behind one gateway. */
export function composeProduct(setting: ProductSetting): RunningProduct {
  const { objects, clock, logger, refreshMs, origins, rateLimit } = setting
  const access = createServingAccess({ objects, openHasher: setting.openHasher, clock, logger, maxAgeMs: refreshMs })
  const metrics = prometheusMetrics()
  const database = createDatabaseWatch(clock)
  const readKey = async () => setting.supabaseSecretKey
  const shared = {
    ...{ objects, clock, logger, refreshMs, metrics, version: VERSION, functionVersion: null },
    stopwatch: () => performance.now(),
    newId: setting.newId,
    doors: { access, origins, ...(rateLimit === undefined ? {} : { rateLimit }) },
  }
  const prediction = composePrediction({
    ...shared,
    ...{ events: setting.events, metricsPage: metrics, environment: 'local' },
  })
  const scoring = composeScoring({
    ...shared,
    openLedger: supabaseLedger(lazySupabaseClient(setting.supabaseUrl, readKey, database.note)),
    ...{ events: setting.events, isDatabaseConfigured: true, database: database.seen },
    isPipelineScheduled: setting.isPipelineScheduled,
  })
  const apps = [scoring.app, prediction.app]
  const { stopwatch, doors } = shared
  const style = { invalidStatus: 422 as const, withEnvelope: false }
  const front = createApi({ style, logger, clock, stopwatch, metrics, ...doors })
  mountDocs(front, 'Closeline API', apps)
  front.get('/', (c) => c.redirect('/docs'))
  return {
    fetch: createGateway(apps, front),
    async refresh() {
      scoring.refreshIfStale()
      await Promise.all([access.refresh(), prediction.refresh()])
    },
    refreshIfStale() {
      access.refreshIfStale()
      prediction.refreshIfStale()
      scoring.refreshIfStale()
    },
    async flush() {
      await prediction.flush()
    },
  }
}
