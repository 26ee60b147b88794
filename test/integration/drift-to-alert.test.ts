import { appendFile, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { S3Client } from '@aws-sdk/client-s3'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openWorkspace } from '../../bin/workspace/workspace.ts'
import { fileObjectStore } from '../../shared/adapters/file-object-store.ts'
import type { DomainEvent } from '../../shared/config/events.ts'
import { eventSchema } from '../../shared/config/events.ts'
import { silentProgress } from '../../shared/kernel/ports.ts'
import { simulateLedger } from '../../shared/simulator/ledger.ts'
import type { AlertOverview } from '../../shared/usecases/alert-overview.ts'
import { describeAlerts } from '../../shared/usecases/alert-overview.ts'
import type { N8nServer, SnsServer, TelegramServer } from '../support/alert-servers.ts'
import {
  N8N_SECRET,
  n8nServer,
  snsServer,
  TELEGRAM_TOKEN,
  TOPIC_ARN,
  telegramServer,
  tooMany,
} from '../support/alert-servers.ts'
import { untilTurnHasTime } from '../support/alert-turns.ts'
import { seedDataDirectory } from '../support/database-template.ts'
import { answerFromBucket } from '../support/fake-bucket.ts'
import type { Finished, ProductProcess } from '../support/product-process.ts'
import { closeline, closelineReading, runProduct } from '../support/product-process.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const BETS = 2000
const DRIFTED = 600
/**
 * What a mix of tennis alone moves on any day of the year: it is priced otherwise. Whether its name goes beyond what the
 * seasons did to so few bets depends on the day.
 */
const MOVED = 'market_log_odds'

/** A channel that does not answer is left alone for a minute; the processes before it share a busy machine. */
const PATIENCE_MS = 300_000

const DRIFT = 'Drift: the model needs retraining'

/** What a check of `closeline retraining --check --json` prints, as far as it is looked at here. */
interface Checked {
  check: { task: string; requiresRetraining: boolean }
  decision: { decision: string; rule: string | null }
  training: { finished: { outcome: string; served: string; candidate: string } } | null
}

/**
 * The story as a user lives it: one machine, real processes, channels that answer 429, 500 and not at all before they take
 * a message.
 */
