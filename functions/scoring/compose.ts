import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiEnv } from '../../shared/http/api.ts'
import type { Clock, Logger, ObjectStore } from '../../shared/kernel/ports.ts'
import { createServingRecord } from '../../shared/usecases/score-bet.ts'
import { createScoringApp } from './app.ts'

/** The extension's API over an object store: a bucket in Lambda, a folder on one machine, nothing else differing. */
export function composeScoring(options: {
  objects: ObjectStore
  clock: Clock
  logger: Logger
  maxRecordAgeMs: number
}): OpenAPIHono<ApiEnv> {
  const { objects, clock, logger, maxRecordAgeMs: maxAgeMs } = options
  return createScoringApp({ record: createServingRecord({ objects, clock, logger, maxAgeMs }), clock, logger })
}
