import { setTimeout as wait } from 'node:timers/promises'
import { onnxRoiScorer, onnxScorer } from '../../shared/adapters/onnx-scorer.ts'
import type { ApiOptions } from '../../shared/http/api.ts'
import type { Clock, Logger, Metrics, MetricsPage, ObjectStore, TaggedReader } from '../../shared/kernel/ports.ts'
import { coalescing } from '../../shared/usecases/coalescing-scorer.ts'
import { createDriftReports } from '../../shared/usecases/drift-reports.ts'
import type { EventPublisher } from '../../shared/usecases/event-ports.ts'
import { createHighGradePublisher } from '../../shared/usecases/high-grade-bets.ts'
import { createPredictionLog } from '../../shared/usecases/prediction-log.ts'
import { createServingMarkets } from '../../shared/usecases/serving-markets.ts'
import { createServingModel } from '../../shared/usecases/serving-model.ts'
import { createServingRegistry } from '../../shared/usecases/serving-registry.ts'
import { createPredictionApp } from './app.ts'

export interface PredictionSetting {
  /** A bucket in Lambda, a folder on one machine, nothing else differing. */
  objects: ObjectStore & TaggedReader
  /** Takes what is told of bets of high grade; without it nothing is told. */
  events: EventPublisher | undefined
  metrics: Metrics
  metricsPage: MetricsPage
  clock: Clock
  stopwatch: Clock
  logger: Logger
  newId: () => string
  /** Version of the software. */
  version: string
  /** Version of the deployed function; null on one machine. */
  functionVersion: string | null
  environment: string
  /** Age at which model, features and markets are looked for again. */
  refreshMs: number
  /** Who may ask, from where and how often. */
  doors: Pick<ApiOptions, 'access' | 'origins' | 'rateLimit'>
}

/** The prediction API over an object store. */
export function composePrediction(setting: PredictionSetting) {
  const { objects, events, clock, logger, metrics, functionVersion } = setting
  const looked = { objects, clock, logger, maxAgeMs: setting.refreshMs }
  const model = createServingModel({
    ...looked,
    loadScorer: coalescing(onnxScorer, setImmediate),
    loadRoiScorer: coalescing(onnxRoiScorer, setImmediate),
    onLoaded: ({ loadedAtMs }) => metrics.record('model_load_timestamp', loadedAtMs / 1000, 'None'),
  })
  const markets = createServingMarkets(looked)
  const log = createPredictionLog({ ...setting, sleep })
  const told = events === undefined ? undefined : createHighGradePublisher({ ...setting, publisher: events, sleep })
  const { stopwatch, doors } = setting
  const ofFunction = functionVersion === null ? {} : { functionVersion }
  const app = createPredictionApp({
    ...setting,
    ...{ model, markets, log, highGrade: told ?? { tell: () => {} } },
    registry: createServingRegistry(looked),
    reports: createDriftReports(looked),
    api: { logger, clock, stopwatch, metrics, ...doors, ...ofFunction },
  })
  return {
    app,
    model,
    /** Looks for everything anew. */
    refresh: () => Promise.all([model.refresh(), markets.refresh()]),
    refreshIfStale(): void {
      model.refreshIfStale()
      markets.refreshIfStale()
    },
    /** Writes what waits to be written. */
    flush: () => Promise.all([log.flush(), told?.flush()]),
  }
}

/** What waits to be written keeps no process alive: whoever ends it flushes. */
const sleep = (ms: number) => wait(ms, undefined, { ref: false })
