import { beforeEach, describe, expect, it } from 'vitest'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import type { LoggedPrediction } from '../../../shared/performance/served-prediction.ts'
import { servedPredictionSchema } from '../../../shared/performance/served-prediction.ts'
import type { BufferedPredictionLog } from '../../../shared/usecases/prediction-log.ts'
import { createPredictionLog } from '../../../shared/usecases/prediction-log.ts'
import { heldSleep, settled } from '../../support/held-sleep.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryLogger } from '../../support/memory-logger.ts'
import { memoryMetrics } from '../../support/memory-metrics.ts'
import { memoryObjectStore, textOf } from '../../support/memory-object-store.ts'

const AT_MS = Date.UTC(2025, 5, 1, 23, 59, 58)

function entry(index: number): LoggedPrediction {
  return {
    ...{ requestId: 'request-1', index, keyId: 'key-1', atMs: AT_MS + index, modelVersion: 'blend-0f3a9c2b71de' },
    ...{ origin: 'own', sport: 'Ba"sk\net', league: 'NBA', market: 'Spread', book: '🏏', betType: 'straight' },
    ...{ isLive: false, decimalOdds: 2.5, clvPct: -1.5 },
    featureNames: ['market_log_odds', 'sport_residual'],
    featureValues: Float32Array.of(-0.5, Number.NaN),
    ...{ winProbability: 0.4, expectedReturn: 0, confidence: 0.1, grade: 'D', staleFeatures: [], latencyMs: 0.25 },
  }
}

const entries = (n: number, from = 0) => Array.from({ length: n }, (_, i) => entry(from + i))

