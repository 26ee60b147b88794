import { S3Client } from '@aws-sdk/client-s3'
import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { s3ObjectStore } from '../../shared/adapters/s3-object-store.ts'
import type { DomainEvent } from '../../shared/config/events.ts'
import type { ObjectStore } from '../../shared/kernel/ports.ts'
import { DRIFT_REPORTS_PREFIX } from '../../shared/usecases/drift-reports.ts'
import type { N8nServer, SnsServer, TelegramServer } from '../support/alert-servers.ts'
import {
  N8N_SECRET,
  n8nServer,
  snsServer,
  TELEGRAM_TOKEN,
  TOPIC_ARN,
  telegramServer,
} from '../support/alert-servers.ts'
import { untilTurnHasTime } from '../support/alert-turns.ts'
import { driftReport } from '../support/drift-reports.ts'
import { answerFromBucket } from '../support/fake-bucket.ts'
import { parquetRowsOf } from '../support/parquet-rows.ts'

type Handler = (payload: unknown) => Promise<unknown>

const BUCKET = 'artefacts-of-a-test'

/**
 * The function as it is deployed, against servers that speak SNS, Telegram's Bot API and n8n's webhooks; bucket and vault
 * are doubles: the local server of S3 does not know how to create an object only where there is none.
 */
