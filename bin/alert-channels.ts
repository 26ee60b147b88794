import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import * as z from 'zod'
import { consoleAlertSink } from '../shared/adapters/console-alert-sink.ts'
import { n8nAlertSink, n8nSecretSchema } from '../shared/adapters/n8n-alert-sink.ts'
import { telegramAlertSink, telegramSecretSchema } from '../shared/adapters/telegram-alert-sink.ts'
import type { AlertSink } from '../shared/alerts/alert-sink.ts'
import type { QuietHours } from '../shared/alerts/quiet-hours.ts'
import { parseQuietHours } from '../shared/alerts/quiet-hours.ts'
import { DomainError } from '../shared/kernel/errors.ts'
import { jsonOrUndefined } from '../shared/kernel/json-text.ts'
import type { ObjectStore, Sleep } from '../shared/kernel/ports.ts'
import { readDriftReport } from '../shared/usecases/alert-drift-report.ts'
import { writePrivately } from './workspace/data-directory.ts'

const snsSchema = z.object({
  topicArn: z.string().startsWith('arn:'),
  region: z.string().min(1),
  /** Server that speaks SNS; AWS' own where it is absent. */
  url: z.url().optional(),
})

const settingsSchema = z.object({
  format: z.literal(1).default(1),
  telegram: telegramSecretSchema.optional(),
  n8n: n8nSecretSchema.optional(),
  sns: snsSchema.optional(),
  quiet: z.object({ hours: z.string(), timeZone: z.string() }).optional(),
})

/** Channels and quiet hours of a data directory. */
export type AlertSettings = z.output<typeof settingsSchema>

export const NO_SETTINGS: AlertSettings = { format: 1 }

function pathOf(root: string): string {
  return join(root, 'alert-channels.json')
}

/** @throws {DomainError} `alert_channels_damaged`; nothing of the file is quoted, for it holds secrets */
export async function readAlertSettings(root: string): Promise<AlertSettings> {
  const text = await readFile(pathOf(root), 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return undefined
    throw new DomainError('alert_channels_damaged', `${pathOf(root)} cannot be read: ${thrown.code}`)
  })
  if (text === undefined) return NO_SETTINGS
  const parsed = settingsSchema.safeParse(jsonOrUndefined(text))
  if (parsed.success) return parsed.data
  const where = parsed.error.issues[0]?.path.join('.') || 'it is no JSON'
  throw new DomainError('alert_channels_damaged', `${pathOf(root)} is damaged (${where}): set the channels up again`)
}

/** Keeps settings where only their owner can read them. @throws {DomainError} `channel_invalid` */
export async function writeAlertSettings(root: string, settings: z.input<typeof settingsSchema>): Promise<void> {
  const parsed = settingsSchema.safeParse(settings)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new DomainError(
      'channel_invalid',
      `${issue?.path.join(' ')} is not what the channel needs: ${issue?.message}`,
    )
  }
  await writePrivately(pathOf(root), `${JSON.stringify(parsed.data)}\n`)
}

/** The quiet hours of settings. */
export function quietHoursOf({ quiet }: AlertSettings): QuietHours | undefined {
  return quiet === undefined ? undefined : parseQuietHours(quiet.hours, quiet.timeZone)
}

/** The channels of settings: those that are set up, and a line on the terminal. */
export async function openSinks(
  { telegram, n8n, sns }: AlertSettings,
  { objects, write, signal }: { objects: ObjectStore; write: (line: string) => void; signal?: AbortSignal },
): Promise<AlertSink[]> {
  const sleep: Sleep = async (ms) => {
    await wait(ms, undefined, signal === undefined ? {} : { signal })
  }
  const readReport = (reportId: string) => readDriftReport(objects, reportId)
  return [
    consoleAlertSink(write),
    ...(telegram === undefined ? [] : [telegramAlertSink(telegram, { sleep })]),
    ...(n8n === undefined ? [] : [n8nAlertSink(n8n, { readReport, sleep })]),
    ...(sns === undefined ? [] : [await openSns(sns)]),
  ]
}

async function openSns({ topicArn, region, url }: z.output<typeof snsSchema>): Promise<AlertSink> {
  // The SDK takes long to import, and most machines have no topic.
  const [{ SNSClient }, { snsAlertSink }, { AWS_TIMEOUTS }] = await Promise.all([
    import('@aws-sdk/client-sns'),
    import('../shared/adapters/sns-alert-sink.ts'),
    import('../shared/config/aws-timeouts.ts'),
  ])
  return snsAlertSink(
    new SNSClient({ ...AWS_TIMEOUTS, region, ...(url === undefined ? {} : { endpoint: url }) }),
    topicArn,
  )
}
