import { Agent, request as httpRequest } from 'node:http'
import type { Answer } from './openapi-checker.ts'

/** A request as it goes over the wire, odd methods and targets included, which `fetch` would mend or refuse. */
export interface WireRequest {
  method: string
  /** Path and query, percent-encoded. */
  target: string
  headers: Record<string, string | string[]>
  body: string | Uint8Array | undefined
}

const TIMEOUT_MS = 20_000

/** Sends requests to one address over connections that stay open. */
export interface Wire extends Disposable {
  send(request: WireRequest): Promise<Answer>
}

/** @param connections  most connections at a time */
export function openWire(url: string, connections = 8): Wire {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  return {
    send: (request) =>
      sendOnce(agent, url, request).catch((thrown: unknown) => {
        // A server may close a connection that stands idle just when the next request is on its way; that one was not
        // looked at, and may be sent again.
        if (thrown instanceof ClosedMeanwhile) return sendOnce(agent, url, request)
        throw thrown
      }),
    [Symbol.dispose]: () => agent.destroy(),
  }
}

class ClosedMeanwhile extends Error {}

function sendOnce(agent: Agent, url: string, { method, target, headers, body }: WireRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body
    const length = bytes === undefined ? {} : { 'content-length': String(bytes.length) }
    const { hostname, port } = new URL(url)
    const options = { agent, hostname, port, method, path: target, headers: { ...length, ...headers } }
    const request = httpRequest(options, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8')
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
      })
    })
    request.setTimeout(TIMEOUT_MS, () => request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)))
    request.on('error', (cause: NodeJS.ErrnoException) => {
      const isClosed = request.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(cause.code ?? '')
      reject(isClosed ? new ClosedMeanwhile(cause.message, { cause }) : cause)
    })
    request.end(bytes)
  })
}

/** The target with what no request line may hold percent-encoded, and everything else left as it is. */
export function onTheWire(target: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return target.toWellFormed().replace(/[\u0000-\u0020\u007F-\u{10FFFF}]/gu, encodeURIComponent)
}

/** A command line that sends the same request. Keys are named, never printed. */
export function curlOf(url: string, { method, target, headers, body }: WireRequest): string {
  const shown = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value) => `-H ${quoted(`${name}: ${name === 'x-api-key' ? '$KEY' : value}`)}`),
  )
  const text = typeof body === 'string' ? body : body === undefined ? '' : Buffer.from(body).toString('latin1')
  const data =
    body === undefined ? [] : [`--data-binary ${quoted(text.length > 2000 ? `${text.slice(0, 2000)}…` : text)}`]
  return ['curl -i --path-as-is', `-X ${method}`, ...shown, ...data, quoted(`${url}${target}`)].join(' ')
}

function quoted(text: string): string {
  // Double quotes where the key is to be filled in by the shell.
  if (text.endsWith('$KEY')) return `"${text}"`
  return `'${text.replaceAll("'", `'\\''`)}'`
}
