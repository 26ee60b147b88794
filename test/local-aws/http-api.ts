import type { AuthorizerSpec, Decision } from './http-authorizer.ts'
import { httpAuthorizer } from './http-authorizer.ts'
import type { HttpEvent } from './http-event.ts'
import { httpAnswer, httpEvent } from './http-event.ts'
import type { HttpRoute } from './http-routes.ts'
import { matchRoute } from './http-routes.ts'
import type { Invoked } from './lambda-invocations.ts'
import { orAfter } from './time-limit.ts'
import type { Answerer, WireAnswer } from './wire.ts'
import { jsonAnswer } from './wire.ts'

/** The longest that an HTTP API waits for a function. */
export const LONGEST_MS = 30_000

export interface HttpApiSpec {
  routes: readonly HttpRoute[]
  authorizers: readonly AuthorizerSpec[]
}

export interface HttpApiSetting {
  /** @param source  what asks, below the API: a route of a stage, or an authorizer */
  invoke: (target: string, payload: string, source: string) => Promise<Invoked>
  clock: () => number
  /** 30 s where it is not given. */
  timeoutMs?: number
}

const MESSAGES = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

function refusal(status: keyof typeof MESSAGES): WireAnswer {
  return jsonAnswer(status, { message: MESSAGES[status] })
}

/**
 * An HTTP API of API Gateway: route, authorizer, function, answer.
 *
 * A function that fails, or answers what is no HTTP answer, is 500 to the caller; one that takes too long or is throttled
 * is 503. No request is limited by rate here.
 *
 * @see AWS, "Working with HTTP APIs", API Gateway developer guide
 */
export function httpApi(spec: HttpApiSpec, setting: HttpApiSetting): Answerer {
  const { invoke, clock, timeoutMs = LONGEST_MS } = setting
  const authorizers = new Map(
    spec.authorizers.map((one) => {
      const ask = (payload: string) => invoke(one.target, payload, `authorizers/${one.id}`)
      return [one.id, httpAuthorizer(one, ask, clock)] as const
    }),
  )

  async function decide(route: HttpRoute, event: HttpEvent): Promise<Decision> {
    if (route.authorizer === undefined) return { isAllowed: true, context: undefined }
    const authorizer = authorizers.get(route.authorizer)
    if (authorizer === undefined) throw new Error(`${route.key}: there is no authorizer ${route.authorizer}`)
    return authorizer(event)
  }

  return async (request) => {
    const match = matchRoute(spec.routes, request.method, request.url.pathname)
    if (match === undefined) return refusal(404)
    const event = httpEvent(request, match)
    const decision = await decide(match.route, event)
    if (!decision.isAllowed) return refusal(decision.status)
    const authorizer = decision.context === undefined ? {} : { authorizer: { lambda: decision.context } }
    const full = { ...event, requestContext: { ...event.requestContext, ...authorizer } }
    const answered = invoke(match.route.target, JSON.stringify(full), `$default/${match.route.key.replace(' ', '')}`)
    const invoked = await orAfter(timeoutMs, answered, undefined)
    return invoked === undefined ? refusal(503) : answerOf(invoked)
  }
}

function answerOf({ outcome }: Invoked): WireAnswer {
  if (outcome.kind === 'throttled') return refusal(503)
  if (outcome.kind === 'failed') return refusal(500)
  return httpAnswer(outcome.payload) ?? refusal(500)
}
