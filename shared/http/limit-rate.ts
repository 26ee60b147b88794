import type { Clock } from '../kernel/ports.ts'
import type { Door } from './api-env.ts'
import { callerAddress } from './caller-address.ts'
import type { ProblemStyle } from './problem.ts'
import { problemResponse, statusProblem } from './problem.ts'
import { createRateLimiter } from './rate-limiter.ts'
import type { RateLimit } from './token-bucket.ts'

/**
 * Lets each API key, and each address without a good one, have its share, and tells how much is left.
 *
 * Keys and addresses are counted apart, so that no number of addresses crowds a key out. `ratelimit-limit` is the burst,
 * which `ratelimit-remaining` counts down from; the rate itself stands in `ratelimit-policy`.
 *
 * @throws {DomainError} `rate_limit_invalid`
 * @see R. Polli, A. Martínez Ruiz, "RateLimit header fields for HTTP", draft-ietf-httpapi-ratelimit-headers-06, 2022
 */
export function limitRate(limit: RateLimit, style: ProblemStyle, clock: Clock): Door {
  const keys = createRateLimiter(limit, clock)
  const addresses = createRateLimiter(limit, clock)
  const burst = String(limit.burst)
  const policy = `${limit.perSecond};w=1;burst=${burst}`
  return (c) => {
    const access = c.get('access')
    const keyId = access !== undefined && 'client' in access ? access.client.keyId : undefined
    const allowance = keyId === undefined ? addresses.admit(callerAddress(c.env)) : keys.admit(keyId)
    c.header('ratelimit-limit', burst)
    c.header('ratelimit-policy', policy)
    c.header('ratelimit-remaining', String(allowance.remaining))
    c.header('ratelimit-reset', String(allowance.resetSeconds))
    if (allowance.isAllowed) return undefined
    c.header('retry-after', String(allowance.retryAfterSeconds))
    const whose = keyId === undefined ? 'an address without an API key' : 'an API key'
    const detail = `${whose} has ${limit.perSecond} requests a second and ${burst} at once; wait as retry-after says`
    return problemResponse(c, style, statusProblem(429, detail))
  }
}
