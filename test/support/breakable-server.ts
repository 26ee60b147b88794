import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'
import { connect, createServer } from 'node:net'

/** A door before a server: shut, nobody gets through, and the server behind it need not stop. */
export interface BreakableServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` of the door. */
  url: string
  /** Refuses connections and cuts those that stand. */
  stop(): Promise<void>
  /** Takes connections and answers nothing. */
  hang(): Promise<void>
  /** Lets through again, on the same port. */
  start(): Promise<void>
}

/** @param target  URL of the server behind the door */
export async function breakableServer(target: string): Promise<BreakableServer> {
  const { hostname, port: targetPort } = new URL(target)
  const sockets = new Set<Socket>()
  let server: Server | undefined
  let port = 0

  const open = async (onConnection: (socket: Socket) => void) => {
    await shut()
    server = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => sockets.delete(socket))
      onConnection(socket)
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  }
  const shut = async () => {
    const closing = server
    server = undefined
    if (closing === undefined) return
    const closed = once(closing, 'close')
    closing.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  const start = () => open((socket) => passOn(socket, connect(Number(targetPort), hostname)))

  await start()
  return {
    url: `http://127.0.0.1:${port}`,
    stop: shut,
    hang: () => open(() => {}),
    start,
    [Symbol.asyncDispose]: shut,
  }
}

function passOn(socket: Socket, behind: Socket): void {
  socket.pipe(behind).pipe(socket)
  behind.on('error', () => socket.destroy()).on('close', () => socket.destroy())
  socket.on('close', () => behind.destroy())
}
