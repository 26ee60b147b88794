import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Bucket, RateLimit } from '../../shared/http/token-bucket.ts'
import { drawToken, fullInMs, isFull, remainingTokens, waitMs } from '../../shared/http/token-bucket.ts'

const limits: fc.Arbitrary<RateLimit> = fc.record({
  perSecond: fc.integer({ min: 1, max: 5000 }),
  burst: fc.integer({ min: 1, max: 500 }),
})
const pauses = fc.array(fc.nat({ max: 400 }), { minLength: 1, maxLength: 300 })

/** Draws after each pause, in order. */
function drawAll(limit: RateLimit, pausesMs: readonly number[]) {
  let bucket: Bucket | undefined
  let nowMs = 1_000_000
  return pausesMs.map((pauseMs) => {
    nowMs += pauseMs
    const draw = drawToken(bucket, limit, nowMs)
    bucket = draw.bucket
    return { ...draw, nowMs }
  })
}

describe('a token bucket', () => {
  it('lets through at most the burst and the rate, in every stretch of time', () => {
    fc.assert(
      fc.property(limits, pauses, (limit, pausesMs) => {
        const allowed = drawAll(limit, pausesMs).filter(({ isAllowed }) => isAllowed)
        for (const [i, first] of allowed.entries()) {
          for (const [j, last] of allowed.slice(i).entries()) {
            const most = limit.burst + ((last.nowMs - first.nowMs) * limit.perSecond) / 1000
            expect(j + 1).toBeLessThanOrEqual(most)
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('never refuses one who keeps to the rate', () => {
    fc.assert(
      fc.property(limits, fc.integer({ min: 1, max: 400 }), (limit, requests) => {
        const pauseMs = Math.ceil(1000 / limit.perSecond)
        const draws = drawAll(limit, new Array<number>(requests).fill(pauseMs))
        expect(draws.every(({ isAllowed }) => isAllowed)).toBe(true)
      }),
    )
  })

  it('holds between nothing and the burst', () => {
    fc.assert(
      fc.property(limits, pauses, (limit, pausesMs) => {
        for (const { bucket } of drawAll(limit, pausesMs)) {
          expect(bucket.millitokens).toBeGreaterThanOrEqual(0)
          expect(remainingTokens(bucket)).toBeLessThan(limit.burst)
        }
      }),
    )
  })

  it('lets a refused one through after the wait that it told, and not a millisecond before', () => {
    fc.assert(
      fc.property(limits, pauses, (limit, pausesMs) => {
        for (const { isAllowed, bucket, nowMs } of drawAll(limit, pausesMs)) {
          if (isAllowed) continue
          const wait = waitMs(bucket, limit)
          expect(drawToken(bucket, limit, nowMs + wait).isAllowed).toBe(true)
          expect(drawToken(bucket, limit, nowMs + wait - 1).isAllowed).toBe(false)
        }
      }),
    )
  })

  it('is full when it said, and not before', () => {
    fc.assert(
      fc.property(limits, pauses, (limit, pausesMs) => {
        for (const { bucket, nowMs } of drawAll(limit, pausesMs)) {
          const fullMs = fullInMs(bucket, limit)
          expect(isFull(bucket, limit, nowMs + fullMs)).toBe(true)
          expect(isFull(bucket, limit, nowMs + fullMs - 1)).toBe(false)
        }
      }),
    )
  })
})
