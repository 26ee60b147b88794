import { beforeEach, describe, expect, it } from 'vitest'
import type { HighGradeBet } from '../../../shared/config/events.ts'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import type { HighGradePublisher } from '../../../shared/usecases/high-grade-bets.ts'
import { createHighGradePublisher } from '../../../shared/usecases/high-grade-bets.ts'
import { EVENTS } from '../../support/events.ts'
import { heldSleep, settled } from '../../support/held-sleep.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryEventPublisher } from '../../support/memory-event-publisher.ts'
import { memoryLogger } from '../../support/memory-logger.ts'
import { memoryMetrics } from '../../support/memory-metrics.ts'
import { MODELS_MADE_MS } from '../../support/models.ts'

const EXAMPLE = EVENTS.find((event) => event.type === 'HighGradeBet') as HighGradeBet

describe('the publisher of bets of high grade', () => {
  let published: ReturnType<typeof memoryEventPublisher>
  let batches: number[]
  let isDown: boolean
  let made: number
  let sleep: ReturnType<typeof heldSleep>
  let clock: ReturnType<typeof manualClock>
  let logger: ReturnType<typeof memoryLogger>
  let metrics: ReturnType<typeof memoryMetrics>
  let bets: HighGradePublisher

  beforeEach(() => {
    published = memoryEventPublisher()
    batches = []
    isDown = false
    made = 0
    sleep = heldSleep()
    clock = manualClock(MODELS_MADE_MS)
    logger = memoryLogger()
    metrics = memoryMetrics()
    const publisher: typeof published = {
      ...published,
      publish: async (events) => {
        batches.push(events.length)
        if (isDown) throw new UpstreamError('EventBridge', 'throttled')
        await published.publish(events)
      },
    }
    bets = createHighGradePublisher({ publisher, clock, sleep, logger, metrics })
  })

  function tell(key: string): void {
    bets.tell(key, () => {
      made++
      return { ...EXAMPLE, requestId: key }
    })
  }
  const told = () => published.events.map((event) => (event.type === 'HighGradeBet' ? event.requestId : ''))

  it('publishes together what comes within a quarter of a second', async () => {
    tell('a')
    tell('b')
    await settled()
    expect(batches).toEqual([])
    await sleep.end()
    expect(batches).toEqual([2])
    expect(published.events[0]).toEqual({ ...EXAMPLE, requestId: 'a' })
    expect(told()).toEqual(['a', 'b'])
  })

  it('tells of a bet once in ten minutes, and does not make what it does not tell', async () => {
    tell('a')
    clock.advance(10 * 60_000 - 1)
    tell('a')
    expect(made).toBe(1)
    await sleep.end()
    clock.advance(1)
    tell('a')
    await sleep.end()
    expect(told()).toEqual(['a', 'a'])
  })

  it('counts what could not be published, logs it, and tells of the bet when it is next asked about', async () => {
    isDown = true
    tell('a')
    tell('b')
    await sleep.end()
    expect(bets.lost()).toBe(2)
    expect(metrics.of('high_grade_bets_lost').map(({ value }) => value)).toEqual([2])
    expect(logger.of('high_grade_bets_not_published')[0]?.fields).toEqual({ bets: 2, cause: 'throttled' })
    isDown = false
    tell('a')
    await sleep.end()
    expect(told()).toEqual(['a'])
  })

  it('lets no more than 200 wait', async () => {
    for (let i = 0; i < 250; i++) tell(`bet ${i}`)
    expect(bets.lost()).toBe(50)
    await bets.flush()
    expect(told()).toHaveLength(200)
  })

  it('remembers no more than 2,000, the oldest forgotten first', async () => {
    for (let i = 0; i < 2001; i++) {
      tell(`bet ${i}`)
      if (i % 100 === 0) await bets.flush()
    }
    await bets.flush()
    published.events.length = 0
    tell('bet 1')
    tell('bet 0')
    await bets.flush()
    expect(told()).toEqual(['bet 0'])
  })

  it('counts a bet that was told of again as the newest', async () => {
    tell('a')
    clock.advance(5 * 60_000)
    tell('b')
    clock.advance(5 * 60_000)
    tell('a')
    for (let i = 0; i < 1999; i++) {
      tell(`bet ${i}`)
      if (i % 100 === 0) await bets.flush()
    }
    await bets.flush()
    published.events.length = 0
    tell('a')
    tell('b')
    await bets.flush()
    expect(told()).toEqual(['b'])
  })

  it('publishes at the end what waits', async () => {
    tell('a')
    await bets.flush()
    expect(told()).toEqual(['a'])
  })
})
