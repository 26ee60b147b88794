import { randomUUID } from 'node:crypto'
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { S3Client } from '@aws-sdk/client-s3'
import { SSMClient } from '@aws-sdk/client-ssm'
import { handle } from 'hono/aws-lambda'
import { cloudwatchMetricsPage } from '../../shared/adapters/cloudwatch-metrics-page.ts'
import { emfMetrics } from '../../shared/adapters/emf-metrics.ts'
import { eventbridgeEventPublisher } from '../../shared/adapters/eventbridge-event-publisher.ts'
import { jsonLogger } from '../../shared/adapters/json-logger.ts'
import { nodeKeyMaterial } from '../../shared/adapters/node-key-material.ts'
import { s3ObjectStore } from '../../shared/adapters/s3-object-store.ts'
import { ssmSecret } from '../../shared/adapters/ssm-secret.ts'
import { AWS_TIMEOUTS } from '../../shared/config/aws-timeouts.ts'
import { parseFunctionEnvironment } from '../../shared/config/function-environment.ts'
import { VERSION } from '../../shared/config/version.ts'
import { mountDocs } from '../../shared/http/docs.ts'
import { createServingAccess } from '../../shared/usecases/serving-access.ts'
import { composePrediction } from './compose.ts'

const environment = parseFunctionEnvironment(process.env)
const { artefactBucket, eventBus, refreshMs, allowedOrigins: origins } = environment

const clock = Date.now
const write = (line: string) => process.stdout.write(`${line}\n`)
const logger = jsonLogger(write)
const objects = s3ObjectStore(new S3Client(AWS_TIMEOUTS), artefactBucket)
const readPepper = ssmSecret(new SSMClient(AWS_TIMEOUTS), environment.keyPepperParameter, {
  clock,
  maxAgeMs: refreshMs,
})
const openHasher = async () => nodeKeyMaterial(await readPepper())
const access = createServingAccess({ objects, openHasher, clock, logger, maxAgeMs: refreshMs })

const { app, refresh } = composePrediction({
  ...{ objects, clock, logger, refreshMs },
  events: eventBus === undefined ? undefined : eventbridgeEventPublisher(new EventBridgeClient(AWS_TIMEOUTS), eventBus),
  metrics: emfMetrics(write, clock),
  metricsPage: cloudwatchMetricsPage(new CloudWatchClient(AWS_TIMEOUTS), { clock }),
  stopwatch: () => performance.now(),
  newId: randomUUID,
  version: VERSION,
  functionVersion: environment.functionVersion,
  environment: environment.stage,
  doors: { access, origins },
})
mountDocs(app, 'Closeline prediction API')

// Loaded while the function starts, so that the first caller does not wait for it.
await Promise.all([access.refresh(), refresh()])

export const handler = handle(app)
