import { beforeEach, describe, expect, it } from 'vitest'
import { overdueFlush } from '../../../shared/usecases/overdue-flush.ts'
import { manualClock } from '../../support/manual-clock.ts'

const MAX_AGE_MS = 60_000

describe('a log that is written when it is overdue', () => {
  let clock: ReturnType<typeof manualClock>
  let waiting: number
  let writing: number
  let flushes: number
  let isDown: boolean
  let flushIfOverdue: ReturnType<typeof overdueFlush>

  beforeEach(() => {
    clock = manualClock(0)
    waiting = 0
    writing = 0
    flushes = 0
    isDown = false
    const log = {
      async flush() {
        flushes++
        if (isDown) return
        waiting = 0
        writing = 0
      },
      stats: () => ({ waiting, writing, written: 0, lost: 0 }),
    }
    flushIfOverdue = overdueFlush(log, clock, MAX_AGE_MS)
  })

  it('is let be while nothing waits, or nothing for long', () => {
    expect(flushIfOverdue()).toBeUndefined()
    waiting = 1
    expect(flushIfOverdue()).toBeUndefined()
    clock.advance(MAX_AGE_MS - 1)
    expect(flushIfOverdue()).toBeUndefined()
    expect(flushes).toBe(0)
  })

  it('is written when the oldest has waited long enough, a batch that failed before too', async () => {
    writing = 1
    expect(flushIfOverdue()).toBeUndefined()
    clock.advance(MAX_AGE_MS)
    await flushIfOverdue()
    expect(flushes).toBe(1)
  })

  it('counts anew for what comes after a write', async () => {
    waiting = 1
    expect(flushIfOverdue()).toBeUndefined()
    clock.advance(MAX_AGE_MS)
    await flushIfOverdue()
    expect(flushIfOverdue()).toBeUndefined()
    clock.advance(MAX_AGE_MS)
    waiting = 1
    expect(flushIfOverdue()).toBeUndefined()
    expect(flushes).toBe(1)
  })

  it('is tried once in that time while the store is down', async () => {
    isDown = true
    waiting = 1
    for (let second = 0; second <= 180; second++) {
      await flushIfOverdue()
      clock.advance(1000)
    }
    expect(flushes).toBe(3)
  })
})
