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
import { parseScoringEnvironment } from '../../shared/config/scoring-environment.ts'
import { VERSION } from '../../shared/config/version.ts'
import { METRICS_BY_VERSION, METRICS_OMITTED, versionDimensions } from '../../shared/config/version-metrics.ts'
import { mountDocs } from '../../shared/http/docs.ts'
import { createSelfTrial } from '../../shared/http/self-trial.ts'
import { serveOnLambda } from '../../shared/http/serve-on-lambda.ts'
import { createServingAccess } from '../../shared/usecases/serving-access.ts'
import { watchedStore } from '../../shared/usecases/watched-store.ts'
import { lazyLedger } from './aws-ledger.ts'
import { composeScoring } from './compose.ts'
import { createDatabaseWatch } from './database-watch.ts'
import { OWN_REQUESTS } from './own-requests.ts'

const environment = parseFunctionEnvironment(process.env)
const { supabaseUrl, supabaseKeyParameter } = parseScoringEnvironment(process.env)
const { functionVersion } = environment

/** How long secrets are kept in memory. */
const SECRET_AGE_MS = 300_000

const clock = Date.now
const stopwatch = () => performance.now()
const sleep = (ms: number) => wait(ms, undefined, { ref: false })
const write = (line: string) => process.stdout.write(`${line}\n`)
const logger = jsonLogger(write)
// Environments that started together do not look at one time for ever.
const refreshMs = environment.refreshMs * (0.9 + 0.2 * Math.random())
const registering = findLambdaExtension(environment.runtimeApi, logger)

const store = watchedStore(s3ObjectStore(new S3Client(AWS_TIMEOUTS), environment.artefactBucket), turn)
const looked = { objects: store.objects, clock, logger }
const ssm = new SSMClient(AWS_TIMEOUTS)
const age = { clock, maxAgeMs: SECRET_AGE_MS }
const readPepper = ssmSecret(ssm, environment.keyPepperParameter, age)
const openHasher = async () => nodeKeyMaterial(await readPepper())
const access = createServingAccess({ ...looked, openHasher, maxAgeMs: refreshMs })
const database = createDatabaseWatch(clock)
const metrics = emfInvocationMetrics(write, clock, {
  ...{ omitted: METRICS_OMITTED, byVersion: METRICS_BY_VERSION },
  versionOf: () => versionDimensions(environment),
})
const trial = createSelfTrial()
const { app, refreshIfStale, loaded } = composeScoring({
  ...{ ...looked, refreshMs, stopwatch, metrics, trial, functionVersion },
  openLedger: lazyLedger(supabaseUrl, ssmSecret(ssm, supabaseKeyParameter, age), database.note),
  events: environment.eventBus === undefined ? undefined : lazyEventBridgePublisher(environment.eventBus),
  isDatabaseConfigured: true,
  database: database.seen,
  // The pipeline has a schedule of its own.
  isPipelineScheduled: true,
  newId: randomUUID,
  version: VERSION,
  doors: { access, origins: environment.allowedOrigins },
})
mountDocs(app, 'Closeline scoring API')

/** Leaves no look under way to a process that is about to be frozen. */
function tidy(): Promise<unknown> | undefined {
  metrics.flush()
  return store.isBusy() ? store.idle().finally(metrics.flush) : undefined
}

// Loaded and tried while the function starts, so that the first caller waits for nothing of it.
refreshIfStale()
export const handler = await serveOnLambda({
  ...{ app, ownRequests: OWN_REQUESTS, trial, tidy, clock, stopwatch, sleep, logger },
  load: () => Promise.all([access.refresh(), loaded()]),
  invocations: await registering,
})
