import type { IncomingHttpHeaders } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { messageOf } from '../../shared/kernel/errors.ts'

/** What a double of a service is asked, as it came over the wire. */
export interface WireRequest {
  method: string
  /** Path and query as they were sent. */
  target: string
  url: URL
  headers: IncomingHttpHeaders
  /** Names and values of the headers as they were sent, one after the other. */
  rawHeaders: readonly string[]
  body: Buffer
  /** Address of the caller. */
  address: string
}

export interface WireAnswer {
  status: number
  headers?: Record<string, string | readonly string[]>
  body?: string | Uint8Array
}

export type Answerer = (request: WireRequest) => WireAnswer | Promise<WireAnswer>

/** An HTTP server on a loopback port. */
export interface WireServer extends AsyncDisposable {
  url: string
  port: number
}

/** Starts one; what `answer` throws is a 500 that says so. */
export async function startWireServer(answer: Answerer): Promise<WireServer> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const target = request.url ?? '/'
      const asked: WireRequest = {
        ...{ method: request.method ?? 'GET', target, url: new URL(target, 'http://local') },
        ...{ headers: request.headers, rawHeaders: request.rawHeaders, body: Buffer.concat(chunks) },
        address: request.socket.remoteAddress ?? '127.0.0.1',
      }
      void answerOrSay(answer, asked).then(({ status, headers = {}, body = '' }) => {
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
        response.writeHead(status).end(body)
      })
    })
  })
  // Frozen callers keep connections that they cannot close.
  server.keepAliveTimeout = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    ...{ url: `http://127.0.0.1:${port}`, port },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function answerOrSay(answer: Answerer, request: WireRequest): Promise<WireAnswer> {
  try {
    return await answer(request)
  } catch (thrown) {
    return jsonAnswer(500, { __type: 'InternalFailure', message: messageOf(thrown) })
  }
}

export function jsonAnswer(status: number, body: unknown, headers: Record<string, string> = {}): WireAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
}

/** What a service refuses, by the code that its clients know. */
export class ServiceRefusal extends Error {
  override readonly name = 'ServiceRefusal'
  readonly code: string
  readonly status: number

  constructor(code: string, message: string, status = 400) {
    super(message)
    this.code = code
    this.status = status
  }
}
