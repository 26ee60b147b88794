import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Door } from './api-env.ts'
import type { ProblemStyle } from './problem.ts'
import { problemResponse, statusProblem } from './problem.ts'

export const MAX_BODY_BYTES = 1_048_576

/**
 * Refuses a body above {@link MAX_BODY_BYTES}, before it is read where its length is announced.
 *
 * Looking at the body of a Node request makes a stream of it, which costs more than answering: where the length is
 * announced, or the method has no body, nobody looks. Node's parser lets no more through than was announced.
 */
export function limitBody(style: ProblemStyle): Door {
  const detail = `a body has at most ${MAX_BODY_BYTES} bytes`
  const refuse = (c: Context) => problemResponse(c, style, statusProblem(413, detail))
  const limitStream = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: refuse })
  /** Reads a body of no announced length, as far as it may be read. */
  const read = async (c: Context) => (await limitStream(c, async () => {})) ?? undefined
  return (c) => {
    const { method } = c.req
    if (method === 'GET' || method === 'HEAD') return undefined
    const announced = c.req.header('content-length')
    if (announced === undefined || c.req.header('transfer-encoding') !== undefined) return read(c)
    return Number(announced) <= MAX_BODY_BYTES ? undefined : refuse(c)
  }
}
