import { describe, expect, it } from 'vitest'
import { createLastSync, LAST_SYNC_AGE_MS } from '../../../shared/usecases/last-sync.ts'
import type { BetQueries } from '../../../shared/usecases/ledger-queries.ts'
import { manualClock } from '../../support/manual-clock.ts'

describe('the newest change of the ledger', () => {
  function asked(answers: (number | undefined | Error)[]) {
    const clock = manualClock(0)
    let questions = 0
    const bets: BetQueries = {
      list: async () => [],
      newestChangeMs: async () => {
        const answer = answers[questions++]
        if (answer instanceof Error) throw answer
        return answer
      },
    }
    return { clock, lastSyncMs: createLastSync(async () => ({ bets }), clock), questions: () => questions }
  }

  it('is asked for once in five seconds, however many want it', async () => {
    const { clock, lastSyncMs, questions } = asked([1, 2])
    expect(await Promise.all([lastSyncMs(), lastSyncMs()])).toEqual([1, 1])
    clock.advance(LAST_SYNC_AGE_MS - 1)
    expect([await lastSyncMs(), questions()]).toEqual([1, 1])
    clock.advance(1)
    expect([await lastSyncMs(), questions()]).toEqual([2, 2])
  })

  it('is undefined where there is no bet, and asked for again after a failure', async () => {
    const { clock, lastSyncMs } = asked([undefined, new Error('down'), 3])
    expect(await lastSyncMs()).toBeUndefined()
    clock.advance(LAST_SYNC_AGE_MS)
    await expect(lastSyncMs()).rejects.toThrow('down')
    expect(await lastSyncMs()).toBe(3)
  })
})