describe('the prediction log', () => {
  const objects = { current: memoryObjectStore() }
  let isDown: boolean
  let puts: string[]
  let ids: number
  let sleep: ReturnType<typeof heldSleep>
  let clock: ReturnType<typeof manualClock>
  let logger: ReturnType<typeof memoryLogger>
  let metrics: ReturnType<typeof memoryMetrics>
  let log: BufferedPredictionLog

  beforeEach(() => {
    objects.current = memoryObjectStore()
    isDown = false
    puts = []
    ids = 0
    sleep = heldSleep()
    clock = manualClock(AT_MS)
    logger = memoryLogger()
    metrics = memoryMetrics()
    log = createPredictionLog(
      {
        objects: {
          put: async (key, body) => {
            puts.push(key)
            if (isDown) throw new UpstreamError('S3', 'bucket secret-name is gone')
            await objects.current.put(key, body)
          },
        },
        ...{ clock, sleep, logger, metrics, newId: () => `id-${ids++}`, functionVersion: '7' },
      },
      { maxBuffered: 500, batchSize: 100, maxAgeMs: 5000 },
    )
  })

  async function lines() {
    const texts = await Promise.all((await objects.current.list('')).map((key) => textOf(objects.current, key)))
    return texts.flatMap((text) => text.split('\n').filter((line) => line !== '')).map((line) => JSON.parse(line))
  }

  it('writes lines of the form that decay is judged by', async () => {
    log.append(entries(1))
    await log.flush()
    const [line] = await lines()
    expect(servedPredictionSchema.parse(line)).toEqual({
      ...{ format: 'closeline-prediction/1', id: 'id-1', requestId: 'request-1', index: 0, keyId: 'key-1' },
      ...{ at: '2025-06-01T23:59:58.000Z', modelVersion: 'blend-0f3a9c2b71de', functionVersion: '7', origin: 'own' },
      ...{ sport: 'Ba"sk\net', league: 'NBA', market: 'Spread', book: '🏏', betType: 'straight', isLive: false },
      ...{ decimalOdds: 2.5, clvPct: -1.5, features: { market_log_odds: -0.5, sport_residual: null } },
      ...{ winProbability: 0.4, expectedReturn: 0, confidence: 0.1, grade: 'D', staleFeatures: [], latencyMs: 0.25 },
    })
    expect(puts).toEqual(['predictions/day=2025-06-01/235958-id-0.ndjson'])
  })

  it('waits until a batch is full, then writes it in the background', async () => {
    log.append(entries(99))
    await settled()
    expect(puts).toEqual([])
    log.append(entries(2, 99))
    expect(log.stats()).toEqual({ waiting: 1, writing: 100, written: 0, lost: 0 })
    await settled()
    expect(puts).toHaveLength(1)
    expect((await lines()).map(({ index }) => index)).toEqual(Array.from({ length: 100 }, (_, i) => i))
    expect(log.stats()).toEqual({ waiting: 1, writing: 0, written: 100, lost: 0 })
  })

  it('writes a small batch when it is old', async () => {
    log.append(entries(3))
    log.append(entries(2, 3))
    expect(sleep.waits).toEqual([5000])
    await sleep.end()
    expect(await lines()).toHaveLength(5)
    expect(log.stats()).toEqual({ waiting: 0, writing: 0, written: 5, lost: 0 })
  })

  it('writes all that waits when it is told to', async () => {
    log.append(entries(250))
    await log.flush()
    expect(puts).toHaveLength(3)
    expect(new Set((await lines()).map(({ index }) => index)).size).toBe(250)
  })

  it('writes one object after the other', async () => {
    let atOnce = 0
    let most = 0
    const slow = createPredictionLog(
      {
        objects: {
          put: async () => {
            most = Math.max(most, ++atOnce)
            await settled()
            atOnce--
          },
        },
        ...{ clock, sleep, logger, metrics, newId: () => 'id', functionVersion: null },
      },
      { batchSize: 10 },
    )
    for (let i = 0; i < 8; i++) slow.append(entries(10))
    await Promise.all([slow.flush(), slow.flush()])
    expect(most).toBe(1)
    expect(slow.stats()).toMatchObject({ waiting: 0, written: 80 })
  })

  it('tries a failed write again, under the same name, and leaves each entry once', async () => {
    isDown = true
    log.append(entries(120))
    await settled()
    expect(puts).toHaveLength(1)
    expect(logger.of('prediction_log_write_failed')).toHaveLength(1)
    log.append(entries(120, 120))
    await settled()
    expect(puts).toHaveLength(1)
    isDown = false
    await sleep.end()
    expect(puts[1]).toBe(puts[0])
    expect((await lines()).map(({ index }) => index).sort((a, b) => a - b)).toEqual([...Array(240).keys()])
    expect(log.stats()).toEqual({ waiting: 0, writing: 0, written: 240, lost: 0 })
    expect(metrics.of('prediction_log_lost')).toEqual([])
  })

  it('goes on trying by itself while the store is down', async () => {
    isDown = true
    log.append(entries(1))
    for (let i = 0; i < 3; i++) await sleep.end()
    expect(puts).toHaveLength(3)
    isDown = false
    await sleep.end()
    expect(log.stats()).toMatchObject({ written: 1, waiting: 0, writing: 0 })
  })

  it('is bounded while the store is down: what does not fit is lost and counted, told once a minute', async () => {
    isDown = true
    for (let i = 0; i < 70; i++) {
      log.append(entries(10, 10 * i))
      await settled()
    }
    expect(log.stats()).toEqual({ waiting: 400, writing: 100, written: 0, lost: 200 })
    expect(logger.of('prediction_log_lost')).toHaveLength(1)
    clock.advance(60_000)
    log.append(entries(10))
    expect(logger.of('prediction_log_lost').map(({ fields }) => fields)).toEqual([
      { lost: 10, lostSinceStart: 10 },
      { lost: 200, lostSinceStart: 210 },
    ])
    expect(metrics.of('prediction_log_lost').map(({ value }) => value)).toEqual([10, 200])
    isDown = false
    await log.flush()
    expect((await lines()).map(({ index }) => index)).toEqual([...Array(500).keys()])
    expect(log.stats()).toEqual({ waiting: 0, writing: 0, written: 500, lost: 210 })
  })

  it('tells at the end of what was lost since it last did', async () => {
    isDown = true
    log.append(entries(501))
    log.append(entries(2))
    await log.flush()
    expect(metrics.of('prediction_log_lost').map(({ value }) => value)).toEqual([1, 2])
    expect(logger.of('prediction_log_lost').at(-1)?.fields).toEqual({ lost: 2, lostSinceStart: 3 })
  })
})
