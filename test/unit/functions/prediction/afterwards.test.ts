import { beforeEach, describe, expect, it } from 'vitest'
import { createAfterwards, LOG_AGE_MS } from '../../../../functions/prediction/afterwards.ts'
import { emfInvocationMetrics } from '../../../../shared/adapters/emf-invocation.ts'
import { manualClock } from '../../../support/manual-clock.ts'
import { memoryLogger } from '../../../support/memory-logger.ts'

describe('what the prediction function does after an answer', () => {
  let clock: ReturnType<typeof manualClock>
  let logger: ReturnType<typeof memoryLogger>
  let lines: Record<string, unknown>[]
  let waiting: number
  let writes: number
  let isDown: boolean
  let isBusy: boolean
  let publishing: Promise<void> | undefined
  let afterwards: ReturnType<typeof createAfterwards>

  beforeEach(() => {
    clock = manualClock(0)
    logger = memoryLogger()
    lines = []
    waiting = 0
    writes = 0
    isDown = false
    isBusy = false
    publishing = undefined
    const metrics = emfInvocationMetrics((line) => lines.push(JSON.parse(line)), clock)
    const flush = async () => {
      writes++
      if (isDown) await new Promise(() => {})
      waiting = 0
    }
    afterwards = createAfterwards({
      log: { flush, stats: () => ({ waiting, writing: 0, written: 0, lost: 0 }) },
      publish: () => publishing,
      flush,
      store: { isBusy: () => isBusy, idle: async () => {} },
      ...{ metrics, clock, logger, sleep: async () => {} },
    })
    metrics.record('http_requests_total', 1, 'Count')
  })

  it('is to write what was counted, and mostly nothing more', () => {
    waiting = 1
    expect(afterwards.tidy()).toBeUndefined()
    expect(lines.map((line) => line.http_requests_total)).toEqual([1])
    expect(writes).toBe(0)
  })

  it('is to write the prediction log once a minute', async () => {
    waiting = 1
    expect(afterwards.tidy()).toBeUndefined()
    clock.advance(LOG_AGE_MS)
    await afterwards.tidy()
    expect([writes, waiting]).toEqual([1, 0])
  })

  it.each(['a request under way', 'bets to be told of'])('is to wait for %s', (what) => {
    if (what === 'bets to be told of') publishing = Promise.resolve()
    else isBusy = true
    expect(afterwards.tidy()).toBeInstanceOf(Promise)
  })

  it('is to write all at the end, and to lose nothing by it', async () => {
    waiting = 3
    await afterwards.end()
    expect([writes, waiting]).toEqual([1, 0])
    expect(logger.lines).toEqual([])
  })

  it('is to count what could not be written at the end', async () => {
    waiting = 3
    isDown = true
    await afterwards.end()
    expect(logger.of('prediction_log_cut_off').map(({ fields }) => fields)).toEqual([{ lost: 3 }])
    expect(lines.at(-1)).toMatchObject({ prediction_log_lost: 3 })
  })
})
