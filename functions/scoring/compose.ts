import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiEnv } from '../../shared/http/api.ts'
import type { Clock, Logger, ObjectStore } from '../../shared/kernel/ports.ts'
import type { ServingRecord } from '../../shared/usecases/score-bet.ts'
import { createServingRecord } from '../../shared/usecases/score-bet.ts'
import { createScoringApp } from './app.ts'

export interface ScoringComposition {
  app: OpenAPIHono<ApiEnv>
  record: ServingRecord
}

/** The extension's API over an object store: a bucket in Lambda, a folder on one machine, nothing else differing. */
export function composeScoring(options: {
  objects: ObjectStore
  clock: Clock
  logger: Logger
  maxRecordAgeMs: number
}): ScoringComposition {
  const { objects, clock, logger, maxRecordAgeMs: maxAgeMs } = options
  const record = createServingRecord({ objects, clock, logger, maxAgeMs })
  return { app: createScoringApp({ record, clock, logger }), record }
}
