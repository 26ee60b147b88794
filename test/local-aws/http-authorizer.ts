import * as z from 'zod'
import type { HttpEvent } from './http-event.ts'
import type { Invoked } from './lambda-invocations.ts'

/** A Lambda authorizer of an HTTP API with simple answers. */
export interface AuthorizerSpec {
  id: string
  /** Of the function, or the path that API Gateway invokes it by. */
  target: string
  /** Such as `$request.header.x-api-key`. */
  identitySources: readonly string[]
  ttlSeconds: number
}

/** What is decided of a request. */
export type Decision = { isAllowed: true; context: unknown } | { isAllowed: false; status: 401 | 403 | 500 }

const answerSchema = z.object({ isAuthorized: z.boolean(), context: z.record(z.string(), z.unknown()).nullish() })

/**
 * Decides by a function, and remembers its decision by the values of the identity sources for as long as the authorizer
 * says. Where one of the sources is missing nobody is asked: 401. Of a refusal API Gateway makes 403, of a failure 500.
 *
 * @see AWS, "Control access to HTTP APIs with AWS Lambda authorizers in API Gateway"
 */
export function httpAuthorizer(
  spec: AuthorizerSpec,
  invoke: (payload: string) => Promise<Invoked>,
  clock: () => number,
): (event: HttpEvent) => Promise<Decision> {
  const remembered = new Map<string, { decision: Decision; untilMs: number }>()

  async function ask(event: HttpEvent, identitySource: readonly string[]): Promise<Decision> {
    const { outcome } = await invoke(JSON.stringify(authorizerEvent(event, identitySource)))
    if (outcome.kind !== 'answered') return { isAllowed: false, status: 500 }
    const answer = answerSchema.safeParse(JSON.parse(outcome.payload))
    if (!answer.success) return { isAllowed: false, status: 500 }
    if (!answer.data.isAuthorized) return { isAllowed: false, status: 403 }
    return { isAllowed: true, context: answer.data.context ?? null }
  }

  return async (event) => {
    const values = spec.identitySources.map((source) => sourceValue(event, source))
    const known = values.filter((value) => value !== undefined && value !== '') as string[]
    if (known.length < values.length) return { isAllowed: false, status: 401 }
    if (spec.ttlSeconds === 0) return ask(event, known)
    const key = JSON.stringify(known)
    const held = remembered.get(key)
    if (held !== undefined && held.untilMs > clock()) return held.decision
    const decision = await ask(event, known)
    const isFailure = !decision.isAllowed && decision.status === 500
    if (!isFailure) remembered.set(key, { decision, untilMs: clock() + spec.ttlSeconds * 1000 })
    return decision
  }
}

function sourceValue({ headers, queryStringParameters, routeKey }: HttpEvent, source: string): string | undefined {
  const [, place, name = ''] = /^\$(request\.header|request\.querystring|context)\.(.+)$/.exec(source) ?? []
  if (place === 'request.header') return headers[name.toLowerCase()]
  if (place === 'request.querystring') return queryStringParameters?.[name]
  if (place === 'context' && name === 'routeKey') return routeKey
  throw new Error(`no double of the identity source ${source}`)
}

function authorizerEvent(event: HttpEvent, identitySource: readonly string[]) {
  const { body: _, isBase64Encoded: __, ...rest } = { body: undefined, ...event }
  return {
    ...rest,
    type: 'REQUEST',
    routeArn: `arn:aws:execute-api:local/${event.routeKey}`,
    identitySource: identitySource.length === 0 ? null : identitySource,
  }
}
