import { createHmac } from 'node:crypto'
import type { ScriptedServer } from './scripted-server.ts'
import { scriptedServer } from './scripted-server.ts'

export const TELEGRAM_TOKEN = '12345:test-token-hunter2'
export const N8N_SECRET = 'a-secret-of-n8n-hunter2'
export const TOPIC_ARN = 'arn:aws:sns:eu-central-1:123456789012:closeline-dev-alerts'

/** A server that speaks Telegram's Bot API as far as sendMessage, and minds its rules. */
export interface TelegramServer extends ScriptedServer {
  /** Texts of the messages taken, as a reader sees them. */
  texts(): string[]
}

const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' }

export async function telegramServer(): Promise<TelegramServer> {
  const taken: string[] = []
  const server = await scriptedServer(({ method, path, body }) => {
    if (method !== 'POST' || path !== `/bot${TELEGRAM_TOKEN}/sendMessage`) return refused(401, 'Unauthorized')
    const { chat_id, text, parse_mode } = JSON.parse(body) as Record<string, unknown>
    if (chat_id !== '42') return refused(400, 'Bad Request: chat not found')
    if (typeof text !== 'string' || parse_mode !== 'HTML') return refused(400, 'Bad Request: message text is empty')
    const shown = parseHtml(text)
    if (shown === undefined) return refused(400, "Bad Request: can't parse entities")
    if (shown.length === 0) return refused(400, 'Bad Request: message text is empty')
    if (shown.length > 4096) return refused(400, 'Bad Request: message is too long')
    taken.push(shown)
    return { status: 200, body: JSON.stringify({ ok: true, result: { message_id: taken.length } }) }
  })
  return { ...server, texts: () => taken }
}

/** The text that such HTML shows; undefined where it is none: any tag but bold, or a bare `<`, `>` or `&`. */
function parseHtml(text: string): string | undefined {
  const open = text.match(/<b>/g)?.length ?? 0
  if (open !== (text.match(/<\/b>/g)?.length ?? 0)) return undefined
  const bare = text.replaceAll(/<\/?b>/g, '')
  const rest = bare.replaceAll(/&(amp|lt|gt|quot);/g, '')
  if (/[<>&]/.test(rest) || !text.isWellFormed()) return undefined
  return bare.replaceAll(/&(amp|lt|gt|quot);/g, (entity) => ENTITIES[entity] ?? '')
}

function refused(status: number, description: string) {
  return { status, body: JSON.stringify({ ok: false, error_code: status, description }) }
}

/** Telegram's answer to too many requests. */
export function tooMany(seconds: number) {
  const description = `Too Many Requests: retry after ${seconds}`
  return {
    status: 429,
    body: JSON.stringify({ ok: false, error_code: 429, description, parameters: { retry_after: seconds } }),
  }
}

/** A server that takes webhooks as an n8n workflow does that checks who calls. */
export interface N8nServer extends ScriptedServer {
  /** Payloads taken; one that comes twice under the same delivery is taken once. */
  payloads(): unknown[]
}

export async function n8nServer(nowMs: () => number): Promise<N8nServer> {
  const taken = new Map<string, unknown>()
  const server = await scriptedServer(({ headers, body }) => {
    const timestamp = String(headers['x-closeline-timestamp'])
    const digest = createHmac('sha256', N8N_SECRET).update(`${timestamp}.${body}`).digest('hex')
    const isFresh = Math.abs(nowMs() / 1000 - Number(timestamp)) < 300
    if (headers['x-closeline-signature'] !== `sha256=${digest}` || !isFresh) return { status: 401, body: '{}' }
    taken.set(String(headers['x-closeline-delivery']), JSON.parse(body))
    return { status: 200, body: '{"message":"Workflow was started"}' }
  })
  return { ...server, payloads: () => [...taken.values()] }
}

/** A server that speaks SNS' query protocol as far as Publish. */
export interface SnsServer extends ScriptedServer {
  /** Parameters of the messages taken. */
  published(): Record<string, string>[]
}

export async function snsServer(): Promise<SnsServer> {
  const taken: Record<string, string>[] = []
  const server = await scriptedServer(({ body }) => {
    const parameters = Object.fromEntries(new URLSearchParams(body))
    const { Action, TopicArn, Message = '', Subject = '' } = parameters
    if (Action !== 'Publish' || TopicArn !== TOPIC_ARN) return snsError(404, 'NotFound', 'Topic does not exist')
    const isSubject = /^[ -~]{1,100}$/.test(Subject) && Subject === Subject.trim()
    if (!isSubject || Message === '') return snsError(400, 'InvalidParameter', 'Invalid parameter: Subject')
    taken.push(parameters)
    const id = `<MessageId>message-${taken.length}</MessageId>`
    return xml(200, `<PublishResponse xmlns="${SNS_NAMESPACE}"><PublishResult>${id}</PublishResult></PublishResponse>`)
  })
  return { ...server, published: () => taken }
}

const SNS_NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/'

export function snsError(status: number, code: string, message: string) {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`
  return xml(status, `<ErrorResponse xmlns="${SNS_NAMESPACE}">${error}<RequestId>r</RequestId></ErrorResponse>`)
}

function xml(status: number, body: string) {
  return { status, body, type: 'text/xml' }
}
