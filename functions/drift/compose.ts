import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { S3Client } from '@aws-sdk/client-s3'
import { SSMClient } from '@aws-sdk/client-ssm'
import { duckdbLakeStore } from '../../shared/adapters/duckdb-lake-store.ts'
import { eventbridgeEventPublisher } from '../../shared/adapters/eventbridge-event-publisher.ts'
import { hyparquetDriftTable } from '../../shared/adapters/hyparquet-drift-table.ts'
import { jsonLogger } from '../../shared/adapters/json-logger.ts'
import { s3FileTransfer } from '../../shared/adapters/s3-file-transfer.ts'
import { s3ObjectStore } from '../../shared/adapters/s3-object-store.ts'
import { ssmSecret } from '../../shared/adapters/ssm-secret.ts'
import { supabaseServiceClient } from '../../shared/adapters/supabase-client.ts'
import { supabaseDriftStore } from '../../shared/adapters/supabase-drift-store.ts'
import { AWS_TIMEOUTS } from '../../shared/config/aws-timeouts.ts'
import type { PipelineEnvironment } from '../../shared/config/pipeline-environment.ts'
import { createModelRegistry } from '../../shared/registry/registry.ts'
import type { DriftRunDeps } from '../../shared/usecases/drift-run.ts'

/** How long a key is kept in memory. */
const KEY_AGE_MS = 300_000

/** The ports of the drift function on AWS; the database's key is asked for when a report is kept, and never in the environment. */
export function composeDrift(environment: PipelineEnvironment): DriftRunDeps {
  const s3 = new S3Client(AWS_TIMEOUTS)
  const objects = s3ObjectStore(s3, environment.artefactBucket)
  const age = { clock: Date.now, maxAgeMs: KEY_AGE_MS }
  const readKey = ssmSecret(new SSMClient(AWS_TIMEOUTS), environment.supabaseKeyParameter, age)
  return {
    objects,
    lake: duckdbLakeStore(s3FileTransfer(s3, environment.artefactBucket)),
    registry: createModelRegistry(objects, Date.now),
    events: eventbridgeEventPublisher(new EventBridgeClient(AWS_TIMEOUTS), environment.eventBus),
    archives: [
      hyparquetDriftTable(objects),
      {
        keep: async (id, report) =>
          supabaseDriftStore(supabaseServiceClient(environment.supabaseUrl, await readKey())).keep(id, report),
      },
    ],
    logger: jsonLogger((line) => process.stdout.write(`${line}\n`)),
    clock: Date.now,
  }
}
