import { describe, expect, it } from 'vitest'
import type { Bucket } from '../../../shared/http/token-bucket.ts'
import { drawToken, fullInMs, remainingTokens, waitMs } from '../../../shared/http/token-bucket.ts'

const LIMIT = { perSecond: 100, burst: 50 }

/** How many of `n` requests at once are allowed, and the bucket after them. */
function drawMany(n: number, before: Bucket | undefined, nowMs: number) {
  let bucket = before
  let allowed = 0
  for (let i = 0; i < n; i++) {
    const draw = drawToken(bucket, LIMIT, nowMs)
    if (draw.isAllowed) allowed += 1
    bucket = draw.bucket
  }
  return { allowed, bucket: bucket as Bucket }
}

describe('a bucket of 50 that fills by 100 a second', () => {
  it('gives a new caller 50 at once', () => {
    expect(drawMany(80, undefined, 0).allowed).toBe(50)
  })

  it('gives 10 more after a tenth of a second, and 50 after half a second and after an hour', () => {
    const { bucket } = drawMany(50, undefined, 0)
    expect(drawMany(80, bucket, 100).allowed).toBe(10)
    expect(drawMany(80, bucket, 500).allowed).toBe(50)
    expect(drawMany(80, bucket, 3_600_000).allowed).toBe(50)
  })

  it('tells what is left, how long the next takes and how long it is until it is full', () => {
    const { bucket } = drawMany(50, undefined, 0)
    expect([remainingTokens(bucket), waitMs(bucket, LIMIT), fullInMs(bucket, LIMIT)]).toEqual([0, 10, 500])
    const { bucket: after } = drawMany(10, undefined, 0)
    expect([remainingTokens(after), waitMs(after, LIMIT), fullInMs(after, LIMIT)]).toEqual([40, 0, 100])
  })

  it('loses no part of a token to pauses of 3 milliseconds', () => {
    let { bucket } = drawMany(50, undefined, 0)
    let allowed = 0
    for (let nowMs = 3; nowMs <= 3000; nowMs += 3) {
      const draw = drawToken(bucket, LIMIT, nowMs)
      if (draw.isAllowed) allowed += 1
      bucket = draw.bucket
    }
    expect(allowed).toBe(300)
  })

  it('neither fills nor locks out where the clock goes back', () => {
    const { bucket } = drawMany(50, undefined, 3_600_000)
    expect(drawMany(1, bucket, 0).allowed).toBe(0)
    expect(drawMany(80, drawMany(1, bucket, 0).bucket, 100).allowed).toBe(10)
  })
})
