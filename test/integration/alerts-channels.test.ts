import { SNSClient } from '@aws-sdk/client-sns'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { n8nAlertSink } from '../../shared/adapters/n8n-alert-sink.ts'
import { snsAlertSink } from '../../shared/adapters/sns-alert-sink.ts'
import { telegramAlertSink } from '../../shared/adapters/telegram-alert-sink.ts'
import type { AlertMessage } from '../../shared/alerts/message.ts'
import { driftPayload, highGradeBetPayload } from '../../shared/alerts/webhook-payload.ts'
import type { HighGradeBet } from '../../shared/config/events.ts'
import { ALERTS_AT_MS, atMinute, highGradeBet } from '../support/alert-deps.ts'
import type { N8nServer, SnsServer, TelegramServer } from '../support/alert-servers.ts'
import {
  N8N_SECRET,
  n8nServer,
  snsError,
  snsServer,
  TELEGRAM_TOKEN,
  TOPIC_ARN,
  telegramServer,
  tooMany,
} from '../support/alert-servers.ts'
import { manualClock } from '../support/manual-clock.ts'

const TIMEOUT_MS = 300

function message(title: string, lines: readonly string[] = [], more: Partial<AlertMessage> = {}): AlertMessage {
  return {
    ...{ id: '00000001-0', rule: 'drift', key: 'drift', kind: 'raised', severity: 'warning', atMs: ALERTS_AT_MS },
    ...{ channels: ['telegram'], isTest: false, content: { title, lines: [...lines], link: null, webhook: null } },
    ...more,
  }
}

const HOSTILE = [
  '<script>alert(1)</script> & <b>',
  '</b>&lt;',
  '🏀'.repeat(3000),
  'x'.repeat(10_000),
  '&'.repeat(5000),
  '\uD83D',
  '\u202Eevil',
]

/** What an error says, and all that it drags along. */
function everythingOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  return [thrown.message, thrown.stack, JSON.stringify(thrown), everythingOf(thrown.cause)].join('\n')
}

