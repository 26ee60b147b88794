import { beforeEach, describe, expect, it } from 'vitest'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import { fitMarkets } from '../../../shared/market-model/fit-markets.ts'
import { marketRows } from '../../../shared/market-model/market-rows.ts'
import { encodeMarkets } from '../../../shared/market-model/snapshot.ts'
import type { ServingMarkets } from '../../../shared/usecases/serving-markets.ts'
import { createServingMarkets, marketsInService } from '../../../shared/usecases/serving-markets.ts'
import { MARKETS_KEY } from '../../../shared/usecases/train-markets.ts'
import { bet } from '../../support/bets.ts'
import { breakableStore, STORE_SECRET } from '../../support/breakable-store.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryLogger } from '../../support/memory-logger.ts'
import { memoryObjectStore } from '../../support/memory-object-store.ts'
import { MODELS_MADE_MS } from '../../support/models.ts'

const MAX_AGE_MS = 60_000
const NAMES = { sport: 'Basketball', league: 'NBA', market: 'Player Points' }

const learned = (asOfMs = MODELS_MADE_MS) =>
  encodeMarkets(fitMarkets(marketRows([bet({ id: 'a' }), bet({ id: 'b', state: 'lost' })]), asOfMs))

describe('the serving markets', () => {
  let objects: ReturnType<typeof breakableStore>
  let clock: ReturnType<typeof manualClock>
  let logger: ReturnType<typeof memoryLogger>
  let markets: ServingMarkets

  beforeEach(() => {
    objects = breakableStore(memoryObjectStore())
    clock = manualClock(MODELS_MADE_MS)
    logger = memoryLogger()
    markets = createServingMarkets({ objects, clock, logger, maxAgeMs: MAX_AGE_MS })
  })

  const asOf = () => markets.current()?.model.asOfMs
  /** Has a look that a request began run to its end. */
  const settle = () => new Promise((resolve) => setImmediate(resolve))

  it('have nothing, and say that none has been trained, where there is none', async () => {
    expect(markets.problem()).toBe('the market model has not been read yet')
    await markets.refresh()
    expect([markets.current(), markets.problem(), markets.confirmedAtMs()]).toEqual([undefined, undefined, undefined])
    const failure = await marketsInService(markets).catch((thrown: unknown) => thrown)
    expect(failure).toBeInstanceOf(UpstreamError)
    expect(failure).toMatchObject({ explanation: 'no market model is in service: none has been trained yet' })
  })

  it('make only the first callers wait, who share one look', async () => {
    await objects.put(MARKETS_KEY, learned())
    const before = objects.calls()
    const found = await Promise.all([markets.find(), markets.find(), marketsInService(markets)])
    expect(objects.calls() - before).toBe(1)
    expect(new Set(found).size).toBe(1)
    expect(found[0]?.forecast(NAMES)).toMatchObject({ status: 'forecast', historicalBets: 2, historicalWinrate: 0.5 })
  })

  it('know which markets have bets of their own', async () => {
    await objects.put(MARKETS_KEY, learned())
    const loaded = await markets.find()
    expect(loaded?.isKnown(NAMES)).toBe(true)
    expect(loaded?.isKnown({ ...NAMES, league: 'WNBA' })).toBe(false)
    expect(loaded?.isKnown({ ...NAMES, league: null })).toBe(false)
  })

  it('look again after a minute, behind the request that finds them old', async () => {
    await objects.put(MARKETS_KEY, learned())
    await markets.refresh()
    await objects.put(MARKETS_KEY, learned(MODELS_MADE_MS + 5))
    clock.advance(MAX_AGE_MS - 1)
    await markets.find()
    await settle()
    expect(asOf()).toBe(MODELS_MADE_MS)
    clock.advance(1)
    expect((await markets.find())?.model.asOfMs).toBe(MODELS_MADE_MS)
    await settle()
    expect(asOf()).toBe(MODELS_MADE_MS + 5)
  })

  it('keep what has not changed, without reading it again', async () => {
    await objects.put(MARKETS_KEY, learned())
    await markets.refresh()
    const first = markets.current()
    clock.advance(7)
    await markets.refresh()
    expect(markets.current()).toBe(first)
    expect(markets.confirmedAtMs()).toBe(MODELS_MADE_MS + 7)
    expect(logger.of('markets_loaded')).toHaveLength(1)
  })

  it('look again every five seconds while there is nothing', async () => {
    await markets.find()
    await objects.put(MARKETS_KEY, learned())
    clock.advance(4999)
    expect(await markets.find()).toBeUndefined()
    clock.advance(1)
    expect(await markets.find()).toBeDefined()
  })

  it.each([
    ['damaged', (store: typeof objects) => store.put(MARKETS_KEY, '{"format":'), 'the market model is damaged'],
    ['gone', (store: typeof objects) => store.remove([MARKETS_KEY]), 'the market model is gone from where it is kept'],
    [
      'out of reach',
      async (store: typeof objects) => store.fail(),
      'the market model cannot be read from where it is kept',
    ],
  ])('stay as they were where the newest is %s, say so without a secret, and recover', async (_, breakIt, problem) => {
    await objects.put(MARKETS_KEY, learned())
    await markets.refresh()
    const confirmedAtMs = markets.confirmedAtMs()
    clock.advance(MAX_AGE_MS)
    await breakIt(objects)
    await markets.refresh()
    await markets.refresh()
    expect([asOf(), markets.problem(), markets.confirmedAtMs()]).toEqual([MODELS_MADE_MS, problem, confirmedAtMs])
    expect(markets.problem()).not.toContain(STORE_SECRET)
    expect(logger.of('markets_refresh_failed')).toHaveLength(1)
    objects.recover()
    await objects.put(MARKETS_KEY, learned(MODELS_MADE_MS + 9))
    await markets.refresh()
    expect([asOf(), markets.problem()]).toEqual([MODELS_MADE_MS + 9, undefined])
  })

  it('say why where nothing could be read to begin with', async () => {
    objects.fail()
    const failure = await marketsInService(markets).catch((thrown: unknown) => thrown)
    const explanation = 'no market model is in service: the market model cannot be read from where it is kept'
    expect(failure).toMatchObject({ explanation })
    expect(logger.of('markets_refresh_failed')[0]?.fields.cause).toContain(STORE_SECRET)
  })
})
