import { describe, expect, it } from 'vitest'
import { createRefresher, EMPTY_RETRY_MS } from '../../../shared/kernel/refresher.ts'
import { manualClock } from '../../support/manual-clock.ts'

function counted(maxAgeMs: number) {
  const clock = manualClock(0)
  const state = { looks: 0 }
  const look = async () => {
    state.looks++
  }
  return { clock, state, refresher: createRefresher({ clock, maxAgeMs, look }) }
}

describe('a refresher', () => {
  it('looks at the first request and not again before its time', async () => {
    const { clock, state, refresher } = counted(60_000)
    await refresher.refreshIfDue(true)
    clock.advance(59_999)
    await refresher.refreshIfDue(false)
    expect(state.looks).toBe(1)
    clock.advance(1)
    await refresher.refreshIfDue(false)
    expect(state.looks).toBe(2)
  })

  it('looks sooner while there is nothing to serve from, but not at every request', async () => {
    const { clock, state, refresher } = counted(60_000)
    await refresher.refreshIfDue(true)
    clock.advance(EMPTY_RETRY_MS - 1)
    await refresher.refreshIfDue(true)
    expect(state.looks).toBe(1)
    clock.advance(1)
    await refresher.refreshIfDue(true)
    expect(state.looks).toBe(2)
  })

  it('shares one look among overlapping calls and lets late ones wait for it', async () => {
    let finish = () => {}
    let looks = 0
    const look = () => {
      looks++
      return new Promise<void>((resolve) => {
        finish = resolve
      })
    }
    const refresher = createRefresher({ clock: () => 0, maxAgeMs: 60_000, look })
    const calls = [refresher.refresh(), refresher.refresh(), refresher.refreshIfDue(true)]
    finish()
    await Promise.all(calls)
    expect(looks).toBe(1)
    expect(new Set(calls).size).toBe(1)
  })
})
