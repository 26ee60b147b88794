import { beforeEach, describe, expect, it } from 'vitest'
import type { RunCommand } from '../../../bin/daily.ts'
import { createDailyCheck } from '../../../bin/daily.ts'
import type { Workspace } from '../../../bin/workspace/workspace.ts'
import { createModelRegistry } from '../../../shared/registry/registry.ts'
import { decideRetraining } from '../../../shared/usecases/decide-retraining.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryEventPublisher } from '../../support/memory-event-publisher.ts'
import { memoryLogger } from '../../support/memory-logger.ts'
import { memoryObjectStore } from '../../support/memory-object-store.ts'
import { ANYTHING_GOES } from '../../support/pipeline-deps.ts'

const DAY_MS = 86_400_000

describe('createDailyCheck', () => {
  let objects: ReturnType<typeof memoryObjectStore>
  let clock: ReturnType<typeof manualClock>
  let logger: ReturnType<typeof memoryLogger>
  let ran: (readonly string[])[]

  beforeEach(() => {
    objects = memoryObjectStore()
    clock = manualClock(Date.UTC(2026, 0, 1))
    logger = memoryLogger()
    ran = []
  })

  function check(run: RunCommand = async (args) => void ran.push(args)) {
    const directory = { root: '/data' } as Workspace['directory']
    return createDailyCheck({ objects, clock, logger, directory }, run)
  }

  /** As a look leaves it. */
  const decide = () =>
    decideRetraining(
      { objects, clock, events: memoryEventPublisher(), registry: createModelRegistry(objects, clock) },
      { report: undefined, nowMs: clock(), thresholds: ANYTHING_GOES },
    )

  it('looks where nobody ever has, and again when a day has passed', async () => {
    await check().runWhereDue()
    expect(ran).toEqual([['retraining', '--check', '--json', '--data', '/data']])
    await decide()
    clock.advance(DAY_MS - 1)
    await check().runWhereDue()
    expect(ran).toHaveLength(1)
    clock.advance(1)
    await check().runWhereDue()
    expect(ran).toHaveLength(2)
  })

  it('logs a look that fails', async () => {
    await check(() => Promise.reject(new Error('no space left'))).runWhereDue()
    expect(logger.of('daily_check_failed').map(({ fields }) => fields.cause)).toEqual(['no space left'])
  })

  it('ends a look that is under way, without a word, and begins none after', async () => {
    const daily = check((_, signal) => new Promise((_, reject) => signal.addEventListener('abort', reject)))
    const running = daily.runWhereDue()
    await new Promise(setImmediate)
    daily.stop()
    await running
    await daily.runWhereDue()
    expect(logger.of('daily_check_failed')).toEqual([])
  })
})