describe('the alert handler', () => {
  const vault = mockClient(SSMClient)
  const lines: string[] = []
  let sns: SnsServer
  let telegram: TelegramServer
  let n8n: N8nServer
  let objects: ObjectStore
  let handler: Handler

  beforeAll(async () => {
    ;[sns, telegram, n8n] = await Promise.all([snsServer(), telegramServer(), n8nServer(Date.now)])
    answerFromBucket(mockClient(S3Client), BUCKET)
    objects = s3ObjectStore(new S3Client({ region: 'eu-central-1' }), BUCKET)
    const secrets: Record<string, unknown> = {
      '/closeline/dev/telegram': { token: TELEGRAM_TOKEN, chatId: 42, url: telegram.url },
      '/closeline/dev/n8n': { url: `${n8n.url}/webhook/bets`, secret: N8N_SECRET },
    }
    vault.on(GetParameterCommand).callsFake(({ Name }: { Name: string }) => {
      if (secrets[Name] === undefined) throw new ParameterNotFound({ message: 'not there', $metadata: {} })
      return { Parameter: { Value: JSON.stringify(secrets[Name]) } }
    })
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
      lines.push(String(line))
      return true
    })
    vi.stubEnv('ARTEFACT_BUCKET', BUCKET)
    vi.stubEnv('ALERT_TOPIC_ARN', TOPIC_ARN)
    vi.stubEnv('TELEGRAM_PARAMETER', '/closeline/dev/telegram')
    vi.stubEnv('N8N_PARAMETER', '/closeline/dev/n8n')
    vi.stubEnv('STAGE', 'dev')
    vi.stubEnv('AWS_ENDPOINT_URL_SNS', sns.url)
    vi.stubEnv('AWS_REGION', 'eu-central-1')
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'k')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'k')
    handler = (await import('../../functions/alert/handler.ts')).handler
  })

  afterAll(async () => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
    for (const server of [sns, telegram, n8n]) await server[Symbol.asyncDispose]()
  })

  const at = new Date().toISOString()
  const reason = 'Inputs that matter have moved.'
  const drift: DomainEvent = {
    ...{
      type: 'DriftDetected',
      at,
      reportId: 'today.json',
      modelVersion: 'blend-1',
      checked: 25,
      driftedCount: 1,
      reason,
    },
    ...{ drifted: [{ name: 'sport <&>', severity: 'high', effect: 0.4 }], requiresRetraining: true },
  }
  const envelope = (detail: DomainEvent, more: object = {}) => ({
    ...{ version: '0', id: crypto.randomUUID(), 'detail-type': detail.type, source: 'closeline', account: '1' },
    ...{ time: at, region: 'eu-central-1', resources: [], detail, ...more },
  })
  const alarmChange = (value: string, timestamp: string) => ({
    ...envelope(drift),
    ...{ source: 'aws.cloudwatch', 'detail-type': 'CloudWatch Alarm State Change' },
    detail: {
      alarmName: 'closeline-dev-alert-dead-letters',
      state: { value, reason: 'Threshold Crossed: 1 datapoint', reasonData: '{}', timestamp },
      previousState: { value: 'OK', timestamp },
      configuration: { description: 'Calls that failed for good.', metrics: [] },
    },
  })
  const cloudwatchTime = (ms: number) => new Date(ms).toISOString().replace('Z', '+0000')

  it('tells an event by every channel, once, however often it is delivered', async () => {
    await objects.put(`${DRIFT_REPORTS_PREFIX}today.json`, JSON.stringify(driftReport()))
    const deliveries = [envelope(drift), envelope(drift), envelope(drift)]
    await untilTurnHasTime()
    await Promise.all(deliveries.map((payload) => handler(payload)))
    expect(telegram.texts()).toHaveLength(1)
    expect(telegram.texts()[0]).toContain('sport <&> (high)')
    expect(sns.published().map(({ Subject }) => Subject)).toEqual(['WARNING Drift: the model needs retraining'])
    expect(n8n.payloads()).toEqual([{ type: 'drift_detected', drift_report: driftReport(), requires_retraining: true }])
  })

  it('tells a change of an alarm, and its end, with where to read what to do', async () => {
    const now = Date.now()
    // One that has been told already comes among them.
    const payloads = [
      alarmChange('OK', cloudwatchTime(now)),
      envelope(drift),
      alarmChange('ALARM', cloudwatchTime(now - 60_000)),
    ]
    await untilTurnHasTime()
    await Promise.all(payloads.map((payload) => handler(payload)))
    const [, ...told] = telegram.texts()
    expect(told).toHaveLength(2)
    expect(told[0]).toMatch(/^🔴 Alarm closeline-dev-alert-dead-letters\n.*RUNBOOK.md#alert-dead-letters$/s)
    expect(told[1]).toMatch(/^✅ Resolved: Alarm closeline-dev-alert-dead-letters\nLasted 1 min/)
  })

  it('passes over what is played back from an archive', async () => {
    const before = telegram.requests.length
    const other = { ...drift, modelVersion: 'blend-2' }
    expect(await handler(envelope(other, { 'replay-name': 'last-week' }))).toEqual({
      kind: 'replayed',
      replay: 'last-week',
    })
    await handler({ task: 'flush', trigger: 'test' })
    expect(telegram.requests).toHaveLength(before)
  })

  it('writes the day as Parquet when it flushes', async () => {
    const report = await handler({ task: 'flush' })
    expect(report).toMatchObject({ waiting: 0 })
    const [key, ...others] = await objects.list('lake/alerts/')
    expect([key, others]).toEqual([expect.stringMatching(/^lake\/alerts\/day=\d{4}-\d\d-\d\d\/alerts.parquet$/), []])
    const body = await objects.get(key ?? '')
    const { rows } = await parquetRowsOf(body ?? new Uint8Array())
    expect(
      rows
        .filter(({ rule }) => rule === 'drift')
        .map(({ channel, outcome }) => [channel, outcome])
        .sort(),
    ).toEqual(['console', 'n8n', 'sns', 'telegram'].map((channel) => [channel, 'sent']))
    expect(rows[0]).toMatchObject({ attempts: 1, cause: null, at: expect.any(Date) })
  })

  it('refuses what it does not know, so that it lands among the dead letters', async () => {
    for (const payload of [
      { task: 'dance' },
      envelope({ ...drift, type: 'Unheard' as 'DriftDetected' }),
      'x',
      { source: 'aws.s3' },
    ]) {
      await expect(handler(payload)).rejects.toMatchObject({ code: 'unknown_payload' })
    }
  })

  it('has told no secret to the log', () => {
    expect(lines.length).toBeGreaterThan(5)
    expect(lines.filter((line) => line.includes('hunter2'))).toEqual([])
  })
})
