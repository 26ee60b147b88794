import { beforeEach, describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import type { DomainEvent } from '../../../shared/config/events.ts'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import { syncFailed } from '../../../shared/usecases/pipeline-events.ts'
import { bet } from '../../support/bets.ts'
import type { MemoryPipelineDeps } from '../../support/pipeline-deps.ts'
import { ANYTHING_GOES, currentState, memoryPipelineDeps, RUN_AT_MS, run } from '../../support/pipeline-deps.ts'

const HOUR_MS = 3_600_000
const AT = new Date(RUN_AT_MS).toISOString()

let deps: MemoryPipelineDeps

beforeEach(() => {
  deps = memoryPipelineDeps()
})

/** What a run over these bets, changed so long ago, tells. */
async function eventsOf(bets: readonly Bet[], options: { hoursAgo?: number; thresholds?: typeof ANYTHING_GOES } = {}) {
  const { hoursAgo = 1, thresholds = ANYTHING_GOES } = options
  deps.source.save(bets, (RUN_AT_MS - hoursAgo * HOUR_MS) * 1000)
  await run(deps, { thresholds })
  return deps.events.events
}

/** A sound bet, and as many placed tomorrow: each a critical anomaly. */
const fromTomorrow = (count: number) => [
  bet(),
  ...Array.from({ length: count }, (_, i) =>
    bet({ id: `future-${i}`, state: 'open', placedAtMs: RUN_AT_MS + 24 * HOUR_MS, settledAtMs: null }),
  ),
]

const staleEvents = () => deps.events.events.filter((event) => event.type === 'DataStale')

const typesOf = (events: readonly DomainEvent[]) => events.map(({ type }) => type)

describe('a published run', () => {
  it('tells what it did', async () => {
    deps.source.put({ id: 'odd', state: 'lucky' }, (RUN_AT_MS - HOUR_MS) * 1000)
    expect(await eventsOf([bet({ id: 'a' }), bet({ id: 'b', state: 'lost' })])).toEqual([
      {
        ...{ type: 'PipelineCompleted', at: AT, runId: 'run-01', trigger: 'test', sequence: 1, durationMs: 0 },
        ...{ bets: 2, changed: 2, quarantined: 1, passedGate: true },
      },
    ])
  })

  it('tells which checks failed, and is published all the same', async () => {
    const thresholds = { ...ANYTHING_GOES, min_records: 5, min_books_count: 2 }
    const events = await eventsOf([bet()], { thresholds })
    expect(typesOf(events)).toEqual(['PipelineCompleted', 'QualityGateFailed'])
    expect(events[0]).toMatchObject({ passedGate: false })
    expect(events[1]).toEqual({
      ...{ type: 'QualityGateFailed', at: AT, runId: 'run-01', bets: 1 },
      failed: [
        { name: 'min_records', value: 1, low: 5, high: null },
        { name: 'min_books_count', value: 1, low: 2, high: null },
      ],
    })
    expect(await currentState(deps.objects)).toMatchObject({ sequence: 1, partitions: [{ file: { rows: 1 } }] })
  })

  it('bears ten critical anomalies in silence', async () => {
    expect(typesOf(await eventsOf(fromTomorrow(10)))).toEqual(['PipelineCompleted'])
  })

  it('tells of eleven, with ten of them for examples', async () => {
    const events = await eventsOf(fromTomorrow(11))
    expect(typesOf(events)).toEqual(['PipelineCompleted', 'CriticalAnomalies'])
    const examples = Array.from({ length: 10 }, (_, i) => `future-${i}`)
    expect(events[1]).toMatchObject({ runId: 'run-01', critical: 11 })
    const told = events[1]?.type === 'CriticalAnomalies' ? events[1].examples : []
    expect(told.every(({ type, sentence }) => type === 'temporal_anomaly' && /future/.test(sentence))).toBe(true)
    expect(told).toHaveLength(10)
    expect([...examples, 'future-10']).toEqual(expect.arrayContaining(told.map(({ recordId }) => recordId)))
  })

  it.each([24, 48])('tells that data are stale after %i hours without a change, not before', async (thresholdHours) => {
    await eventsOf([bet()], { hoursAgo: thresholdHours })
    expect(staleEvents().map((event) => event.thresholdHours)).toEqual(thresholdHours === 24 ? [] : [24])
    deps.clock.advance(1)
    await run(deps, { thresholds: ANYTHING_GOES })
    expect(deps.events.events.at(-1)).toEqual({
      ...{ type: 'DataStale', at: new Date(RUN_AT_MS + 1).toISOString(), thresholdHours },
      ...{ lastChangeAt: new Date(RUN_AT_MS - thresholdHours * HOUR_MS).toISOString() },
      hoursSinceLastChange: thresholdHours + 1 / HOUR_MS,
    })
  })

  it('tells of stale data with each run, for the longest time that is over', async () => {
    await eventsOf([bet()], { hoursAgo: 25 })
    deps.clock.advance(24 * HOUR_MS)
    await run(deps, { thresholds: ANYTHING_GOES })
    await run(deps, { thresholds: ANYTHING_GOES })
    expect(staleEvents().map((event) => event.thresholdHours)).toEqual([24, 48, 48])
  })
})

describe('a source that fails', () => {
  const broken = (retryable: boolean) => {
    let asked = 0
    const page = async () => {
      asked++
      throw new UpstreamError('source', '503', { retryable })
    }
    return { asked: () => asked, source: { ...deps.source, page } }
  }

  it('is told of after three attempts, each of three tries, with waits between', async () => {
    const { source, asked } = broken(true)
    await expect(run({ ...deps, source })).rejects.toThrow('503')
    expect(deps.events.events).toEqual([
      { type: 'SyncFailed', at: AT, source: 'memory:bets', attempts: 3, reason: '503' },
    ])
    expect(asked()).toBe(9)
    expect(deps.sleeps).toEqual([250, 1000, 1000, 250, 1000, 4000, 250, 1000])
    expect(deps.logger.of('run_failed')).toHaveLength(3)
  })

  it('is told of at once where trying again would not help', async () => {
    const { source, asked } = broken(false)
    await expect(run({ ...deps, source })).rejects.toThrow('503')
    expect(deps.events.events).toMatchObject([{ type: 'SyncFailed', attempts: 1 }])
    expect([asked(), deps.sleeps]).toEqual([1, []])
  })

  it('is the failure that the caller sees, also where it cannot be told', async () => {
    const events = { publish: () => Promise.reject(new UpstreamError('bus', 'no bus')) }
    await expect(run({ ...deps, source: broken(false).source, events })).rejects.toThrow('503')
    expect(deps.logger.of('events_not_delivered')).toMatchObject([{ level: 'error', fields: { cause: 'no bus' } }])
  })
})

describe('syncFailed', () => {
  it('names source, attempts and reason', () => {
    const said = { source: 's', attempts: 2, reason: 'r' }
    expect(syncFailed('s', 2, 'r', RUN_AT_MS)).toEqual({ type: 'SyncFailed', at: AT, ...said })
  })
})
