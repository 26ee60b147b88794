import type { Context, MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { AccessControl, Refusal, Scope } from '../access/client.ts'
import { presentedKey } from '../access/presented-key.ts'
import type { ApiEnv, Door } from './api-env.ts'

const REFUSALS: Record<Exclude<Refusal, 'unavailable'>, string> = {
  missing: 'send an API key in the header x-api-key; closeline keys create makes one',
  malformed: 'the API key is not of the form cl_live_…',
  unknown: 'the API key is not known here',
  expired: 'the API key has expired',
  revoked: 'the API key has been revoked',
}

/** Finds out who asks; routes that want a scope ask for it with {@link secured}. */
export function identify(access: AccessControl): Door {
  return (c) => {
    c.set('access', access.check(presentedKey((name) => c.req.header(name))))
    return undefined
  }
}

/** What a route with a scope adds to its definition: its entry in the OpenAPI document, and the check itself. */
export function secured(scope: Scope) {
  return { security: [{ apiKey: [scope] }], middleware: requireScope(scope) }
}

/**
 * Lets a request on whose key has the scope. Runs before the request's parameters and body are read, so that nobody
 * without a key learns what they should be.
 */
function requireScope(scope: Scope): MiddlewareHandler<ApiEnv> {
  return (c, next) => {
    const decision = c.get('access') ?? { refusal: 'missing' as const }
    if ('refusal' in decision) throw refused(c, decision.refusal)
    if (!decision.client.scopes.includes(scope)) {
      challenge(c, `error="insufficient_scope", scope="${scope}"`)
      throw new HTTPException(403, { message: `the API key has no scope ${scope}` })
    }
    return next()
  }
}

function refused(c: Context, refusal: Refusal): HTTPException {
  if (refusal === 'unavailable') return new HTTPException(503, { message: 'the API keys have not been read yet' })
  // Of a request without a key nothing is wrong but that: RFC 6750 gives it no error.
  challenge(c, refusal === 'missing' ? undefined : 'error="invalid_token"')
  return new HTTPException(401, { message: REFUSALS[refusal] })
}

/**
 * Tells how to authenticate, which an answer of 401 must.
 *
 * @see RFC 9110, section 11.6.1; M. Jones, D. Hardt, RFC 6750, section 3 (2012)
 */
function challenge(c: Context, error: string | undefined): void {
  c.header('www-authenticate', ['Bearer realm="closeline"', error].filter((part) => part !== undefined).join(', '))
}
