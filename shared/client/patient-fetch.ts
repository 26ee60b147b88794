import type { Sleep } from '../kernel/ports.ts'
import { ApiUnreachable, problemOf, retryAfterMs } from './api-problem.ts'

export type Fetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>

export interface PatientFetchOptions {
  fetch: Fetch
  sleep: Sleep
  /** Milliseconds that one attempt may take. */
  timeoutMs: number
  /** Attempts after the first. */
  retries: number
  /** Longest pause between two attempts: where the API asks for a longer one, there is no other attempt. */
  longestPauseMs: number
}

/** Statuses that pass: too many requests, and not available. */
const PASSING = [429, 503]

/** Methods that do no more when they are sent twice. @see RFC 9110, section 9.2.2 */
const IDEMPOTENT = ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']

const DEFAULT_PAUSE_MS = 1000

/**
 * A `fetch` that waits: each attempt has a time limit, and a request that may be sent twice is sent again after the time
 * that a 429 or 503 asks for.
 *
 * The caller's own `signal` ends everything, pauses too. Answers that are no success are thrown.
 *
 * @throws {ApiProblem} for an answer outside 200 to 299
 * @throws {ApiUnreachable} where no answer comes, or none in time
 */
export function patientFetch(options: PatientFetchOptions): Fetch {
  const { sleep, retries, longestPauseMs } = options
  return async (input, init = {}) => {
    const mayRepeat = IDEMPOTENT.includes((init.method ?? 'GET').toUpperCase())
    for (let attempt = 0; ; attempt++) {
      const response = await attemptOnce(options, input, init)
      if (response.ok) return response
      const pauseMs = retryAfterMs(response) ?? DEFAULT_PAUSE_MS
      const isOver = attempt >= retries || !mayRepeat || !PASSING.includes(response.status) || pauseMs > longestPauseMs
      if (isOver) throw await problemOf(response)
      await response.body?.cancel()
      await sleep(pauseMs)
      init.signal?.throwIfAborted()
    }
  }
}

async function attemptOnce(
  { fetch, timeoutMs }: PatientFetchOptions,
  input: RequestInfo | URL,
  init: RequestInit,
): Promise<Response> {
  const limit = AbortSignal.timeout(timeoutMs)
  const given = init.signal ?? undefined
  try {
    return await fetch(input, { ...init, signal: given === undefined ? limit : AbortSignal.any([given, limit]) })
  } catch (cause) {
    // What the caller ended is the caller's, with the reason that it gave.
    if (given?.aborted) throw cause
    const message = limit.aborted ? `no answer within ${timeoutMs} ms` : 'the API cannot be reached'
    throw new ApiUnreachable(message, { cause, isTimeout: limit.aborted })
  }
}