describe('from drifted bets to alerts, on one machine', { timeout: PATIENCE_MS }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let data: string
  let telegram: TelegramServer
  let n8n: N8nServer
  let sns: SnsServer
  let product: ProductProcess
  let channels: Finished[]
  let first: Checked
  let second: Checked
  let overview: AlertOverview

  beforeAll(async () => {
    const opened = [temporaryFolder(), telegramServer(), n8nServer(Date.now), snsServer()] as const
    ;[folder, telegram, n8n, sns] = await Promise.all(opened)
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'k')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 's')
    data = join(folder.path, 'data')
    await makeDemoLedger(data)
    product = start()
    await product.firstLine()
    channels = await setUpChannels()
    telegram.troubles.push(tooMany(1), 'hang', { status: 500 })
    n8n.troubles.push(tooMany(1), 'hang', { status: 500 })
    sns.troubles.push({ status: 500 })
    const simulated = await closeline('simulate', '--drift', 'sport', '--bets', String(DRIFTED), '--data', data)
    expect(simulated).toMatchObject({ code: 0, stdout: expect.stringContaining(`${DRIFTED} bets added`) })
    first = await check()
    // While the channels that did not answer are left alone.
    second = await check()
    await everythingSent()
    overview = await describeAlerts(fileObjectStore(join(data, 'objects')), 100, Date.now())
  }, PATIENCE_MS)

  afterAll(async () => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
    await product?.[Symbol.asyncDispose]()
    for (const each of [telegram, n8n, sns, folder]) await each[Symbol.asyncDispose]()
  })

  const start = () => runProduct('dev.ts', ['--data', data, '--port', '0', '--json'])

  async function setUpChannels(): Promise<Finished[]> {
    const region = ['--region', 'eu-central-1', '--url', sns.url]
    const set = (secret: string, ...args: string[]) =>
      closelineReading(secret, 'alerts', 'channel', ...args, '--data', data)
    return [
      await set(`${TELEGRAM_TOKEN}\n`, 'telegram', '--token-stdin', '--chat', '42', '--url', telegram.url),
      await set(`${N8N_SECRET}\n`, 'n8n', '--secret-stdin', '--url', `${n8n.url}/webhook/bets`),
      await set('', 'sns', '--topic', TOPIC_ARN, ...region),
    ]
  }

  async function check(): Promise<Checked> {
    const { code, stdout, stderr } = await closeline('retraining', '--check', '--json', '--data', data)
    expect(code, stderr).toBe(0)
    return JSON.parse(stdout) as Checked
  }

  async function events(): Promise<DomainEvent[]> {
    const lines = (await readFile(join(data, 'events.jsonl'), 'utf8')).trim().split('\n')
    return lines.map((line) => eventSchema.parse(JSON.parse(line)))
  }

  async function eventsOf<T extends DomainEvent['type']>(type: T): Promise<Extract<DomainEvent, { type: T }>[]> {
    return (await events()).filter((event): event is Extract<DomainEvent, { type: T }> => event.type === type)
  }

  /** Until every event is taken in and no message waits. */
  async function everythingSent(): Promise<void> {
    const objects = fileObjectStore(join(data, 'objects'))
    const isDone = async () => {
      const cursor = await readFile(join(data, 'objects', 'alerts', 'local-cursor.json'), 'utf8').catch(() => '{}')
      const { nextByte } = JSON.parse(cursor) as { nextByte?: number }
      if (nextByte !== (await stat(join(data, 'events.jsonl'))).size) return false
      const { messages, held } = await describeAlerts(objects, 100, Date.now())
      const outcomes = messages.flatMap((message) => message.channels.map(({ outcome }) => outcome))
      return (
        held === 0 &&
        !outcomes.includes('waiting') &&
        messages.some(({ heading }) => heading === DRIFT) &&
        (await objects.list('alerts/inbox/')).length === 0
      )
    }
    await vi.waitUntil(isDone, { timeout: PATIENCE_MS / 2, interval: 200 })
  }

  const counts = () => [telegram.texts().length, n8n.payloads().length, sns.published().length]
  const headings = () => telegram.texts().map((text) => text.split('\n')[0]?.replace(/^\S+ /, ''))
  const subjects = () => sns.published().map(({ Subject }) => Subject)

  it('channels are set up by the command line, which shows no secret', () => {
    expect(channels.map(({ code }) => code)).toEqual([0, 0, 0])
    const shown = channels.map(({ stdout, stderr }) => stdout + stderr).join('')
    expect(shown).toMatch(/telegram +chat 42.*n8n +webhook at 127.*sns +arn:aws:sns/s)
    expect(shown).not.toContain('hunter2')
  })

  it('drift is found, training is asked for, and the challenger is judged, each once', async () => {
    expect(first).toMatchObject({
      check: { task: 'check', requiresRetraining: true },
      decision: { decision: 'request', rule: 'drift' },
    })
    const { outcome = '' } = first.training?.finished ?? {}
    expect(['promoted', 'kept']).toContain(outcome)
    const [drift] = await eventsOf('DriftDetected')
    expect(drift).toMatchObject({ requiresRetraining: true, drifted: expect.any(Array) })
    expect(drift?.drifted.map(({ name }) => name)).toContain(MOVED)
    const requested = await eventsOf('RetrainingRequested')
    const finished = await eventsOf('RetrainingFinished')
    expect(requested).toMatchObject([{ rule: 'drift', reason: drift?.reason }])
    expect(finished).toMatchObject([{ requestId: requested[0]?.requestId, outcome }])
    expect(await eventsOf('ModelPromoted')).toHaveLength(outcome === 'promoted' ? 1 : 0)
  })

  it('each alert arrives once on each channel that it is for, the end of a state behind its beginning', async () => {
    const [promoted] = await eventsOf('ModelPromoted')
    const [finished] = await eventsOf('RetrainingFinished')
    const ending = promoted === undefined ? [] : [`Resolved: ${DRIFT}`]
    const told =
      promoted === undefined ? 'Retraining: the model in service stays' : `Model ${finished?.modelVersion} serves now`
    const ofGate = headings().filter((heading) => heading?.startsWith('Data quality gate failed'))
    const ofRest = headings().filter((heading) => !heading?.startsWith('Data quality gate failed'))
    expect(ofRest.toSorted()).toEqual([DRIFT, ...ending, told].toSorted())
    expect(ofRest.filter((heading) => heading?.endsWith(DRIFT))).toEqual([DRIFT, ...ending])
    expect(ofGate.length).toBeLessThanOrEqual(1)
    expect(subjects().filter((subject) => subject?.includes('Drift'))).toEqual(
      [DRIFT, ...ending].map((heading) => `WARNING ${heading}`),
    )
  })

  it('no message is lost, and those whose channel failed came by their second try', () => {
    const outcomes = overview.messages.flatMap(({ heading, channels: ways }) =>
      ways.map(({ channel, outcome, attempts }) => ({ heading, channel, outcome, attempts })),
    )
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['sent']))
    const ofDrift = outcomes.filter(({ heading }) => heading === DRIFT)
    expect(ofDrift.map(({ channel }) => channel).sort()).toEqual(['console', 'n8n', 'sns', 'telegram'])
    expect(ofDrift.find(({ channel }) => channel === 'n8n')?.attempts).toBe(2)
    expect([telegram.troubles, n8n.troubles, sns.troubles]).toEqual([[], [], []])
  })

  it('the webhook gets the report that the check has kept, signed, in the payload as documented', async () => {
    const [drift] = await eventsOf('DriftDetected')
    const report = JSON.parse(
      await readFile(join(data, 'objects', 'drift', 'reports', drift?.reportId ?? ''), 'utf8'),
    ) as { drifted_features: string[] }
    expect(n8n.payloads()).toEqual([{ type: 'drift_detected', drift_report: report, requires_retraining: true }])
    expect(report.drifted_features).toContain(MOVED)
    // The double takes nothing whose signature or time is wrong.
    expect(new Set(n8n.requests.map(({ headers }) => headers['x-closeline-delivery'])).size).toBe(1)
    expect(n8n.requests).toHaveLength(4)
  })

  it('messages tell figures with their units and numbers of bets, and no secret is in any log', async () => {
    const text = telegram.texts().find((each) => each.includes(DRIFT) && !each.includes('Resolved')) ?? ''
    expect(text).toMatch(/\d+ of \d+ columns \(.*market_log_odds.*between \d+ earlier bets and \d+ of .*; \d+\.\d % of/)
    for (const file of ['api.log', 'pipeline.log', 'events.jsonl']) {
      expect(await readFile(join(data, file), 'utf8')).not.toContain('hunter2')
    }
    expect(product.stderr()).toContain(DRIFT)
    expect(product.stderr()).not.toContain('hunter2')
  })

  it('another check asks for nothing, and tells nobody of the same drift', async () => {
    expect(second).toMatchObject({ decision: { decision: 'hold', rule: 'drift' }, training: null })
    expect((await eventsOf('RetrainingRequested')).length).toBe(1)
    expect(headings().filter((heading) => heading === DRIFT)).toHaveLength(1)
    expect(n8n.payloads()).toHaveLength(1)
  })

  it('events that come again are told no more, neither to a process that runs nor to the next one', async () => {
    const before = counts()
    const lines = await readFile(join(data, 'events.jsonl'), 'utf8')
    await appendFile(join(data, 'events.jsonl'), lines)
    await everythingSent()
    product.kill('SIGINT')
    expect((await product.finished).code).toBe(0)
    product = start()
    await product.firstLine()
    await appendFile(join(data, 'events.jsonl'), lines)
    await everythingSent()
    expect(counts()).toEqual(before)
    expect(product.stderr()).not.toContain(DRIFT)
  })

  it('the alert function tells a topic of the very same events, each once, however often it gets them', async () => {
    const aws = await snsServer()
    const bucket = 'artefacts-of-a-test'
    answerFromBucket(mockClient(S3Client), bucket)
    vi.spyOn(process.stdout, 'write').mockImplementation(() => true)
    const environment = {
      ARTEFACT_BUCKET: bucket,
      ALERT_TOPIC_ARN: TOPIC_ARN,
      STAGE: 'dev',
      AWS_REGION: 'eu-central-1',
    }
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
    vi.stubEnv('AWS_ENDPOINT_URL_SNS', aws.url)
    try {
      const { handler } = await import('../../functions/alert/handler.ts')
      const told = (await events()).filter(({ type }) => type !== 'QualityGateFailed')
      const envelopes = told.map((detail) => ({
        ...{ version: '0', id: crypto.randomUUID(), source: 'closeline', 'detail-type': detail.type, detail },
        ...{ account: '1', time: detail.at, region: 'eu-central-1', resources: [] },
      }))
      await untilTurnHasTime()
      // Any order, and each twice and more: the file holds each line three times by now.
      await Promise.all(envelopes.toReversed().map((envelope) => handler(envelope)))
      await handler({ task: 'flush' })
      const drifts = aws.published().map(({ Subject }) => Subject)
      expect(drifts).toEqual(subjects().filter((subject) => subject?.includes('Drift')))
    } finally {
      await aws[Symbol.asyncDispose]()
    }
  })
})

/** A data directory with simulated bets and nothing made of them: a quarter of what a start would make. */
async function makeDemoLedger(dataDir: string): Promise<void> {
  await seedDataDirectory(dataDir)
  const workspace = await openWorkspace({ dataDir, progress: silentProgress, whenHeld: 'refuse' })
  try {
    const demo = simulateLedger({ seed: 5, count: BETS, endsAtMs: workspace.clock() })
    await workspace.bets.save(demo, { importId: null })
  } finally {
    await workspace.close()
  }
}
