import type { IncomingMessage, ServerResponse } from 'node:http'
import { MAX_BODY_BYTES } from '../shared/http/body-limit.ts'

/** How long, and for how much, a refused sender is listened to, so that it can read why it was refused. */
const LINGER_MS = 500
const LINGER_BYTES = 4 * 1_048_576

/** Whether a request announces a body that no app takes. */
export function announcesTooMuch(request: IncomingMessage): boolean {
  return Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES
}

/**
 * Closes the connection of a body that is too large soon after it has been answered.
 *
 * Node would read the rest of it and throw it away, to use the connection again. Closing at once would be told to the
 * sender as a reset, before it has read its answer; so what comes is thrown away for a moment longer.
 */
export function cutOffBody(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request
  response.once('finish', () => {
    if (request.complete) return
    socket.end()
    const timer = setTimeout(() => socket.destroy(), LINGER_MS)
    timer.unref()
    socket.once('close', () => clearTimeout(timer))
    let bytes = 0
    request.on('data', (chunk: Uint8Array) => {
      bytes += chunk.length
      if (bytes > LINGER_BYTES) socket.destroy()
    })
  })
}
