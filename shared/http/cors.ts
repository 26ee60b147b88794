import { isAllowableOrigin } from '../config/allowed-origin.ts'
import { DomainError } from '../kernel/errors.ts'

/** What a page of another origin may send, and read of an answer. */
const ALLOWED_HEADERS = 'authorization, content-type, x-api-key, x-request-id'
const EXPOSED_HEADERS =
  'ratelimit-limit, ratelimit-policy, ratelimit-remaining, ratelimit-reset, retry-after, x-function-version, x-model-version, x-request-id'
const PREFLIGHT_SECONDS = 600

const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]'])

/** From where an API may be called by a page. */
export interface OriginPolicy {
  /**
   * Whether a request may be answered.
   *
   * @param origin  the request's header `origin`
   * @param url     the request's own, whose origin is always allowed
   */
  judge(origin: string, url: string): 'same' | 'allowed' | 'foreign'
}

/**
 * An allow-list of origins.
 *
 * A wildcard is refused: the list is who may use a stolen key from a page. Cookies play no part, so credentials are
 * never allowed.
 *
 * @param allowed  `chrome-extension://<32 letters a to p>`, `https://host`, or `http://` with a loopback host
 * @throws {DomainError} `origin_invalid`
 * @see WHATWG, "Fetch", section 3.3, "CORS protocol"
 */
export function originPolicy(allowed: readonly string[]): OriginPolicy {
  for (const origin of allowed) assertOrigin(origin)
  const known = new Set(allowed)
  return {
    judge(origin, url) {
      if (isOriginOf(origin, url)) return 'same'
      return known.has(origin) ? 'allowed' : 'foreign'
    },
  }
}

/** Headers of an answer to a page of an allowed origin. */
export function corsHeaders(origin: string): Record<string, string> {
  return { 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED_HEADERS, vary: 'Origin' }
}

/** Headers of the answer to a browser that asks before it sends. */
export function preflightHeaders(origin: string, methods: readonly string[]): Record<string, string> {
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': methods.join(', '),
    'access-control-allow-headers': ALLOWED_HEADERS,
    'access-control-max-age': String(PREFLIGHT_SECONDS),
    vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
  }
}

function isOriginOf(origin: string, url: string): boolean {
  return origin.includes('://') && url.startsWith(origin) && url[origin.length] === '/'
}

function assertOrigin(origin: string): void {
  if (isAllowableOrigin(origin, ['https:'])) return
  const isLoopback = isAllowableOrigin(origin, ['http:']) && LOOPBACK_HOSTS.has(new URL(origin).hostname)
  if (isLoopback) return
  throw new DomainError(
    'origin_invalid',
    `origin ${JSON.stringify(origin)}: write chrome-extension://<id of 32 letters>, https://host, or a loopback http://host:port`,
  )
}
