import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { updateHourly } from '../../../bin/hourly.ts'
import type { Workspace } from '../../../bin/workspace/workspace.ts'
import { findCurrentState } from '../../../shared/lake/state.ts'
import { bet } from '../../support/bets.ts'
import { ANYTHING_GOES, memoryPipelineDeps } from '../../support/pipeline-deps.ts'

const HOUR_MS = 3_600_000

describe('updateHourly', () => {
  const deps = memoryPipelineDeps()
  // Of a workspace it needs the ports of the pipeline alone.
  const workspace = deps as unknown as Workspace
  const sequence = async () => (await findCurrentState(deps.objects))?.sequence

  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
  afterEach(() => void vi.useRealTimers())

  it('runs the pipeline an hour after the start and every hour after it, until it is stopped', async () => {
    deps.source.save([bet()], (deps.clock() - 1000) * 1000)
    const updates = updateHourly(workspace, ANYTHING_GOES)
    vi.advanceTimersByTime(HOUR_MS - 1)
    expect(await sequence()).toBeUndefined()
    vi.advanceTimersByTime(1)
    await expect.poll(sequence).toBe(1)
    await expect.poll(() => deps.objects.get('online/features.json')).toBeDefined()
    await new Promise(setImmediate)
    vi.advanceTimersByTime(HOUR_MS)
    await updates.stop()
    expect(await sequence()).toBe(2)
    vi.advanceTimersByTime(5 * HOUR_MS)
    expect(await sequence()).toBe(2)
  })

  it('logs a run that fails, and goes on', async () => {
    const failing = { ...workspace, lake: { ...deps.lake, draft: () => Promise.reject(new Error('no space left')) } }
    const updates = updateHourly(failing, ANYTHING_GOES)
    vi.advanceTimersByTime(HOUR_MS)
    await updates.stop()
    expect(deps.logger.of('hourly_run_failed').map(({ fields }) => fields.cause)).toEqual(['no space left'])
  })

  it('looks at what is due daily after each run, and ends that with the rest', async () => {
    let looks = 0
    let stops = 0
    const daily = { runWhereDue: async () => void looks++, stop: () => void stops++ }
    const updates = updateHourly(workspace, ANYTHING_GOES, { daily })
    vi.advanceTimersByTime(HOUR_MS)
    await expect.poll(() => looks).toBe(1)
    await updates.stop()
    expect(stops).toBe(1)
  })
})
