import type { Context, MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { Clock, Logger, Metrics } from '../kernel/ports.ts'
import type { ApiEnv, Door } from './api-env.ts'
import type { OriginPolicy } from './cors.ts'
import { corsHeaders, preflightHeaders } from './cors.ts'
import type { PlainHeaders } from './plain-answers.ts'
import { answerWith } from './plain-answers.ts'
import type { ProblemStyle } from './problem.ts'
import { problemResponse } from './problem.ts'
import { elapsedMs, requestMetrics } from './request-metrics.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/** What every request passes on its way in and out. */
export interface RequestFrame {
  style: ProblemStyle
  logger: Logger
  /** Tells durations, in milliseconds. */
  stopwatch: Clock
  origins: OriginPolicy
  /** Passed in this order by a request that no foreign page sends. */
  doors: readonly Door[]
  metrics: Metrics | undefined
  functionVersion: string | undefined
  /** The methods that the app serves at a path. */
  methodsAt(path: string): readonly string[]
}

/** A request id that may go into headers and log lines as it came. */
const SOUND_ID = /^[\w.:=-]{1,128}$/
const LONGEST_PATH = 200
/** Problems of one who is kept out; a request that is merely wrong is not among them. */
const REFUSED = new Set([401, 403, 413, 429])

/**
 * One middleware around every request: its id, its headers, the page it comes from, who asks, how often and how much, its
 * log line and its counts. One, because each more would cost as much as what it does.
 */
export function frameRequests(frame: RequestFrame): MiddlewareHandler<ApiEnv> {
  const headOfAll = { ...SECURITY_HEADERS, ...versionHeader(frame.functionVersion) }
  const counts = frame.metrics === undefined ? undefined : requestMetrics(frame.metrics)
  return async function frameRequest(c, next) {
    const startedAtMs = frame.stopwatch()
    counts?.begin()
    const requestId = idOf(c)
    const head = { ...headOfAll, 'x-request-id': requestId }
    c.set('requestId', requestId)
    const answers = answerWith(c, head)
    let status = 500
    try {
      const passed = admit(frame, c, head) ?? passDoors(frame.doors, c)
      const refusal = passed instanceof Promise ? await passed : passed
      if (refusal === undefined) await next()
      else c.res = refusal
      answers.complete()
      status = c.res.status
    } finally {
      const durationMs = elapsedMs(frame.stopwatch, startedAtMs)
      counts?.end({ route: routeOf(c), method: c.req.method, status, durationMs })
      logRequest(frame.logger, c, { status, durationMs })
    }
  }
}

function versionHeader(version: string | undefined): PlainHeaders {
  return version === undefined ? {} : { 'x-function-version': version }
}

/** @returns the answer to a request that goes no further: one of a foreign page, or one that only asks whether it may */
function admit(frame: RequestFrame, c: Context<ApiEnv>, head: PlainHeaders): Response | undefined {
  const origin = c.req.header('origin')
  if (origin === undefined) return undefined
  const judgement = frame.origins.judge(origin, c.req.url)
  if (judgement === 'foreign') return foreignOrigin(c, frame.style)
  if (judgement === 'allowed') Object.assign(head, corsHeaders(origin))
  return isPreflight(c) ? preflight(frame, c, origin) : undefined
}

/** Waits for nobody where no door does. */
function passDoors(doors: readonly Door[], c: Context<ApiEnv>, first = 0): ReturnType<Door> {
  for (let i = first; i < doors.length; i++) {
    const refusal = (doors[i] as Door)(c)
    if (refusal instanceof Promise) return refusal.then((answer) => answer ?? passDoors(doors, c, i + 1))
    if (refusal !== undefined) return refusal
  }
  return undefined
}

function foreignOrigin(c: Context<ApiEnv>, style: ProblemStyle): Response {
  const title = 'The page may not call this API'
  const detail = 'requests of this origin are not answered; the operator lists the origins that are'
  return problemResponse(c, style, { code: 'origin_refused', title, status: 403, detail })
}

function isPreflight(c: Context<ApiEnv>): boolean {
  return c.req.method === 'OPTIONS' && c.req.header('access-control-request-method') !== undefined
}

function preflight(frame: RequestFrame, c: Context<ApiEnv>, origin: string): Response {
  const methods = frame.methodsAt(c.req.path)
  return c.body(null, 204, preflightHeaders(origin, methods.length === 0 ? ['GET', 'HEAD', 'POST'] : methods))
}

/** One line: what was asked, what came of it, and why it was refused where it was. Never a key, never a query. */
function logRequest(logger: Logger, c: Context<ApiEnv>, outcome: { status: number; durationMs: number }): void {
  const access = c.get('access')
  const problem = c.get('problem')
  const isRefused = REFUSED.has(outcome.status)
  const fields: Record<string, unknown> = {
    requestId: c.get('requestId'),
    method: c.req.method,
    path: c.req.path.slice(0, LONGEST_PATH),
    status: outcome.status,
    durationMs: outcome.durationMs,
  }
  if (problem !== undefined) fields.problem = problem
  if (access !== undefined && 'client' in access) fields.keyId = access.client.keyId
  if (isRefused && access !== undefined && 'refusal' in access) fields.reason = access.refusal
  Object.assign(fields, c.get('logFields'))
  if (isRefused) logger.warn('request', fields)
  else logger.info('request', fields)
}

/** The declared path of the route that answered; of one that went no further than here, the first that would have. */
function routeOf(c: Context<ApiEnv>): string {
  const path = routePath(c, Math.max(1, c.req.routeIndex))
  return path === '/*' || path === '*' || path === '' ? 'unmatched' : path
}

function idOf(c: Context<ApiEnv>): string {
  const given = c.req.header('x-request-id')
  return given !== undefined && SOUND_ID.test(given) ? given : crypto.randomUUID()
}
