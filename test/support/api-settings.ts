import type { PredictionSetting } from '../../functions/prediction/compose.ts'
import type { ScoringSetting } from '../../functions/scoring/compose.ts'
import type { Clock, Logger, ObjectStore, TaggedReader } from '../../shared/kernel/ports.ts'
import { memoryMetrics } from './memory-metrics.ts'
import { openAccess } from './open-access.ts'

interface Given {
  objects: ObjectStore & TaggedReader
  clock: Clock
  logger: Logger
}

/** What both APIs are composed of where a test says nothing else: everybody may ask, as often as they like. */
function settingOf({ objects, clock, logger }: Given) {
  let ids = 0
  return {
    ...{ objects, clock, logger, stopwatch: clock, metrics: memoryMetrics() },
    newId: () => `id-${++ids}`,
    ...{ version: '9.9.9', functionVersion: null, refreshMs: 60_000 },
    doors: { access: openAccess(), rateLimit: 'off' as const },
  }
}

/** The prediction API over a store, telling nobody of anything. */
export function predictionSetting(given: Given): PredictionSetting {
  const metricsPage = { page: async () => '# EOF\n' }
  return { ...settingOf(given), events: undefined, metricsPage, environment: 'test' }
}

/** The scoring API over a store, without a database. */
export function scoringSetting(given: Given): ScoringSetting {
  return {
    ...settingOf(given),
    events: undefined,
    openLedger: () => Promise.reject(new Error('nothing here needs the database')),
    ...{ isDatabaseConfigured: false, database: () => undefined, isPipelineScheduled: false },
  }
}