describe('the Telegram sink', () => {
  let server: TelegramServer
  const waits: number[] = []
  const clock = manualClock(ALERTS_AT_MS)
  const sleep = async (ms: number) => {
    waits.push(ms)
    clock.advance(ms)
  }
  const sinkOf = (url: string, token = TELEGRAM_TOKEN) =>
    telegramAlertSink({ token, chatId: '42', url }, { clock, sleep, timeoutMs: TIMEOUT_MS })

  beforeAll(async () => {
    server = await telegramServer()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it('writes a bold heading and a line each', async () => {
    await sinkOf(server.url).send(
      message('Data are 50 h old', ['Last change yesterday', 'a < b & c'], { kind: 'resolved' }),
    )
    expect(server.texts().at(-1)).toBe('✅ Resolved: Data are 50 h old\nLast change yesterday\na < b & c')
    expect(JSON.parse(server.requests.at(-1)?.body ?? '').text).toContain('<b>✅ Resolved: Data are 50 h old</b>\n')
  })

  it('sends whatever names there are, cut to what Telegram takes', async () => {
    const sink = sinkOf(server.url)
    for (const name of HOSTILE) {
      const before = server.texts().length
      await sink.send(message(`Grade A: ${name.toWellFormed()}`, [name.toWellFormed(), 'the end']))
      expect(server.texts()).toHaveLength(before + 1)
      expect(server.texts().at(-1)?.length).toBeLessThanOrEqual(4096)
    }
    await sink.send(
      message(
        'many',
        Array.from({ length: 400 }, (_, i) => `${i} <&> ${'y'.repeat(60)}`),
      ),
    )
    expect(server.texts().at(-1)?.length).toBeLessThanOrEqual(4096)
    expect(server.texts().at(-1)?.endsWith('\n…')).toBe(true)
  })

  it('sends one message a second', async () => {
    waits.length = 0
    const sink = sinkOf(server.url)
    for (const title of ['a', 'b', 'c']) await sink.send(message(title))
    expect(waits).toEqual([1000, 1000])
  })

  it('waits as long as it is asked to, and hands on what is longer', async () => {
    waits.length = 0
    server.troubles.push(tooMany(7))
    expect(await sinkOf(server.url).send(message('patience'))).toBe('sent')
    expect(waits).toEqual([7000])
    expect(server.texts().at(-1)).toContain('patience')
    server.troubles.push(tooMany(90))
    expect(await sinkOf(server.url).send(message('later'))).toEqual({ retryAfterMs: 90_000 })
  })

  it('tries again after a failure of the server, and gives up after the third', async () => {
    server.troubles.push({ status: 502, body: '<html>Bad Gateway</html>' }, { status: 500 })
    expect(await sinkOf(server.url).send(message('third time lucky'))).toBe('sent')
    server.troubles.push({ status: 500 }, { status: 500 }, { status: 500 })
    await expect(sinkOf(server.url).send(message('x'))).rejects.toMatchObject({ vendor: 'Telegram', retryable: true })
  })

  it('says of a refusal that it is one', async () => {
    const chat = telegramAlertSink({ token: TELEGRAM_TOKEN, chatId: '43', url: server.url }, { clock, sleep })
    await expect(chat.send(message('x'))).rejects.toMatchObject({
      message: 'status 400: Bad Request: chat not found',
      retryable: false,
    })
  })

  it('fails within its time where no answer comes, or half of one, or the connection is cut', async () => {
    for (const trouble of ['hang', 'half', 'reset'] as const) {
      server.troubles.push(trouble)
      await expect(sinkOf(server.url).send(message('x')), trouble).rejects.toMatchObject({ retryable: true })
    }
    await expect(sinkOf('http://127.0.0.1:1').send(message('x'))).rejects.toMatchObject({
      message: expect.stringContaining('no answer'),
      retryable: true,
    })
  })

  it('follows nobody elsewhere with the token', async () => {
    server.troubles.push({ status: 307, headers: { location: `${server.url}/elsewhere` } })
    await expect(sinkOf(server.url).send(message('x'))).rejects.toMatchObject({ retryable: false })
    expect(server.requests.at(-1)?.path).not.toBe('/elsewhere')
  })

  it('never tells the token', async () => {
    const bad = [
      sinkOf('http://127.0.0.1:1'),
      sinkOf('http://no-such-host.invalid'),
      sinkOf(`http://user:pass@127.0.0.1:1/${TELEGRAM_TOKEN}`),
      sinkOf(server.url, `${TELEGRAM_TOKEN}x`),
    ]
    server.troubles.length = 0
    const failures = await Promise.all(bad.map((sink) => sink.send(message('x')).then(() => '', everythingOf)))
    server.troubles.push({ status: 400, body: JSON.stringify({ ok: false, description: `bad ${TELEGRAM_TOKEN}` }) })
    failures.push(
      await sinkOf(server.url)
        .send(message('x'))
        .then(() => '', everythingOf),
    )
    for (const failure of failures) {
      expect(failure).not.toBe('')
      expect(failure).not.toContain('hunter2')
    }
  })
})

describe('the n8n sink', () => {
  let server: N8nServer
  const clock = manualClock(ALERTS_AT_MS)
  const waits: number[] = []
  const report = { timestamp: atMinute(0), total_features_checked: 25, features_with_drift: 1, extra: { psi: 0.3 } }
  const options = {
    clock,
    sleep: async (ms: number) => {
      waits.push(ms)
    },
    timeoutMs: TIMEOUT_MS,
    readReport: async (id: string) => (id === 'known.json' ? report : undefined),
  }
  const sink = () => n8nAlertSink({ url: `${server.url}/webhook/pikkit-high-grade-bet`, secret: N8N_SECRET }, options)
  const bet = highGradeBet(0) as { event: HighGradeBet }
  const withWebhook = (webhook: AlertMessage['content']['webhook'], id = '00000001-0') =>
    message('x', [], { id, content: { title: 'x', lines: [], link: null, webhook } })
  const drift = (reportId: string) =>
    driftPayload({
      ...{ type: 'DriftDetected', at: atMinute(0), reportId, modelVersion: 'a', checked: 25, driftedCount: 1 },
      drifted: [{ name: 'sport', severity: 'high', effect: 0.4 }],
      ...{ requiresRetraining: true, reason: 'x' },
    })

  beforeAll(async () => {
    server = await n8nServer(clock)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it('calls with the documented payload of a bet, signed', async () => {
    expect(await sink().send(withWebhook(highGradeBetPayload(bet.event)))).toBe('sent')
    expect(server.payloads()).toEqual([
      {
        type: 'high_grade_bet',
        grade: 'A',
        bet: {
          ...{ sport: 'Basketball', league: 'NBA', market: 'Spread', institution_name: 'Köln Wetten' },
          ...{ bet_type: 'straight', odds: 110, is_live: false, clv_percentage: null },
        },
        // 0.092 / 1.1
        prediction: { win_probability: 0.52, expected_roi: 9.2, kelly_fraction: 0.083636 },
      },
    ])
  })

  it('calls with the report of drift, or with what the event tells of it', async () => {
    await sink().send(withWebhook(drift('known.json'), 'd-1'))
    expect(server.payloads().at(-1)).toEqual({
      type: 'drift_detected',
      drift_report: report,
      requires_retraining: true,
    })
    await sink().send(withWebhook(drift('gone.json'), 'd-2'))
    expect(server.payloads().at(-1)).toEqual({
      type: 'drift_detected',
      drift_report: {
        ...{ timestamp: atMinute(0), total_features_checked: 25, features_with_drift: 1 },
        ...{ drifted_features: ['sport'], requires_retraining: true },
      },
      requires_retraining: true,
    })
  })

  it('says the same under the same delivery when it tries again, with waits that grow', async () => {
    waits.length = 0
    server.troubles.push({ status: 500 }, 'hang')
    expect(await sink().send(withWebhook(highGradeBetPayload(bet.event), 'again'))).toBe('sent')
    expect(waits).toEqual([1000, 4000])
    const [first, second, third] = server.requests
      .slice(-3)
      .map(({ headers, body }) => [headers['x-closeline-delivery'], body])
    expect([second, third]).toEqual([first, first])
  })

  it('fails after the third try, and at once where none would help', async () => {
    server.troubles.push({ status: 503 }, 'half', 'reset')
    // An answer cut short has been an answer: its status is all that counts.
    const outcome = await sink().send(withWebhook(highGradeBetPayload(bet.event), 'cut'))
    expect(outcome).toBe('sent')
    server.troubles.length = 0
    server.troubles.push({ status: 503 }, 'reset', 'hang')
    await expect(sink().send(withWebhook(highGradeBetPayload(bet.event)))).rejects.toMatchObject({ retryable: true })
    server.troubles.push({ status: 404 })
    await expect(sink().send(withWebhook(highGradeBetPayload(bet.event)))).rejects.toMatchObject({
      message: 'status 404',
      retryable: false,
    })
  })

  it('is refused under another secret', async () => {
    const other = n8nAlertSink({ url: server.url, secret: `${N8N_SECRET}x` }, options)
    await expect(other.send(withWebhook(highGradeBetPayload(bet.event)))).rejects.toMatchObject({
      message: 'status 401',
    })
  })

  it('sends nothing that it has no type for', async () => {
    const before = server.requests.length
    expect(await sink().send(message('x'))).toBe('sent')
    expect(server.requests).toHaveLength(before)
  })

  it('never tells the address or the secret', async () => {
    const gone = n8nAlertSink({ url: 'http://127.0.0.1:1/webhook/hunter2', secret: N8N_SECRET }, options)
    const failure = await gone.send(withWebhook(highGradeBetPayload(bet.event))).then(() => '', everythingOf)
    expect(failure).toContain('no answer')
    expect(failure).not.toContain('hunter2')
  })
})

describe('the SNS sink', () => {
  let server: SnsServer
  const clientOf = (url: string) =>
    new SNSClient({
      endpoint: url,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'k', secretAccessKey: 's' },
      maxAttempts: 1,
    })

  beforeAll(async () => {
    server = await snsServer()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it('publishes subject, text and attributes', async () => {
    const content = { title: 'Alarm é 🏀', lines: ['one', 'two'], link: 'RUNBOOK.md#x', webhook: null }
    await snsAlertSink(clientOf(server.url), TOPIC_ARN).send(message('', [], { severity: 'critical', content }))
    expect(server.published().at(-1)).toMatchObject({
      Subject: 'CRITICAL Alarm ? ?',
      Message:
        'Alarm é 🏀\n\none\ntwo\n\nWhat to do: RUNBOOK.md#x\n\ncritical, drift, 2026-05-12T12:00:00.000Z, message 00000001-0',
      'MessageAttributes.entry.1.Name': 'severity',
      'MessageAttributes.entry.1.Value.StringValue': 'critical',
    })
  })

  it('publishes whatever names there are', async () => {
    for (const name of HOSTILE) {
      const before = server.published().length
      await snsAlertSink(clientOf(server.url), TOPIC_ARN).send(message(name.toWellFormed()))
      expect(server.published()).toHaveLength(before + 1)
    }
  })

  it('tells failures that may pass from those that will not', async () => {
    const sink = snsAlertSink(clientOf(server.url), TOPIC_ARN)
    server.troubles.push(snsError(500, 'InternalError', 'x'))
    await expect(sink.send(message('x'))).rejects.toMatchObject({ vendor: 'SNS', retryable: true })
    server.troubles.push(snsError(400, 'Throttled', 'Rate exceeded'))
    await expect(sink.send(message('x'))).rejects.toMatchObject({ retryable: true })
    server.troubles.push('reset')
    await expect(sink.send(message('x'))).rejects.toMatchObject({ retryable: true })
    await expect(snsAlertSink(clientOf(server.url), `${TOPIC_ARN}-gone`).send(message('x'))).rejects.toMatchObject({
      message: 'Topic does not exist',
      retryable: false,
    })
  })
})
