import { randomUUID } from 'node:crypto'
import { S3Client } from '@aws-sdk/client-s3'
import { SSMClient } from '@aws-sdk/client-ssm'
import { handle } from 'hono/aws-lambda'
import { emfMetrics } from '../../shared/adapters/emf-metrics.ts'
import { jsonLogger } from '../../shared/adapters/json-logger.ts'
import { nodeKeyMaterial } from '../../shared/adapters/node-key-material.ts'
import { s3ObjectStore } from '../../shared/adapters/s3-object-store.ts'
import { ssmSecret } from '../../shared/adapters/ssm-secret.ts'
import { lazySupabaseClient } from '../../shared/adapters/supabase-client.ts'
import { supabaseLedger } from '../../shared/adapters/supabase-ledger.ts'
import { AWS_TIMEOUTS } from '../../shared/config/aws-timeouts.ts'
import { parseFunctionEnvironment } from '../../shared/config/function-environment.ts'
import { parseScoringEnvironment } from '../../shared/config/scoring-environment.ts'
import { VERSION } from '../../shared/config/version.ts'
import { mountDocs } from '../../shared/http/docs.ts'
import { createServingAccess } from '../../shared/usecases/serving-access.ts'
import { composeScoring } from './compose.ts'
import { createDatabaseWatch } from './database-watch.ts'

const environment = parseFunctionEnvironment(process.env)
const { supabaseUrl, supabaseKeyParameter } = parseScoringEnvironment(process.env)
const { artefactBucket, refreshMs, allowedOrigins: origins } = environment

/** How long secrets are kept in memory. */
const SECRET_AGE_MS = 300_000

const clock = Date.now
const write = (line: string) => process.stdout.write(`${line}\n`)
const logger = jsonLogger(write)
const objects = s3ObjectStore(new S3Client(AWS_TIMEOUTS), artefactBucket)
const ssm = new SSMClient(AWS_TIMEOUTS)
const age = { clock, maxAgeMs: SECRET_AGE_MS }
const readPepper = ssmSecret(ssm, environment.keyPepperParameter, age)
const openHasher = async () => nodeKeyMaterial(await readPepper())
const access = createServingAccess({ objects, openHasher, clock, logger, maxAgeMs: refreshMs })
const database = createDatabaseWatch(clock)
const openClient = lazySupabaseClient(supabaseUrl, ssmSecret(ssm, supabaseKeyParameter, age), database.note)

const { app, refreshIfStale } = composeScoring({
  ...{ objects, clock, logger, refreshMs },
  openLedger: supabaseLedger(openClient),
  isDatabaseConfigured: true,
  database: database.seen,
  // The pipeline has a schedule of its own.
  isPipelineScheduled: true,
  metrics: emfMetrics(write, clock),
  stopwatch: () => performance.now(),
  newId: randomUUID,
  version: VERSION,
  functionVersion: environment.functionVersion,
  doors: { access, origins },
})
mountDocs(app, 'Closeline scoring API')

// Loaded while the function starts; the first caller waits for what is still on its way.
refreshIfStale()
await access.refresh()

export const handler = handle(app)
