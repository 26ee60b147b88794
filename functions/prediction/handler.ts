import { S3Client } from '@aws-sdk/client-s3'
import { handle } from 'hono/aws-lambda'
import { jsonLogger } from '../../shared/adapters/json-logger.ts'
import { s3ObjectStore } from '../../shared/adapters/s3-object-store.ts'
import { AWS_TIMEOUTS } from '../../shared/config/aws-timeouts.ts'
import { parseFunctionEnvironment } from '../../shared/config/function-environment.ts'
import { VERSION } from '../../shared/config/version.ts'
import { mountDocs } from '../../shared/http/docs.ts'
import { composePrediction } from './compose.ts'

const environment = parseFunctionEnvironment(process.env)

const { app, model } = composePrediction({
  objects: s3ObjectStore(new S3Client(AWS_TIMEOUTS), environment.artefactBucket),
  clock: Date.now,
  logger: jsonLogger((line) => process.stdout.write(`${line}\n`)),
  version: VERSION,
  maxModelAgeMs: environment.refreshMs,
})
mountDocs(app, 'Closeline prediction API')

// Loaded while the function starts, so that the first caller does not wait for it.
await model.refresh()

export const handler = handle(app)
