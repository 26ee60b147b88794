import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { getRequestListener } from '@hono/node-server'
import { problemType } from '../shared/http/problem-kinds.ts'
import { DomainError } from '../shared/kernel/errors.ts'
import { announcesTooMuch, cutOffBody } from './body-cut-off.ts'
import { capConnections } from './connection-cap.ts'
import type { Fetch } from './gateway.ts'

const HOST = '127.0.0.1'

/** How long a client may take, and how much it may hold. */
export interface ServerLimits {
  /** For all headers of a request. */
  headersTimeoutMs: number
  /** For a request as a whole, its body included. */
  requestTimeoutMs: number
  /** Between two requests of a connection. */
  keepAliveTimeoutMs: number
  /** Without a byte in either direction: a client that does not read its answer. */
  silenceTimeoutMs: number
  maxHeaderBytes: number
  maxConnections: number
}

export const SERVER_LIMITS: ServerLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 15_000,
  silenceTimeoutMs: 120_000,
  maxHeaderBytes: 16_384,
  maxConnections: 1_000,
}

/** How often connections are looked at for those that have taken too long. */
const CHECK_MS = 2_000

/** A door that answers 503 until it is opened. */
export interface Gate {
  fetch: Fetch
  open(fetch: Fetch): void
}

/** Answers 503 until the product is ready. */
export function createGate(): Gate {
  let behind: Fetch = () => problemAnswer(503, STARTING, { 'retry-after': '5' })
  return {
    fetch: (request, env) => behind(request, env),
    open: (fetch) => {
      behind = fetch
    },
  }
}

export interface ListenOptions {
  limits?: Partial<ServerLimits>
  /** Told why a connection was cut off before its request came to an app: once for each reason and second. */
  onRefused?: (reason: string, count: number) => void
}

/**
 * Listens on the loopback address, and is not to be held up by clients that are slow or send what is no HTTP.
 *
 * @throws {DomainError} `port_unavailable`
 */
export function listen(fetch: Fetch, port: number, options: ListenOptions = {}): Promise<Server> {
  layOutRequestsAsYoung()
  const limits = { ...SERVER_LIMITS, ...options.limits }
  const refused = countRefusals(options.onRefused)
  const answer = getRequestListener((request, env) => fetch(request, env), { hostname: HOST, errorHandler: unreadable })
  const serve = (request: IncomingMessage, response: ServerResponse) => {
    if (announcesTooMuch(request)) cutOffBody(request, response)
    void answer(request, response)
  }
  const server = createServer(serverOptions(limits), serve)
  // One who asks before sending is told to go on only where that makes sense.
  server.on('checkContinue', (request, response) => {
    if (!announcesTooMuch(request)) response.writeContinue()
    serve(request, response)
  })
  server.setTimeout(limits.silenceTimeoutMs)
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    refused(error.code ?? 'unknown')
    refuseSocket(error, socket)
  })
  capConnections(server, limits.maxConnections, () => refused('too_many_connections'))
  return new Promise((resolve, reject) => {
    server.listen(port, HOST, () => resolve(server))
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const isTaken = cause.code === 'EADDRINUSE'
      const sentence = isTaken ? 'is in use: name another with --port' : `cannot be opened: ${cause.message}`
      reject(new DomainError('port_unavailable', `port ${port} ${sentence}`, { cause }))
    })
  })
}

/**
 * Keeps V8 from laying out objects as old that it takes for long-lived by the line of code that makes them. What a line
 * makes at the start lives long; what it makes for a request, laid out as old, keeps alive all that it refers to until the
 * next full collection: measured collections take 20 to 50 ms instead of 1 to 2, while no request is answered.
 */
function layOutRequestsAsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring')
}

/** Closes the server and every connection to it. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}

interface Problem {
  code: string
  title: string
  detail: string
}

const STARTING: Problem = {
  code: 'starting',
  title: 'Closeline is starting',
  detail: 'the ledger is being read; try again in a few seconds',
}
const MALFORMED: Problem = {
  code: 'malformed_request',
  title: 'The request cannot be understood',
  detail: 'this is no HTTP request that can be answered',
}
const TOO_SLOW: Problem = {
  code: 'request_timeout',
  title: 'The request took too long',
  detail: 'the whole request must arrive in time',
}
const HEADERS_TOO_LARGE: Problem = {
  code: 'headers_too_large',
  title: 'The headers are too large',
  detail: 'the headers of a request have at most 16 kB',
}

/** What Node's parser refuses, by the code of its error. */
const PARSER_PROBLEMS: Partial<Record<string, [status: number, reason: string, problem: Problem]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', HEADERS_TOO_LARGE],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', TOO_SLOW],
}

function serverOptions(limits: ServerLimits) {
  return {
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    maxHeaderSize: limits.maxHeaderBytes,
    connectionsCheckingInterval: Math.min(CHECK_MS, limits.headersTimeoutMs),
  }
}

/** Answers a request that no URL can be made of. */
function unreadable(): Response {
  return problemAnswer(400, MALFORMED)
}

/** Answers on the bare socket what never became a request. */
function refuseSocket(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, reason, problem] = PARSER_PROBLEMS[error.code ?? ''] ?? [400, 'Bad Request', MALFORMED]
  const body = problemText(status, problem)
  const head = `HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n`
  socket.end(
    `${head}X-Content-Type-Options: nosniff\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  )
}

function problemAnswer(status: number, problem: Problem, headers: Record<string, string> = {}): Response {
  const type = { 'content-type': 'application/problem+json', 'x-content-type-options': 'nosniff' }
  return new Response(problemText(status, problem), { status, headers: { ...type, ...headers } })
}

function problemText(status: number, { code, title, detail }: Problem): string {
  return JSON.stringify({ type: problemType(code), title, status, detail, errors: [], requestId: '' })
}

/** Tells of refusals a second at a time: ten thousand slow clients are not ten thousand lines. */
function countRefusals(tell: ListenOptions['onRefused']): (reason: string) => void {
  const counts = new Map<string, number>()
  return (reason) => {
    if (tell === undefined) return
    counts.set(reason, (counts.get(reason) ?? 0) + 1)
    if (counts.size > 1 || counts.get(reason) !== 1) return
    setTimeout(() => {
      for (const [each, count] of counts) tell(each, count)
      counts.clear()
    }, 1000).unref()
  }
}
