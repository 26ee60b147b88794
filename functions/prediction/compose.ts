import type { OpenAPIHono } from '@hono/zod-openapi'
import { onnxScorer } from '../../shared/adapters/onnx-scorer.ts'
import type { ApiEnv } from '../../shared/http/api.ts'
import type { Clock, Logger, ObjectStore, TaggedReader } from '../../shared/kernel/ports.ts'
import type { ServingModel } from '../../shared/usecases/serving-model.ts'
import { createServingModel } from '../../shared/usecases/serving-model.ts'
import { createPredictionApp } from './app.ts'

export interface PredictionComposition {
  app: OpenAPIHono<ApiEnv>
  model: ServingModel
}

/** The prediction API over an object store: a bucket in Lambda, a folder on one machine, nothing else differing. */
export function composePrediction(options: {
  objects: ObjectStore & TaggedReader
  clock: Clock
  logger: Logger
  version: string
  maxModelAgeMs: number
}): PredictionComposition {
  const { clock, logger, version } = options
  const { objects, maxModelAgeMs: maxAgeMs } = options
  const model = createServingModel({ objects, loadScorer: onnxScorer, clock, logger, maxAgeMs })
  return { app: createPredictionApp({ model, clock, logger, version }), model }
}
