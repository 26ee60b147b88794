import type { SupabaseClient } from '@supabase/supabase-js'
import { createClient } from '@supabase/supabase-js'
import { UpstreamError } from '../kernel/errors.ts'
import { isRetryableStatus } from '../kernel/retryable.ts'

/** Rows of one request; PostgREST answers no more than 1,000 and says nothing of the rest. */
export const PAGE_ROWS = 1000

/** For work that nobody waits for at a screen. */
const REQUEST_TIMEOUT_MS = 60_000

/** For requests of an API: whoever asked has gone by then. */
export const API_REQUEST_TIMEOUT_MS = 8000

/** Told whether the database answered a request. */
type OnSeen = (isReachable: boolean) => void

/**
 * A client with the rights of the service role, without sessions of its own.
 *
 * @param options.timeoutMs  how long one request may take, 60 s unless told; it fails then as one that was not answered
 * @param options.retry      whether reads that fail are sent again, three times within seven seconds and the timeouts
 * @param options.onSeen     told after each request whether the database answered it
 */
export function supabaseServiceClient(
  url: string,
  secretKey: string,
  options: { timeoutMs?: number; retry?: boolean; onSeen?: OnSeen } = {},
): SupabaseClient {
  const auth = { persistSession: false, autoRefreshToken: false }
  const { timeoutMs = REQUEST_TIMEOUT_MS, retry = true, onSeen = () => {} } = options
  return createClient(url, secretKey, { auth, db: { retry }, global: { fetch: fetchWithin(timeoutMs, onSeen) } })
}

/**
 * A client for an API, made when it is first asked for, so that what never asks needs neither key nor database; made
 * anew where the key has become another. Requests end after {@link API_REQUEST_TIMEOUT_MS} and are not sent again:
 * whoever asks can do that.
 *
 * @param readKey  gives the secret key, as `ssmSecret` does; its failure is the caller's
 * @param onSeen   told after each request whether the database answered it
 */
export function lazySupabaseClient(
  url: string,
  readKey: () => Promise<string>,
  onSeen: OnSeen = () => {},
): () => Promise<SupabaseClient> {
  let held: { key: string; client: SupabaseClient } | undefined
  return async function openClient() {
    const key = await readKey()
    if (held?.key !== key) {
      const options = { timeoutMs: API_REQUEST_TIMEOUT_MS, retry: false, onSeen }
      held = { key, client: supabaseServiceClient(url, key, options) }
    }
    return held.client
  }
}

/** A server that does not answer must not outlive the function that asks it. */
function fetchWithin(timeoutMs: number, onSeen: OnSeen): typeof fetch {
  return async (input, init) => {
    const timeout = AbortSignal.timeout(timeoutMs)
    const given = init?.signal ?? undefined
    try {
      const signal = given === undefined ? timeout : AbortSignal.any([given, timeout])
      const answer = await fetch(input, { ...init, signal })
      onSeen(answer.status < 500)
      return answer
    } catch (thrown) {
      onSeen(false)
      throw thrown
    }
  }
}

/** The exact count of an answer that asked for one. @throws {UpstreamError} where the server gave none */
export function exactCount(answer: { count: number | null }): number {
  if (answer.count !== null) return answer.count
  throw new UpstreamError('Supabase', 'the answer bears no exact count')
}

/** The data of an answer of supabase-js. @throws {UpstreamError} where it is an error */
export function dataOf<T>(answer: { data: T; error: { message: string; code?: string } | null; status: number }): T {
  if (answer.error === null) return answer.data
  const { message, code } = answer.error
  // 4xx is our own request's fault and fails the same way again; the rest may pass.
  const retryable = isRetryableStatus(answer.status === 0 ? undefined : answer.status)
  throw new UpstreamError('Supabase', `${message}${code ? ` (${code})` : ''}`, { retryable, cause: answer.error })
}
