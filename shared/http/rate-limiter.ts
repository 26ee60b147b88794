import { DomainError } from '../kernel/errors.ts'
import type { Clock } from '../kernel/ports.ts'
import type { Bucket, RateLimit } from './token-bucket.ts'
import { drawToken, fullInMs, isFull, remainingTokens, waitMs } from './token-bucket.ts'

/** What an API key, or an address without one, may ask for where nothing else is said. */
export const DEFAULT_RATE_LIMIT: RateLimit = { perSecond: 100, burst: 50 }

/** Buckets held at once: about a megabyte. */
const MOST_CALLERS = 10_000
/** Buckets looked at when there is no room, oldest first. */
const SWEEP = 64

/** How a caller stands after a request, as the answer's headers tell it. */
export interface Allowance {
  isAllowed: boolean
  /** Requests that may follow at once. */
  remaining: number
  /** Whole seconds until all of the burst may be spent again. */
  resetSeconds: number
  /** Whole seconds after which a refused request may be sent again, at least 1. */
  retryAfterSeconds: number
}

/** Counts the requests of each caller in memory: per process, as nothing is shared between processes. */
export interface RateLimiter {
  /** @param caller  names whose bucket pays: a key's id, an address */
  admit(caller: string): Allowance
  /** Buckets held. */
  size(): number
}

/**
 * A token bucket for each caller.
 *
 * Memory is bounded. Where there is no room for a new caller, full buckets among the oldest go, which changes nothing
 * for their callers; if none is full, the one longest unused goes.
 *
 * @throws {DomainError} `rate_limit_invalid`
 */
export function createRateLimiter(limit: RateLimit, clock: Clock, mostCallers = MOST_CALLERS): RateLimiter {
  assertLimit(limit)
  const buckets = new Map<string, Bucket>()
  return {
    size: () => buckets.size,
    admit(caller) {
      const nowMs = Math.floor(clock())
      const known = buckets.get(caller)
      if (known === undefined && buckets.size >= mostCallers) makeRoom(buckets, limit, nowMs)
      const { isAllowed, bucket } = drawToken(known, limit, nowMs)
      // Taken out and put in again: the map's order is that of use.
      if (known !== undefined) buckets.delete(caller)
      buckets.set(caller, bucket)
      return allowance(isAllowed, bucket, limit)
    },
  }
}

function allowance(isAllowed: boolean, bucket: Bucket, limit: RateLimit): Allowance {
  return {
    isAllowed,
    remaining: remainingTokens(bucket),
    resetSeconds: Math.ceil(fullInMs(bucket, limit) / 1000),
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs(bucket, limit) / 1000)),
  }
}

function makeRoom(buckets: Map<string, Bucket>, limit: RateLimit, nowMs: number): void {
  let looked = 0
  let hasRoom = false
  for (const [caller, bucket] of buckets) {
    if (looked++ >= SWEEP) break
    if (!isFull(bucket, limit, nowMs)) continue
    buckets.delete(caller)
    hasRoom = true
  }
  const [longestUnused] = buckets.keys()
  if (!hasRoom && longestUnused !== undefined) buckets.delete(longestUnused)
}

function assertLimit({ perSecond, burst }: RateLimit): void {
  const isWhole = [perSecond, burst].every((value) => Number.isSafeInteger(value) && value >= 1)
  if (isWhole) return
  throw new DomainError('rate_limit_invalid', `a rate limit has whole numbers from 1: ${perSecond}/s, burst ${burst}`)
}
