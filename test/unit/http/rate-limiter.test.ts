import { describe, expect, it } from 'vitest'
import { createRateLimiter } from '../../../shared/http/rate-limiter.ts'
import { DomainError } from '../../../shared/kernel/errors.ts'
import { manualClock } from '../../support/manual-clock.ts'

const LIMIT = { perSecond: 2, burst: 3 }

describe('a rate limiter', () => {
  it('counts each caller apart', () => {
    const limiter = createRateLimiter(LIMIT, manualClock(0))
    expect(['a', 'a', 'a', 'a', 'b'].map((caller) => limiter.admit(caller).isAllowed)).toEqual([
      ...[true, true, true],
      false,
      true,
    ])
  })

  it('tells what is left and how long to wait, in whole seconds and at least one', () => {
    const limiter = createRateLimiter(LIMIT, manualClock(0))
    expect(limiter.admit('a')).toEqual({ isAllowed: true, remaining: 2, resetSeconds: 1, retryAfterSeconds: 1 })
    limiter.admit('a')
    limiter.admit('a')
    expect(limiter.admit('a')).toEqual({ isAllowed: false, remaining: 0, resetSeconds: 2, retryAfterSeconds: 1 })
    const slow = createRateLimiter({ perSecond: 1, burst: 1 }, manualClock(0))
    slow.admit('a')
    expect(slow.admit('a').retryAfterSeconds).toBe(1)
  })

  it('holds no more buckets than it may', () => {
    const limiter = createRateLimiter(LIMIT, manualClock(0), 100)
    for (let i = 0; i < 5000; i++) limiter.admit(`caller ${i}`)
    expect(limiter.size()).toBe(100)
  })

  it('makes room by forgetting who has not come for long, first those whose bucket is full', () => {
    const clock = manualClock(0)
    const limiter = createRateLimiter(LIMIT, clock, 3)
    limiter.admit('rested')
    clock.advance(500)
    for (let i = 0; i < 3; i++) limiter.admit('spent')
    limiter.admit('recent')
    limiter.admit('new')
    expect(limiter.size()).toBe(3)
    expect(limiter.admit('spent').isAllowed).toBe(false)
    expect(limiter.admit('recent').remaining).toBe(1)
  })

  it('forgets the one longest unused where no bucket is full', () => {
    const limiter = createRateLimiter(LIMIT, manualClock(0), 2)
    for (const caller of ['first', 'second', 'first', 'third']) limiter.admit(caller)
    expect(limiter.admit('first').remaining).toBe(0)
    expect(limiter.admit('second').remaining).toBe(2)
  })

  it.each([
    [0, 1],
    [1, 0],
    [1.5, 1],
    [Number.NaN, 1],
    [1, Number.POSITIVE_INFINITY],
  ])('refuses %d a second with a burst of %d', (perSecond, burst) => {
    expect(() => createRateLimiter({ perSecond, burst }, Date.now)).toThrow(DomainError)
  })
})
