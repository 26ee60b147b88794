import { setTimeout as wait } from 'node:timers/promises'
import * as z from 'zod'
import type { AlertSink } from '../alerts/alert-sink.ts'
import { UpstreamError } from '../kernel/errors.ts'
import { jsonOrUndefined } from '../kernel/json-text.ts'
import type { Clock, Sleep } from '../kernel/ports.ts'
import { isRetryableStatus } from '../kernel/retryable.ts'
import { telegramHtml } from './telegram-html.ts'

const VENDOR = 'Telegram'

/** What a bot needs to write into a chat. */
export const telegramSecretSchema = z.object({
  token: z.string().regex(/^[\w:-]{3,200}$/),
  /** Number of a chat, or name of a channel with its @. */
  chatId: z.union([z.string().min(1), z.int()]).transform(String),
  /** Server of the Bot API. */
  url: z.url({ protocol: /^https?$/ }).default('https://api.telegram.org'),
})

export type TelegramSecret = z.output<typeof telegramSecretSchema>

/** Telegram takes one message a second into a chat. */
const PACE_MS = 1000
const TIMEOUT_MS = 10_000
/** A wait that Telegram asks for is kept here where it is so short; longer ones are the caller's. */
const LONGEST_WAIT_MS = 10_000
const TRIES = 3

const answerSchema = z.object({
  ok: z.boolean(),
  description: z.string().optional(),
  parameters: z.object({ retry_after: z.number().nonnegative().optional() }).optional(),
})

export interface TelegramOptions {
  clock?: Clock
  sleep?: Sleep
  timeoutMs?: number
}

type Answer = { status: number } & Partial<z.infer<typeof answerSchema>>

/**
 * An {@link AlertSink} that writes into a Telegram chat.
 *
 * The bot's token is a part of the address: neither an error nor its cause bears anything that could quote that.
 *
 * @see Telegram, "Bot API", sendMessage, ResponseParameters; "Bots FAQ", limits
 */
export function telegramAlertSink(
  secret: TelegramSecret,
  { clock = Date.now, sleep = wait as Sleep, timeoutMs = TIMEOUT_MS }: TelegramOptions = {},
): AlertSink {
  let freeAtMs = 0
  async function post(body: string): Promise<Answer> {
    const nowMs = clock()
    if (nowMs < freeAtMs) await sleep(freeAtMs - nowMs)
    try {
      return await request(secret, body, timeoutMs)
    } finally {
      freeAtMs = clock() + PACE_MS
    }
  }
  return {
    name: 'telegram',
    async send(message) {
      const body = JSON.stringify({
        chat_id: secret.chatId,
        text: telegramHtml(message),
        parse_mode: 'HTML',
        link_preview_options: { is_disabled: true },
        disable_notification: message.severity === 'notice' || message.severity === 'info',
      })
      for (let attempt = 1; ; attempt++) {
        const answer = await post(body)
        if (answer.ok === true) return 'sent'
        const retryAfterMs = (answer.parameters?.retry_after ?? 0) * 1000
        if (answer.status === 429 && retryAfterMs > LONGEST_WAIT_MS) return { retryAfterMs }
        if (attempt === TRIES || !isRetryableStatus(answer.status)) throw refusal(answer, secret)
        await sleep(Math.max(retryAfterMs, PACE_MS * attempt))
      }
    },
  }
}

async function request({ url, token }: TelegramSecret, body: string, timeoutMs: number): Promise<Answer> {
  const headers = { 'content-type': 'application/json' }
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(`${url}/bot${token}/sendMessage`, {
      method: 'POST',
      headers,
      body,
      signal,
      redirect: 'manual',
    })
    const parsed = answerSchema.safeParse(jsonOrUndefined(await response.text()))
    return { status: response.status, ...(parsed.success ? parsed.data : {}) }
  } catch (thrown) {
    throw new UpstreamError(VENDOR, `no answer: ${nameOf(thrown)}`)
  }
}

function refusal({ status, description }: Answer, { token }: TelegramSecret): UpstreamError {
  const words = (description ?? 'no description').replaceAll(token, '***').slice(0, 200)
  return new UpstreamError(VENDOR, `status ${status}: ${words}`, { retryable: isRetryableStatus(status) })
}

/** What went wrong, without the words, which may quote the address. */
function nameOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'failed'
  const { cause } = thrown
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? code : thrown.name
}
