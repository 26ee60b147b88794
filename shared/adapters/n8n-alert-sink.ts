import { createHmac } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import * as z from 'zod'
import type { AlertSink } from '../alerts/alert-sink.ts'
import type { Webhook } from '../alerts/webhook-payload.ts'
import { UpstreamError } from '../kernel/errors.ts'
import type { Clock, Sleep } from '../kernel/ports.ts'
import { isRetryableStatus } from '../kernel/retryable.ts'

const VENDOR = 'n8n'

/** Where a webhook is, and what its calls are signed with. */
export const n8nSecretSchema = z.object({
  url: z.url({ protocol: /^https?$/ }),
  secret: z.string().min(16),
})

export type N8nSecret = z.output<typeof n8nSecretSchema>

const TIMEOUT_MS = 10_000
const WAITS_MS = [1000, 4000]

export interface N8nOptions {
  /** The whole report that an event of drift names; undefined where there is none. */
  readReport: (reportId: string) => Promise<object | undefined>
  clock?: Clock
  sleep?: Sleep
  timeoutMs?: number
}

/**
 * An {@link AlertSink} that calls a webhook with the typed payloads of the old system; messages without one are not sent.
 *
 * Each call bears `x-closeline-delivery`, the same at each try, by which a receiver knows one that comes twice;
 * `x-closeline-timestamp`, seconds since 1970; and `x-closeline-signature`, `sha256=` and the HMAC-SHA256 in hex, under the
 * shared secret, of timestamp, a full stop and the body.
 */
export function n8nAlertSink(
  secret: N8nSecret,
  { readReport, clock = Date.now, sleep = wait as Sleep, timeoutMs = TIMEOUT_MS }: N8nOptions,
): AlertSink {
  return {
    name: 'n8n',
    async send({ id, content, isTest }) {
      if (content.webhook === null) return 'sent'
      const body = JSON.stringify(await payloadOf(content.webhook, readReport))
      const marks = { 'x-closeline-delivery': id, ...(isTest ? { 'x-closeline-test': 'true' } : {}) }
      for (let attempt = 0; ; attempt++) {
        const headers = { ...marks, ...signed(body, secret.secret, clock()) }
        const failure = await post(secret.url, { body, headers, timeoutMs })
        if (failure === undefined) return 'sent'
        const waitMs = WAITS_MS[attempt]
        if (waitMs === undefined || !failure.retryable) throw failure
        await sleep(waitMs)
      }
    },
  }
}

async function payloadOf(webhook: Webhook, readReport: N8nOptions['readReport']): Promise<object> {
  if (webhook.type === 'high_grade_bet') return webhook
  const { report_id, drift_report, ...payload } = webhook
  return { type: payload.type, drift_report: (await readReport(report_id)) ?? drift_report, requires_retraining: true }
}

/** @example signed('{}', secret, 1_700_000_000_000)['x-closeline-timestamp'] // '1700000000' */
function signed(body: string, secret: string, nowMs: number): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1000))
  const digest = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
  return { 'x-closeline-timestamp': timestamp, 'x-closeline-signature': `sha256=${digest}` }
}

/** One call; the failure where it was not taken. The address may hold a secret, so no failure quotes anything. */
async function post(
  url: string,
  { body, headers: marks, timeoutMs }: { body: string; headers: Record<string, string>; timeoutMs: number },
): Promise<UpstreamError | undefined> {
  const headers = { 'content-type': 'application/json', ...marks }
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' })
    await response.body?.cancel()
    if (response.ok) return undefined
    return new UpstreamError(VENDOR, `status ${response.status}`, { retryable: isRetryableStatus(response.status) })
  } catch (thrown) {
    return new UpstreamError(VENDOR, `no answer: ${nameOf(thrown)}`)
  }
}

function nameOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'failed'
  const { cause } = thrown
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? code : thrown.name
}
