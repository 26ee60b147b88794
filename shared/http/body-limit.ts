import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import type { ApiEnv } from './api-env.ts'

export const MAX_BODY_BYTES = 1_048_576

/**
 * Refuses a body above {@link MAX_BODY_BYTES}, before it is read where its length is announced.
 *
 * Looking at the body of a Node request makes a stream of it, which costs more than answering: where the length is
 * announced, or the method has no body, nobody looks. Node's parser lets no more through than was announced.
 */
export function limitBody(): MiddlewareHandler<ApiEnv> {
  const limitStream = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: refuse })
  return (c, next) => {
    const { method } = c.req
    if (method === 'GET' || method === 'HEAD') return next()
    const announced = c.req.header('content-length')
    if (announced === undefined || c.req.header('transfer-encoding') !== undefined) return limitStream(c, next)
    return Number(announced) <= MAX_BODY_BYTES ? next() : refuse()
  }
}

function refuse(): never {
  throw new HTTPException(413, { message: `a body has at most ${MAX_BODY_BYTES} bytes` })
}
