import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** What a connection is doing. */
interface Connection {
  /** Its latest request; undefined until the first one's headers are complete. */
  request: IncomingMessage | undefined
  response: ServerResponse | undefined
}

/**
 * Keeps a server's connections at most `most`, at the cost of those who hold one without using it.
 *
 * A connection above the cap takes the place of the oldest one that has not sent a request's headers, else of the oldest
 * that is still sending a body, else of the oldest that is idle. It is refused itself where all others are being
 * answered. So a client that sends its request at once gets its answer, however many hold connections open and send a
 * byte now and then.
 *
 * @param onEvicted  told of each connection that was closed or refused
 */
export function capConnections(server: Server, most: number, onEvicted: () => void): void {
  const connections = new Map<Socket, Connection>()
  server.on('connection', (socket: Socket) => {
    if (connections.size >= most) {
      const victim = leastUseful(connections) ?? socket
      victim.destroy()
      connections.delete(victim)
      onEvicted()
      if (victim === socket) return
    }
    connections.set(socket, { request: undefined, response: undefined })
    socket.once('close', () => connections.delete(socket))
  })
  const note = (request: IncomingMessage, response: ServerResponse) => {
    const connection = connections.get(request.socket)
    if (connection === undefined) return
    connection.request = request
    connection.response = response
  }
  server.on('request', note)
  server.on('checkContinue', note)
}

function leastUseful(connections: Map<Socket, Connection>): Socket | undefined {
  let sending: Socket | undefined
  let idle: Socket | undefined
  for (const [socket, { request, response }] of connections) {
    if (request === undefined || response === undefined) return socket
    if (response.writableFinished) idle ??= socket
    else if (!request.complete) sending ??= socket
  }
  return sending ?? idle
}
