import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { S3Client } from '@aws-sdk/client-s3'
import { SSMClient } from '@aws-sdk/client-ssm'
import { duckdbFeatureLayer } from '../../shared/adapters/duckdb-feature-layer.ts'
import { duckdbLakeStore } from '../../shared/adapters/duckdb-lake-store.ts'
import { emfMetrics } from '../../shared/adapters/emf-metrics.ts'
import { eventbridgeEventPublisher } from '../../shared/adapters/eventbridge-event-publisher.ts'
import { jsonLogger } from '../../shared/adapters/json-logger.ts'
import { s3FileTransfer } from '../../shared/adapters/s3-file-transfer.ts'
import { s3ObjectStore } from '../../shared/adapters/s3-object-store.ts'
import { ssmSecret } from '../../shared/adapters/ssm-secret.ts'
import { supabaseChangeSource } from '../../shared/adapters/supabase-change-source.ts'
import { supabaseServiceClient } from '../../shared/adapters/supabase-client.ts'
import { supabaseFeatureTables } from '../../shared/adapters/supabase-feature-tables.ts'
import { supabaseQuarantineStore } from '../../shared/adapters/supabase-quarantine-store.ts'
import { supabaseRunStore } from '../../shared/adapters/supabase-run-store.ts'
import { AWS_TIMEOUTS } from '../../shared/config/aws-timeouts.ts'
import type { PipelineEnvironment } from '../../shared/config/pipeline-environment.ts'
import { VERSION } from '../../shared/config/version.ts'
import { silentProgress } from '../../shared/kernel/ports.ts'
import type { MaterializeDeps } from '../../shared/usecases/materialize-features.ts'
import type { PipelineDeps } from '../../shared/usecases/run-context.ts'

/** How long a key is kept in memory. */
const KEY_AGE_MS = 300_000

/** The ports of the pipeline on AWS; the database's key is asked for when a run begins, and never in the environment. */
export function composePipeline(environment: PipelineEnvironment): () => Promise<PipelineDeps & MaterializeDeps> {
  const s3 = new S3Client(AWS_TIMEOUTS)
  const transfer = s3FileTransfer(s3, environment.artefactBucket)
  const age = { clock: Date.now, maxAgeMs: KEY_AGE_MS }
  const readKey = ssmSecret(new SSMClient(AWS_TIMEOUTS), environment.supabaseKeyParameter, age)
  const write = (line: string) => process.stdout.write(`${line}\n`)
  const withoutDatabase = {
    lake: duckdbLakeStore(transfer),
    features: duckdbFeatureLayer(transfer),
    objects: s3ObjectStore(s3, environment.artefactBucket),
    events: eventbridgeEventPublisher(new EventBridgeClient(AWS_TIMEOUTS), environment.eventBus),
    metrics: emfMetrics(write, Date.now),
    logger: jsonLogger(write),
    progress: silentProgress,
    clock: Date.now,
    sleep,
    newId: randomUUID,
    codeVersion: VERSION,
    // What goes before a key in the manifests that Athena reads.
    lakeUri: `s3://${environment.artefactBucket}/`,
  }
  return async () => {
    const client = supabaseServiceClient(environment.supabaseUrl, await readKey())
    return {
      ...withoutDatabase,
      source: supabaseChangeSource(client, { tellsDeletions: true }),
      quarantine: supabaseQuarantineStore(client),
      tables: supabaseFeatureTables(client),
      runs: supabaseRunStore(client),
    }
  }
}
