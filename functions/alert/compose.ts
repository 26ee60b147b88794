import { setTimeout as sleep } from 'node:timers/promises'
import { S3Client } from '@aws-sdk/client-s3'
import { SNSClient } from '@aws-sdk/client-sns'
import { SSMClient } from '@aws-sdk/client-ssm'
import { consoleAlertSink } from '../../shared/adapters/console-alert-sink.ts'
import { emfMetrics } from '../../shared/adapters/emf-metrics.ts'
import { hyparquetAlertTable } from '../../shared/adapters/hyparquet-alert-table.ts'
import { jsonLogger } from '../../shared/adapters/json-logger.ts'
import { n8nAlertSink, n8nSecretSchema } from '../../shared/adapters/n8n-alert-sink.ts'
import { s3ObjectStore } from '../../shared/adapters/s3-object-store.ts'
import { snsAlertSink } from '../../shared/adapters/sns-alert-sink.ts'
import { ssmSecret } from '../../shared/adapters/ssm-secret.ts'
import { telegramAlertSink, telegramSecretSchema } from '../../shared/adapters/telegram-alert-sink.ts'
import { parseQuietHours } from '../../shared/alerts/quiet-hours.ts'
import type { AlertEnvironment } from '../../shared/config/alert-environment.ts'
import { AWS_TIMEOUTS } from '../../shared/config/aws-timeouts.ts'
import { readDriftReport } from '../../shared/usecases/alert-drift-report.ts'
import type { AlertDeps, AlertTable } from '../../shared/usecases/alert-ports.ts'
import type { SecretSink } from './secret-sink.ts'
import { secretSink } from './secret-sink.ts'

/** How long a secret is kept in memory. */
const SECRET_AGE_MS = 300_000

/** The ports of the alerts on AWS; which channels there are is asked for when a message may have to leave. */
export function composeAlerts(environment: AlertEnvironment): () => Promise<AlertDeps & { table: AlertTable }> {
  const write = (line: string) => process.stdout.write(`${line}\n`)
  const objects = s3ObjectStore(new S3Client(AWS_TIMEOUTS), environment.artefactBucket)
  const logger = jsonLogger(write)
  const shared = {
    ...{ objects, logger, sleep, clock: Date.now, table: hyparquetAlertTable() },
    quiet: parseQuietHours(environment.quietHours, environment.timeZone),
    metrics: emfMetrics(write, Date.now),
  }
  const { topicArn } = environment
  const standing = [
    consoleAlertSink((line) => logger.info('alert', { line })),
    ...(topicArn === undefined ? [] : [snsAlertSink(new SNSClient(AWS_TIMEOUTS), topicArn)]),
  ]
  const secretSinks = composeSecretSinks(environment, shared)
  return async () => {
    const found = await Promise.all(secretSinks.map((sink) => sink.find()))
    return { ...shared, sinks: [...standing, ...found.filter((sink) => sink !== undefined)] }
  }
}

function composeSecretSinks(
  { telegramParameter, n8nParameter }: AlertEnvironment,
  { objects, logger, clock }: Pick<AlertDeps, 'objects' | 'logger' | 'clock'>,
): SecretSink[] {
  const ssm = new SSMClient(AWS_TIMEOUTS)
  const secretOf = (parameter: string) => ssmSecret(ssm, parameter, { clock, maxAgeMs: SECRET_AGE_MS })
  const sinks: SecretSink[] = []
  if (telegramParameter !== undefined) {
    const readSecret = secretOf(telegramParameter)
    const shape = { schema: telegramSecretSchema, build: telegramAlertSink }
    sinks.push(secretSink({ name: 'telegram', parameter: telegramParameter, readSecret, ...shape, clock, logger }))
  }
  if (n8nParameter !== undefined) {
    const readSecret = secretOf(n8nParameter)
    const readReport = (reportId: string) => readDriftReport(objects, reportId)
    const shape = {
      schema: n8nSecretSchema,
      build: (secret: { url: string; secret: string }) => n8nAlertSink(secret, { readReport }),
    }
    sinks.push(secretSink({ name: 'n8n', parameter: n8nParameter, readSecret, ...shape, clock, logger }))
  }
  return sinks
}
