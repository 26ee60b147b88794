import { randomUUID } from 'node:crypto'
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import { S3Client } from '@aws-sdk/client-s3'
import { SSMClient } from '@aws-sdk/client-ssm'
import { emfInvocationMetrics } from '../../shared/adapters/emf-invocation.ts'
import { lazyEventBridgePublisher } from '../../shared/adapters/eventbridge-lazy-publisher.ts'
import { jsonLogger } from '../../shared/adapters/json-logger.ts'
import { findLambdaExtension } from '../../shared/adapters/lambda-extension.ts'
import { nodeKeyMaterial } from '../../shared/adapters/node-key-material.ts'
import { s3ObjectStore } from '../../shared/adapters/s3-object-store.ts'
import { ssmSecret } from '../../shared/adapters/ssm-secret.ts'
import { AWS_TIMEOUTS } from '../../shared/config/aws-timeouts.ts'
import { parseFunctionEnvironment } from '../../shared/config/function-environment.ts'
import { parsePredictionEnvironment } from '../../shared/config/prediction-environment.ts'
import { VERSION } from '../../shared/config/version.ts'
import { METRICS_BY_VERSION, METRICS_OMITTED, versionDimensions } from '../../shared/config/version-metrics.ts'
import { mountDocs } from '../../shared/http/docs.ts'
import { createSelfTrial } from '../../shared/http/self-trial.ts'
import { serveOnLambda } from '../../shared/http/serve-on-lambda.ts'
import { createServingAccess } from '../../shared/usecases/serving-access.ts'
import { watchedStore } from '../../shared/usecases/watched-store.ts'
import { createAfterwards, LOG_AGE_MS } from './afterwards.ts'
import { cloudwatchPage } from './cloudwatch-page.ts'
import { composePrediction } from './compose.ts'
import { OWN_REQUESTS } from './own-requests.ts'

const environment = parseFunctionEnvironment(process.env)
const { eventBus, functionVersion, runtimeApi } = environment
const { pin } = parsePredictionEnvironment(process.env)

const clock = Date.now
const stopwatch = () => performance.now()
const sleep = (ms: number) => wait(ms, undefined, { ref: false })
const write = (line: string) => process.stdout.write(`${line}\n`)
const logger = jsonLogger(write)
// Environments that started together do not look at one time for ever.
const refreshMs = environment.refreshMs * (0.9 + 0.2 * Math.random())
const registering = findLambdaExtension(runtimeApi, logger)

const store = watchedStore(s3ObjectStore(new S3Client(AWS_TIMEOUTS), environment.artefactBucket), turn)
const looked = { objects: store.objects, clock, logger }
const age = { clock, maxAgeMs: environment.refreshMs }
const readPepper = ssmSecret(new SSMClient(AWS_TIMEOUTS), environment.keyPepperParameter, age)
const openHasher = async () => nodeKeyMaterial(await readPepper())
const access = createServingAccess({ ...looked, openHasher, maxAgeMs: refreshMs })
const metrics = emfInvocationMetrics(write, clock, {
  ...{ omitted: METRICS_OMITTED, byVersion: METRICS_BY_VERSION },
  versionOf: () => versionDimensions(environment, product.model.current()?.manifest.version),
})
const trial = createSelfTrial()
const product = composePrediction({
  ...{ ...looked, refreshMs, pin, stopwatch, metrics, trial, functionVersion },
  events: eventBus === undefined ? undefined : lazyEventBridgePublisher(eventBus),
  metricsPage: cloudwatchPage(clock),
  newId: randomUUID,
  version: VERSION,
  environment: environment.stage,
  logLimits: { maxAgeMs: LOG_AGE_MS },
  doors: { access, origins: environment.allowedOrigins },
})
mountDocs(product.app, 'Closeline prediction API')
const { tidy, end } = createAfterwards({ ...product, store, metrics, clock, sleep, logger })
if (runtimeApi !== undefined) process.once('SIGTERM', () => void end().finally(() => process.exit(0)))

// Loaded and tried while the function starts, so that the first caller waits for neither.
export const handler = await serveOnLambda({
  ...{ app: product.app, ownRequests: OWN_REQUESTS, trial, tidy, clock, stopwatch, sleep, logger },
  load: () => Promise.all([access.refresh(), product.refresh()]),
  invocations: await registering,
})
