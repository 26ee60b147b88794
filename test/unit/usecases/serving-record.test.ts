import { beforeEach, describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import { getJson } from '../../../shared/kernel/json-object.ts'
import type { ObjectStore, TaggedReader } from '../../../shared/kernel/ports.ts'
import { selectTally } from '../../../shared/performance/record-index.ts'
import { PERFORMANCE_SNAPSHOT_KEY, performanceSnapshotSchema } from '../../../shared/performance/snapshot.ts'
import type { ServingRecord } from '../../../shared/usecases/serving-record.ts'
import { createServingRecord } from '../../../shared/usecases/serving-record.ts'
import { bet } from '../../support/bets.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryLogger } from '../../support/memory-logger.ts'
import { editJson, memoryObjectStore, truncateObject } from '../../support/memory-object-store.ts'
import { MODELS_MADE_MS, materializeInto } from '../../support/models.ts'

const MAX_AGE_MS = 60_000
const MINUTE_MS = 60_000

const bets = (count: number): Bet[] =>
  Array.from({ length: count }, (_, i) => bet({ id: `bet-${i}`, selection: `Player ${i}` }))

describe('the serving record', () => {
  let objects: ObjectStore & TaggedReader
  /** Keys whose bytes were sent. */
  let sent: string[]
  let asked: number
  let isDown: boolean
  let clock: ReturnType<typeof manualClock>
  let logger: ReturnType<typeof memoryLogger>
  let serving: ServingRecord

  beforeEach(() => {
    objects = memoryObjectStore()
    sent = []
    asked = 0
    isDown = false
    clock = manualClock(MODELS_MADE_MS)
    logger = memoryLogger()
    const watched: Pick<ObjectStore, 'get'> & TaggedReader = {
      async get(key) {
        sent.push(key)
        return objects.get(key)
      },
      async getTagged(key, knownTag) {
        asked++
        if (isDown) throw new UpstreamError('S3', 'timed out')
        const found = await objects.getTagged(key, knownTag)
        if (found !== undefined && found !== 'unchanged') sent.push(key)
        return found
      },
    }
    serving = createServingRecord({ objects: watched, clock, logger, maxAgeMs: MAX_AGE_MS })
  })

  const settledBets = async () => (await serving.current()).value.settledBets
  const servedFrom = async () => (await serving.current()).servedFrom

  /** Lets the look that a request has started come to its end. */
  async function lookAgain(): Promise<void> {
    await serving.current()
    await new Promise(setImmediate)
  }

  it('is unavailable, and says so, until there is one', async () => {
    await expect(serving.current()).rejects.toBeInstanceOf(UpstreamError)
    await expect(serving.current()).rejects.toThrow('no record of the ledger has been made yet')
  })

  it('is there five seconds after it has been made at the latest, as Retry-After says', async () => {
    await expect(serving.current()).rejects.toBeInstanceOf(UpstreamError)
    await materializeInto(objects, bets(2))
    clock.advance(5000)
    expect(await settledBets()).toBe(2)
  })

  it('is read once for many questions', async () => {
    await materializeInto(objects, bets(2))
    await Promise.all([serving.current(), serving.current(), serving.current()])
    await serving.current()
    expect(asked).toBe(1)
    expect(sent).toHaveLength(2)
  })

  it('is asked for again when it is old, without anybody waiting, and not sent where it is the same', async () => {
    await materializeInto(objects, bets(2))
    await serving.current()
    clock.advance(MAX_AGE_MS - 1)
    await lookAgain()
    expect(asked).toBe(1)
    clock.advance(1)
    await lookAgain()
    expect([asked, sent.length]).toEqual([2, 2])
    await materializeInto(objects, bets(4))
    clock.advance(MAX_AGE_MS)
    expect(await settledBets()).toBe(2)
    await new Promise(setImmediate)
    expect(await settledBets()).toBe(4)
    expect(sent).toHaveLength(4)
  })

  it('answers questions about players from the file of the selections', async () => {
    await materializeInto(objects, bets(3))
    const { value } = await serving.current()
    const filter = { sport: 'Basketball', market: 'Player Points' }
    expect(selectTally(value, { ...filter, player: 'PLAYER 1' }).bets).toBe(1)
    expect(selectTally(value, { ...filter, player: 'player' }).bets).toBe(3)
  })

  it('does not read the selections again where only the ledger was looked at anew', async () => {
    await materializeInto(objects, bets(2))
    await serving.current()
    await editJson(objects, PERFORMANCE_SNAPSHOT_KEY, { lookedAt: '2025-06-01T01:00:00.000Z' })
    clock.advance(MAX_AGE_MS)
    await lookAgain()
    expect((await serving.current()).value.lookedAt).toBe('2025-06-01T01:00:00.000Z')
    expect(sent.filter((key) => key === PERFORMANCE_SNAPSHOT_KEY)).toHaveLength(2)
    expect(sent.filter((key) => key !== PERFORMANCE_SNAPSHOT_KEY)).toHaveLength(1)
  })

  it.each([
    ['the record', async () => PERFORMANCE_SNAPSHOT_KEY],
    [
      'its selections',
      async () => {
        const stored = await getJson(objects, PERFORMANCE_SNAPSHOT_KEY, performanceSnapshotSchema)
        return stored?.selections?.key ?? ''
      },
    ],
  ])('keeps the last good one where %s is damaged, logs that, and says that it is from memory', async (_, keyOf) => {
    await materializeInto(objects, bets(2))
    expect(await servedFrom()).toBe('current')
    await materializeInto(objects, bets(4))
    await truncateObject(objects, await keyOf())
    clock.advance(MAX_AGE_MS)
    await lookAgain()
    expect(await settledBets()).toBe(2)
    expect(await servedFrom()).toBe('memory')
    expect(logger.of('record_refresh_failed')).toHaveLength(1)
  })

  it('refuses a record of the format before, and takes it once it has been made anew', async () => {
    await materializeInto(objects, bets(2))
    await editJson(objects, PERFORMANCE_SNAPSHOT_KEY, { format: 'closeline-performance/1' })
    await expect(serving.current()).rejects.toBeInstanceOf(UpstreamError)
    await materializeInto(objects, bets(2))
    clock.advance(5000)
    expect(await settledBets()).toBe(2)
  })

  it('is from memory while the store is down, and current again by itself afterwards', async () => {
    await materializeInto(objects, bets(2))
    expect(await servedFrom()).toBe('current')
    isDown = true
    clock.advance(MAX_AGE_MS)
    await lookAgain()
    expect(await servedFrom()).toBe('memory')
    isDown = false
    clock.advance(MAX_AGE_MS)
    await lookAgain()
    expect(await servedFrom()).toBe('current')
  })

  it('is from memory where it has gone', async () => {
    await materializeInto(objects, bets(2))
    await serving.current()
    await objects.remove([PERFORMANCE_SNAPSHOT_KEY])
    clock.advance(MAX_AGE_MS)
    await lookAgain()
    expect([await servedFrom(), await settledBets()]).toEqual(['memory', 2])
  })

  it('is from memory where nobody has asked for more than five minutes', async () => {
    await materializeInto(objects, bets(2))
    await serving.current()
    clock.advance(5 * MINUTE_MS)
    expect(await servedFrom()).toBe('current')
    await new Promise(setImmediate)
    clock.advance(5 * MINUTE_MS + 1)
    expect(await servedFrom()).toBe('memory')
    await new Promise(setImmediate)
    expect(await servedFrom()).toBe('current')
  })
})
