import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:http'
import * as z from 'zod'
import { messageOf, UpstreamError } from '../kernel/errors.ts'
import { jsonOrUndefined } from '../kernel/json-text.ts'
import type { Logger } from '../kernel/ports.ts'

/** One invocation, as the Extensions API tells of it. */
export interface InvocationNotice {
  requestId: string
  /** When Lambda ends the invocation, milliseconds since the epoch. */
  deadlineMs: number
}

/** A part of the function's own process that Lambda asks before it freezes the process. */
export interface LambdaExtension {
  /**
   * Says that all is done, and waits for the next invocation: until it is called, the process is not frozen.
   *
   * @throws {UpstreamError} where the Extensions API does not answer
   */
  next(): Promise<InvocationNotice>
}

const VENDOR = 'Lambda'
const VERSION = '/2020-01-01/extension'
const NAME = 'closeline'

const noticeSchema = z.object({ requestId: z.string(), deadlineMs: z.number() })

/**
 * Registers this process as an internal extension, which is possible only while the function starts. Lambda then answers
 * the caller as soon as the handler has, lets the process go on until {@link LambdaExtension.next}, and sends it SIGTERM
 * half a second before it ends it.
 *
 * @param runtimeApi  host and port, as AWS_LAMBDA_RUNTIME_API has them
 * @throws {UpstreamError} where there is no Extensions API
 * @see AWS, "Using the Lambda Extensions API to create extensions", Lambda developer guide; U. Segev, "Running code after
 *   returning a response from an AWS Lambda function", AWS Compute Blog, 2024
 */
export async function registerLambdaExtension(runtimeApi: string): Promise<LambdaExtension> {
  // Not fetch: it gives up on an answer after five minutes, and the next invocation may be an hour away.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = (path: string, options: { method: string; headers: Record<string, string>; body?: string }) =>
    send(`http://${runtimeApi}${VERSION}${path}`, { ...options, agent })
  const headers = { 'lambda-extension-name': NAME, 'content-type': 'application/json' }
  const registered = await ask('/register', { method: 'POST', headers, body: '{"events":["INVOKE"]}' })
  const id = registered.message.headers['lambda-extension-identifier']
  if (registered.message.statusCode !== 200 || typeof id !== 'string') throw refusal('register', registered.message)
  return {
    async next() {
      const { message, text } = await ask('/event/next', {
        method: 'GET',
        headers: { 'lambda-extension-identifier': id },
      })
      if (message.statusCode !== 200) throw refusal('event/next', message)
      const notice = noticeSchema.safeParse(jsonOrUndefined(text))
      if (notice.success) return notice.data
      throw new UpstreamError(VENDOR, 'the Extensions API tells of something that is no invocation')
    },
  }
}

/** The same; undefined where this is not Lambda, or Lambda has no extensions, which is logged. */
export async function findLambdaExtension(
  runtimeApi: string | undefined,
  logger: Pick<Logger, 'warn'>,
): Promise<LambdaExtension | undefined> {
  if (runtimeApi === undefined) return undefined
  try {
    return await registerLambdaExtension(runtimeApi)
  } catch (thrown) {
    logger.warn('extension_not_registered', { cause: messageOf(thrown) })
    return undefined
  }
}

function refusal(path: string, { statusCode }: IncomingMessage): UpstreamError {
  return new UpstreamError(VENDOR, `the Extensions API answered ${path} with ${statusCode}`, { retryable: false })
}

interface Sent {
  method: string
  headers: Record<string, string>
  agent: Agent
  body?: string
}

function send(url: string, { body, ...options }: Sent): Promise<{ message: IncomingMessage; text: string }> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) =>
      reject(new UpstreamError(VENDOR, `the Extensions API is out of reach: ${messageOf(cause)}`, { cause }))
    const sent = request(url, options, (message) => {
      let text = ''
      message.setEncoding('utf8')
      message.on('data', (chunk: string) => {
        text += chunk
      })
      message.on('end', () => resolve({ message, text }))
      message.on('error', fail)
    })
    sent.on('error', fail)
    sent.end(body)
  })
}
