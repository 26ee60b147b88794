import { once } from 'node:events'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** What a server is to do with its next request in place of answering it as it should. */
export type Trouble =
  | { status: number; body?: string; headers?: Record<string, string> }
  /** Never answers. */
  | 'hang'
  /** Cuts the connection. */
  | 'reset'
  /** Begins an answer and ends the connection in its midst. */
  | 'half'

export interface ScriptedRequest {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: string
}

/** A real HTTP server on this machine that can be told to misbehave. */
export interface ScriptedServer extends AsyncDisposable {
  url: string
  /** Every request, answered or not. */
  requests: ScriptedRequest[]
  /** What to do with the next requests, one each. */
  troubles: Trouble[]
}

/** @param answer  answers a request for which there is no trouble */
export async function scriptedServer(
  answer: (request: ScriptedRequest) => { status: number; body: string; type?: string },
): Promise<ScriptedServer> {
  const requests: ScriptedRequest[] = []
  const troubles: Trouble[] = []
  const sockets = new Set<Socket>()
  const server = createServer(async (incoming, response) => {
    let body = ''
    for await (const chunk of incoming) body += String(chunk)
    const request = { method: incoming.method ?? '', path: incoming.url ?? '', headers: incoming.headers, body }
    requests.push(request)
    const trouble = troubles.shift()
    if (trouble !== undefined) return makeTrouble(response, trouble)
    const { status, body: text, type = 'application/json' } = answer(request)
    response.writeHead(status, { 'content-type': type }).end(text)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    ...{ requests, troubles, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function makeTrouble(response: ServerResponse, trouble: Trouble): void {
  if (trouble === 'hang') return
  if (trouble === 'reset') {
    response.socket?.resetAndDestroy()
    return
  }
  if (trouble === 'half') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
    response.write('{"ok":')
    response.socket?.end()
    return
  }
  response
    .writeHead(trouble.status, { 'content-type': 'application/json', ...trouble.headers })
    .end(trouble.body ?? '{}')
}
