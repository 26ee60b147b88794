import { describe, expect, it } from 'vitest'
import { createStepLog } from '../../../shared/lineage/steps.ts'
import { manualClock } from '../../support/manual-clock.ts'

describe('a step log', () => {
  it('tells of each step what went in and came out, and how long it took', async () => {
    const clock = manualClock(1000)
    const log = createStepLog(clock)
    const result = await log.take(
      { name: 'read', kind: 'validate', description: 'Read.', parameters: { sport: null } },
      async () => {
        clock.advance(250)
        return { rowsIn: 3, rowsOut: 2, result: 'read' }
      },
    )
    await log.take({ name: 'merge', kind: 'join', description: 'Joined.' }, async () => {
      clock.advance(-10)
      return { rowsIn: 2, rowsOut: 2, result: 0 }
    })
    expect(result).toBe('read')
    const counts = { rowsIn: 2, rowsOut: 2 }
    expect(log.steps).toEqual([
      {
        ...{ name: 'read', kind: 'validate', description: 'Read.', parameters: { sport: null } },
        ...{ rowsIn: 3, rowsOut: 2, durationMs: 250 },
      },
      { name: 'merge', kind: 'join', description: 'Joined.', parameters: {}, ...counts, durationMs: 0 },
    ])
  })

  it('knows no step that failed', async () => {
    const log = createStepLog(() => 0)
    const step = log.take({ name: 'x', kind: 'filter', description: '' }, () => Promise.reject(new Error('no')))
    await expect(step).rejects.toThrow('no')
    expect(log.steps).toEqual([])
  })
})
