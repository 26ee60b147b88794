import { OpenAPIHono } from '@hono/zod-openapi'
import type { AccessControl } from '../access/client.ts'
import type { Clock, Logger, Metrics } from '../kernel/ports.ts'
import { allowedMethods } from './allowed-methods.ts'
import type { ApiEnv, Door } from './api-env.ts'
import { identify } from './authentication.ts'
import { limitBody } from './body-limit.ts'
import { originPolicy } from './cors.ts'
import { limitRate } from './limit-rate.ts'
import type { ProblemStyle } from './problem.ts'
import { invalidRequestHook, problemOnError, problemOnNotFound, problemSchema } from './problem.ts'
import { problemExample } from './problem-kinds.ts'
import { DEFAULT_RATE_LIMIT } from './rate-limiter.ts'
import { frameRequests } from './request-frame.ts'
import type { RateLimit } from './token-bucket.ts'

export type { ApiEnv } from './api-env.ts'

export interface ApiOptions {
  style: ProblemStyle
  logger: Logger
  /** Tells the time that limits are counted by. */
  clock: Clock
  /** Tells durations, in milliseconds and their fractions; the clock where it is not given. */
  stopwatch?: Clock
  /** Without it nobody is known, and routes that want a scope answer 401. */
  access?: AccessControl
  /** Origins whose pages may call, beside the API's own. */
  origins?: readonly string[]
  /** Of each key, and of each address without one; `off` for measuring. */
  rateLimit?: RateLimit | 'off'
  metrics?: Metrics
  /** Told in the header x-function-version. */
  functionVersion?: string
}

/**
 * A Hono app with what all our apps share: request ids, one log line a request, who may ask and how often, headers,
 * counts, problem documents.
 *
 * @throws {DomainError} `origin_invalid`, `rate_limit_invalid`
 */
export function createApi(options: ApiOptions): OpenAPIHono<ApiEnv> {
  const { style, logger, clock, rateLimit = DEFAULT_RATE_LIMIT } = options
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: invalidRequestHook(style) })
  const doors: Door[] = []
  if (options.access !== undefined) doors.push(identify(options.access))
  if (rateLimit !== 'off') doors.push(limitRate(rateLimit, style, clock))
  doors.push(limitBody(style))
  const methodsAt = (path: string) => allowedMethods(app, path)
  app.use(
    frameRequests({
      ...{ style, logger, methodsAt },
      stopwatch: options.stopwatch ?? clock,
      origins: originPolicy(options.origins ?? []),
      doors,
      metrics: options.metrics,
      functionVersion: options.functionVersion,
    }),
  )
  app.onError(problemOnError(style, logger))
  app.notFound(problemOnNotFound(style, methodsAt))
  return app
}

/** The problem answers that a route documents. */
export function problemResponses<S extends number>(descriptions: Record<S, string>) {
  const contentOf = (status: number) => ({
    'application/problem+json': { schema: problemSchema, example: problemExample(status) },
  })
  return Object.fromEntries(
    Object.entries<string>(descriptions).map(([status, description]) => [
      status,
      { description, content: contentOf(Number(status)) },
    ]),
  ) as Record<S, { description: string; content: ReturnType<typeof contentOf> }>
}
