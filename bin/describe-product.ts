import { createPredictionApp } from '../functions/prediction/app.ts'
import { createScoringApp } from '../functions/scoring/app.ts'
import type { ApiDocument } from '../shared/http/describe-apis.ts'
import { describeApis } from '../shared/http/docs.ts'
import type { Logger } from '../shared/kernel/ports.ts'

/** The OpenAPI document of both apps: the same code always describes the same. */
export function describeProduct(): ApiDocument {
  return describeApis(inertApps())
}

/** Both apps as they are defined, with nothing behind them: for describing, not for asking. */
export function inertApps() {
  const unasked = () => Promise.reject(new Error('nothing is asked while the API is described'))
  const clock = () => 0
  const nothing = { current: () => undefined, problem: () => undefined, confirmedAtMs: () => undefined }
  const serving = { ...nothing, refresh: unasked, refreshIfStale: () => {}, find: unasked }
  const api = { logger: silent, clock }
  const prediction = createPredictionApp({
    ...{ model: serving, markets: serving, clock, stopwatch: clock, version: '', environment: '', api },
    registry: { contents: unasked, refresh: unasked },
    reports: { newest: unasked, history: unasked },
    metricsPage: { page: unasked },
    metrics: { record: () => {} },
    log: { append: () => {} },
    highGrade: { tell: () => {} },
  })
  const scoring = createScoringApp({
    ...{ record: { current: unasked }, dashboard: { current: unasked }, open: unasked, clock, version: '', api },
    ...{ newId: () => '', isPipelineScheduled: false, isDatabaseConfigured: false, database: () => undefined },
  })
  return [scoring, prediction] as const
}

const silent: Logger = { info: () => {}, warn: () => {}, error: () => {} }
