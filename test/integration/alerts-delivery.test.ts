import { appendFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readAlertSettings, writeAlertSettings } from '../../bin/alert-channels.ts'
import { startAlertDelivery } from '../../bin/alert-delivery.ts'
import { fileEventPublisher } from '../../shared/adapters/file-event-publisher.ts'
import { fileObjectStore } from '../../shared/adapters/file-object-store.ts'
import type { DomainEvent } from '../../shared/config/events.ts'
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
import { memoryLogger } from '../support/memory-logger.ts'
import { memoryMetrics } from '../support/memory-metrics.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** As `npm start` delivers: events in a file, state in a folder, channels over HTTP. */
describe('alerts on one machine', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let telegram: TelegramServer
  let n8n: N8nServer
  let sns: SnsServer
  let root: string
  let eventsFile: string

  beforeAll(async () => {
    ;[folder, telegram, n8n, sns] = await Promise.all([
      temporaryFolder(),
      telegramServer(),
      n8nServer(Date.now),
      snsServer(),
    ])
    root = folder.path
    eventsFile = join(root, 'events.jsonl')
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'k')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 's')
    await writeAlertSettings(root, {
      telegram: { token: TELEGRAM_TOKEN, chatId: '42', url: telegram.url },
      n8n: { url: `${n8n.url}/webhook/bets`, secret: N8N_SECRET },
      sns: { topicArn: TOPIC_ARN, region: 'eu-central-1', url: sns.url },
    })
  })

  afterAll(async () => {
    vi.unstubAllEnvs()
    for (const each of [telegram, n8n, sns, folder]) await each[Symbol.asyncDispose]()
  })

  /** Delivers until a condition holds, as one process does. */
  async function deliverUntil(isDone: () => boolean | Promise<boolean>): Promise<string[]> {
    const lines: string[] = []
    const workspace = {
      ...{ objects: fileObjectStore(join(root, 'objects')), directory: { root, eventsFile } },
      ...{ clock: Date.now, sleep: async () => {}, logger: memoryLogger(), metrics: memoryMetrics() },
    }
    const delivery = startAlertDelivery(workspace, { lookMs: 20, flushMs: 50, write: (line) => lines.push(line) })
    try {
      await vi.waitUntil(isDone, { timeout: 20_000, interval: 20 })
    } finally {
      await delivery.stop()
    }
    expect(workspace.logger.of('alert_delivery_failed')).toEqual([])
    return lines
  }

  const at = new Date().toISOString()
  const failed: DomainEvent = {
    ...{ type: 'QualityGateFailed', at, runId: 'run-1', bets: 10 },
    failed: [{ name: 'min_records', value: 10, low: 100, high: null }],
  }
  const bet = (market: string): DomainEvent => ({
    ...{ type: 'HighGradeBet', at, requestId: market, sport: 'Tennis', league: 'ATP', market, book: 'X' },
    ...{ betType: 'straight', isLive: false, decimalOdds: 2, americanOdds: 100, grade: 'B', winProbability: 0.53 },
    ...{ expectedRoiPct: 6, confidence: 0.6, recommendedStakePct: 1.5, modelVersion: 'm', origin: 'own' },
  })
  const overview = async () => describeAlerts(fileObjectStore(join(root, 'objects')), 100, Date.now())
  const sentOf = async (channel: string) =>
    (await overview()).messages.flatMap(({ channels }) =>
      channels.filter((each) => each.channel === channel && each.outcome === 'sent'),
    ).length

  it('keeps what the channels need where only its owner can read it', async () => {
    expect((await stat(join(root, 'alert-channels.json'))).mode & 0o777).toBe(0o600)
    expect((await readAlertSettings(root)).telegram?.token).toBe(TELEGRAM_TOKEN)
  })

  it('are sent by every channel once, through answers that ask to wait, fail or never come', async () => {
    telegram.troubles.push(tooMany(1), { status: 502 })
    n8n.troubles.push({ status: 500 }, 'reset')
    await fileEventPublisher(eventsFile).publish([failed, bet('Moneyline')])
    const lines = await deliverUntil(async () => (await sentOf('telegram')) === 2 && n8n.payloads().length === 1)
    expect(telegram.texts().map((text) => text.split('\n')[0])).toEqual([
      '🟠 Data quality gate failed: 1 check',
      '🔵 Grade B: ATP, Moneyline',
    ])
    expect(sns.published()).toHaveLength(1)
    expect(n8n.payloads()).toMatchObject([{ type: 'high_grade_bet', grade: 'B' }])
    expect(lines).toHaveLength(2)
  })

  it('are not sent again by the next process, which goes on where the first stood', async () => {
    await appendFile(eventsFile, `${JSON.stringify(failed)}\nno event\n${JSON.stringify(bet('Spread')).slice(0, 40)}`)
    await fileEventPublisher(eventsFile).publish([bet('Total')])
    const lines = await deliverUntil(async () => (await sentOf('telegram')) === 3)
    expect(lines).toHaveLength(1)
    expect(telegram.texts().at(-1)).toContain('Total')
    expect(telegram.texts()).toHaveLength(3)
    expect(sns.published()).toHaveLength(1)
    expect((await overview()).open.map(({ rule }) => rule)).toEqual(['quality-gate'])
  })

  it('say in one line what is wrong with the channels’ file, and quote nothing of it', async () => {
    await writeFile(join(root, 'alert-channels.json'), `{"telegram":{"token":"${TELEGRAM_TOKEN}"}}`)
    await expect(readAlertSettings(root)).rejects.toMatchObject({ message: expect.stringContaining('telegram.chatId') })
    await expect(readAlertSettings(root)).rejects.toMatchObject({ message: expect.not.stringContaining('hunter2') })
  })
})
