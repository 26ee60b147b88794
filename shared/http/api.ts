import { OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import type { RequestIdVariables } from 'hono/request-id'
import { requestId } from 'hono/request-id'
import { secureHeaders } from 'hono/secure-headers'
import type { Clock, Logger } from '../kernel/ports.ts'
import type { ProblemStyle } from './problem.ts'
import { invalidRequestHook, problemOnError, problemOnNotFound, problemSchema } from './problem.ts'

export interface ApiEnv {
  Variables: RequestIdVariables & {
    /** What a handler wants on the request's log line. */
    logFields: Record<string, unknown> | undefined
  }
}

const MAX_BODY_BYTES = 1_048_576

/** A Hono app with what all our apps share: request ids, one log line a request, limits, headers, problem documents. */
export function createApi(options: { style: ProblemStyle; logger: Logger; clock: Clock }): OpenAPIHono<ApiEnv> {
  const { style, logger, clock } = options
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: invalidRequestHook(style) })
  app.use(requestId(), logRequest(logger, clock), secureHeaders())
  app.use(
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: () => {
        throw new HTTPException(413, { message: `a body has at most ${MAX_BODY_BYTES} bytes` })
      },
    }),
  )
  app.onError(problemOnError(style, logger))
  app.notFound(problemOnNotFound(style))
  return app
}

/** The problem answers that a route documents. */
export function problemResponses<S extends number>(descriptions: Record<S, string>) {
  const content = { 'application/problem+json': { schema: problemSchema } }
  return Object.fromEntries(
    Object.entries<string>(descriptions).map(([status, description]) => [status, { description, content }]),
  ) as Record<S, { description: string; content: typeof content }>
}

function logRequest(logger: Logger, clock: Clock): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const startedAtMs = clock()
    await next()
    logger.info('request', {
      requestId: c.get('requestId'),
      method: c.req.method,
      path: c.req.path,
      status: c.res.status,
      durationMs: clock() - startedAtMs,
      ...c.get('logFields'),
    })
  }
}
