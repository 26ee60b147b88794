import type { ServerType } from '@hono/node-server'
import { serve } from '@hono/node-server'
import { DomainError } from '../shared/kernel/errors.ts'
import type { Fetch } from './gateway.ts'

/** A door that answers 503 until it is opened. */
export interface Gate {
  fetch: Fetch
  open(fetch: Fetch): void
}

/** Answers 503 until the product is ready. */
export function createGate(): Gate {
  let behind: Fetch = () => {
    const problem = { type: 'urn:closeline:problem:starting', title: 'Closeline is starting', status: 503 }
    const body = {
      ...problem,
      detail: 'the ledger is being read; try again in a few seconds',
      errors: [],
      requestId: '',
    }
    const headers = { 'content-type': 'application/problem+json', 'retry-after': '5' }
    return new Response(JSON.stringify(body), { status: 503, headers })
  }
  return {
    fetch: (request) => behind(request),
    open: (fetch) => {
      behind = fetch
    },
  }
}

/** Listens on the loopback address. @throws {DomainError} `port_unavailable` */
export function listen(fetch: Fetch, port: number): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname: '127.0.0.1', port }, () => resolve(server))
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const isTaken = cause.code === 'EADDRINUSE'
      const sentence = isTaken ? 'is in use: name another with --port' : `cannot be opened: ${cause.message}`
      reject(new DomainError('port_unavailable', `port ${port} ${sentence}`, { cause }))
    })
  })
}

/** Closes the server and every connection to it. */
export async function closeServer(server: ServerType): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  if ('closeAllConnections' in server) server.closeAllConnections()
  await closed
}
