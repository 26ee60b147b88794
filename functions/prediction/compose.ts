import { setTimeout as wait } from 'node:timers/promises'
import type { ApiOptions } from '../../shared/http/api.ts'
import type { SelfTrial } from '../../shared/http/self-trial.ts'
import { createSelfTrial } from '../../shared/http/self-trial.ts'
import type { Clock, Logger, Metrics, MetricsPage, ObjectStore, TaggedReader } from '../../shared/kernel/ports.ts'
import { createDriftReports } from '../../shared/usecases/drift-reports.ts'
import type { EventPublisher } from '../../shared/usecases/event-ports.ts'
import type { HighGradePublisher } from '../../shared/usecases/high-grade-bets.ts'
import { createHighGradePublisher } from '../../shared/usecases/high-grade-bets.ts'
import type { BufferedPredictionLog, PredictionLogLimits } from '../../shared/usecases/prediction-log.ts'
import { createPredictionLog } from '../../shared/usecases/prediction-log.ts'
import { createServingMarkets } from '../../shared/usecases/serving-markets.ts'
import { createServingModel } from '../../shared/usecases/serving-model.ts'
import type { ModelPin } from '../../shared/usecases/serving-pinned-model.ts'
import { createServingRegistry } from '../../shared/usecases/serving-registry.ts'
import { createPredictionApp } from './app.ts'
import { servingRoiScorer, servingScorer } from './serving-scorer.ts'

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
  /** The model version to serve; without one, the registry's champion. */
  pin?: ModelPin | undefined
  /** How long entries of the prediction log may wait, and how many. */
  logLimits?: Partial<PredictionLogLimits>
  /** Under which the app answers itself, unseen. */
  trial?: SelfTrial
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
    pin: setting.pin,
    loadScorer: servingScorer,
    loadRoiScorer: servingRoiScorer,
    onLoaded: ({ loadedAtMs }) => metrics.record('model_load_timestamp', loadedAtMs / 1000, 'None'),
  })
  const markets = createServingMarkets(looked)
  const log = createPredictionLog({ ...setting, sleep }, setting.logLimits)
  const told = events === undefined ? undefined : createHighGradePublisher({ ...setting, publisher: events, sleep })
  const { stopwatch, trial = createSelfTrial() } = setting
  const { publish, ...noted } = notedUnlessTrial(trial, log, told)
  const counted = trial.metrics(metrics)
  const ofFunction = functionVersion === null ? {} : { functionVersion }
  const app = createPredictionApp({
    ...setting,
    ...{ model, markets, metrics: counted, ...noted },
    registry: createServingRegistry(looked),
    reports: createDriftReports(looked),
    api: {
      clock,
      stopwatch,
      metrics: counted,
      logger: trial.logger(logger),
      ...trial.doors(setting.doors),
      ...ofFunction,
    },
  })
  return {
    app,
    model,
    log,
    /** Looks for everything anew. */
    refresh: () => Promise.all([model.refresh(), markets.refresh()]),
    refreshIfStale(): void {
      model.refreshIfStale()
      markets.refreshIfStale()
    },
    publish,
    /** Writes and publishes what waits. */
    flush: () => Promise.all([log.flush(), told?.flush()]),
  }
}

/** Where predictions are noted and told; a trial's are not. */
function notedUnlessTrial(trial: SelfTrial, log: BufferedPredictionLog, told: HighGradePublisher | undefined) {
  let isTold = false
  return {
    log: {
      append(...entries: Parameters<BufferedPredictionLog['append']>) {
        if (!trial.isOn()) log.append(...entries)
      },
    },
    highGrade: {
      tell(...bet: Parameters<HighGradePublisher['tell']>) {
        if (trial.isOn() || told === undefined) return
        told.tell(...bet)
        isTold = true
      },
    },
    /** Publishes what was told since it was last asked; undefined where nothing was. */
    publish(): Promise<void> | undefined {
      if (!isTold) return undefined
      isTold = false
      return told?.flush()
    },
  }
}

/** What waits to be written keeps no process alive: whoever ends it flushes. */
const sleep = (ms: number) => wait(ms, undefined, { ref: false })
