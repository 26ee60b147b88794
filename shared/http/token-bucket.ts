/** How fast requests may come: `perSecond` for ever, and `burst` at once after a pause. Both whole numbers from 1. */
export interface RateLimit {
  perSecond: number
  burst: number
}

/**
 * What a caller may still spend.
 *
 * Counted in thousandths of a token, so that a millisecond refills a whole number of them and nothing is ever rounded.
 */
export interface Bucket {
  millitokens: number
  /** When it held them, in milliseconds. */
  atMs: number
}

/** A bucket after a request asked for a token. */
export interface Draw {
  isAllowed: boolean
  bucket: Bucket
}

const MILLITOKENS = 1000

/**
 * Takes one token, if there is one.
 *
 * tokens = min(burst, tokens before + elapsed seconds · perSecond); a request costs 1. A clock that went back refills
 * nothing and is followed from there: waiting for it to come back would lock the caller out.
 *
 * @param before  the caller's bucket; undefined for a new caller, whose bucket is full
 * @param nowMs   whole milliseconds
 * @see J. Turner, "New directions in communications (or which way to the information age?)", IEEE Communications
 *      Magazine 24(10), 1986
 */
export function drawToken(before: Bucket | undefined, limit: RateLimit, nowMs: number): Draw {
  const millitokens = refilled(before, limit, nowMs)
  const isAllowed = millitokens >= MILLITOKENS
  return { isAllowed, bucket: { millitokens: isAllowed ? millitokens - MILLITOKENS : millitokens, atMs: nowMs } }
}

/** Whether a bucket is as good as a new one. */
export function isFull(bucket: Bucket, limit: RateLimit, nowMs: number): boolean {
  return refilled(bucket, limit, nowMs) >= limit.burst * MILLITOKENS
}

/** Requests that may follow at once. */
export function remainingTokens(bucket: Bucket): number {
  return Math.floor(bucket.millitokens / MILLITOKENS)
}

/** Milliseconds until the bucket holds a whole token; 0 where it does. */
export function waitMs(bucket: Bucket, limit: RateLimit): number {
  return Math.max(0, Math.ceil((MILLITOKENS - bucket.millitokens) / limit.perSecond))
}

/** Milliseconds until the bucket is full, if nothing is taken from it. */
export function fullInMs(bucket: Bucket, limit: RateLimit): number {
  return Math.ceil((limit.burst * MILLITOKENS - bucket.millitokens) / limit.perSecond)
}

function refilled(before: Bucket | undefined, limit: RateLimit, nowMs: number): number {
  const capacity = limit.burst * MILLITOKENS
  if (before === undefined) return capacity
  const elapsedMs = Math.max(0, nowMs - before.atMs)
  return Math.min(capacity, before.millitokens + elapsedMs * limit.perSecond)
}
