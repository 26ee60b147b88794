import type { SupabaseClient } from '@supabase/supabase-js'
import { createClient } from '@supabase/supabase-js'
import { UpstreamError } from '../kernel/errors.ts'
import { isRetryableStatus } from '../kernel/retryable.ts'

/** Rows of one request; PostgREST answers no more than 1,000 and says nothing of the rest. */
export const PAGE_ROWS = 1000

const REQUEST_TIMEOUT_MS = 60_000

/** A client with the rights of the service role, without sessions of its own. */
export function supabaseServiceClient(url: string, secretKey: string): SupabaseClient {
  const auth = { persistSession: false, autoRefreshToken: false }
  return createClient(url, secretKey, { auth, global: { fetch: fetchInTime } })
}

/** A server that does not answer must not outlive the function that asks it. */
function fetchInTime(input: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> {
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS)
  const given = init?.signal ?? undefined
  return fetch(input, { ...init, signal: given === undefined ? timeout : AbortSignal.any([given, timeout]) })
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
