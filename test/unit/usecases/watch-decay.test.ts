import { beforeEach, describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import { createRng } from '../../../shared/kernel/random.ts'
import { predictionLogKey } from '../../../shared/performance/served-prediction.ts'
import { createModelRegistry } from '../../../shared/registry/registry.ts'
import { readDecayReport, readDecayState } from '../../../shared/usecases/decay-state.ts'
import { watchDecay } from '../../../shared/usecases/watch-decay.ts'
import { bet } from '../../support/bets.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryEventPublisher } from '../../support/memory-event-publisher.ts'
import { memoryLakeStore } from '../../support/memory-lake-store.ts'
import { memoryObjectStore, truncateObject } from '../../support/memory-object-store.ts'
import { fillForServing, marketBlend, materializeInto, modelVersion, promote } from '../../support/models.ts'

const DAY_MS = 86_400_000
const NOW_MS = Date.UTC(2025, 5, 1)

/** Ten bets a day over the month before, each won with a probability. */
function ledger(winProbability: number, count = 300): Bet[] {
  const rng = createRng(5)
  return Array.from({ length: count }, (_, i) => {
    const placedAtMs = NOW_MS - 35 * DAY_MS + Math.floor(i / 10) * DAY_MS + (i % 10) * 60_000
    const state = rng.next() < winProbability ? ('won' as const) : ('lost' as const)
    return bet({ id: `bet-${String(i).padStart(4, '0')}`, placedAtMs, settledAtMs: placedAtMs + 1000, state })
  })
}

describe('watchDecay', () => {
  let objects: ReturnType<typeof memoryObjectStore>
  let clock: ReturnType<typeof manualClock>
  let events: ReturnType<typeof memoryEventPublisher>
  let version: string

  beforeEach(async () => {
    objects = memoryObjectStore()
    clock = manualClock(NOW_MS)
    events = memoryEventPublisher()
    version = await fillForServing(objects, [bet()])
  })

  const deps = () => ({
    ...{ objects, clock, events, lake: memoryLakeStore(objects) },
    registry: createModelRegistry(objects, clock),
  })

  /** Notes what was served a minute before each bet. */
  async function serve(bets: readonly Bet[], winProbability: number, fields: Record<string, unknown> = {}) {
    for (const one of bets) {
      const atMs = one.placedAtMs - 60_000
      const line = {
        ...{ format: 'closeline-prediction/1', id: one.id, requestId: 'r', index: 0, keyId: null },
        ...{ modelVersion: version, at: new Date(atMs).toISOString(), functionVersion: null, origin: 'own' },
        ...{ sport: 'Basketball', league: 'NBA', market: 'Player Points', book: 'DraftKings', betType: 'straight' },
        ...{ isLive: false, decimalOdds: 2, clvPct: null, features: {}, winProbability, expectedReturn: 0 },
        ...{ confidence: 0.5, grade: 'D', staleFeatures: [], latencyMs: 1, ...fields },
      }
      await objects.put(predictionLogKey(atMs, `${one.id}-${version}`), `${JSON.stringify(line)}\n`)
    }
  }

  it('says that there is nothing where nothing was served', async () => {
    expect(await watchDecay(deps())).toMatchObject({ versions: [], unreadable: 0 })
  })

  it('finds that what was served no longer holds, and tells so once', async () => {
    const bets = ledger(0.35)
    await materializeInto(objects, bets, NOW_MS)
    await serve(bets, 0.6)
    const { versions } = await watchDecay(deps())
    expect(versions).toMatchObject([
      {
        ...{ modelVersion: version, isChampion: true, predictions: 300, withoutBet: 0 },
        bets: { open: 0, settled: 300, inTest: 300 },
        test: { hasDecayed: true, threshold: 20, looks: 1 },
        training: { model: { logLoss: 0.58 } },
      },
    ])
    const segment = versions[0]?.segments.find(({ by }) => by === 'sport')
    expect([segment?.name, segment?.n, segment?.isOff]).toEqual(['Basketball', 300, true])
    expect(await readDecayReport(objects)).toMatchObject({ versions: [{ modelVersion: version }] })
    clock.advance(DAY_MS)
    await watchDecay(deps())
    expect(events.events).toEqual([
      expect.objectContaining({ type: 'DecayDetected', modelVersion: version, outcomes: 300, threshold: 20 }),
    ])
  })

  it('tells nobody where what was served holds, or where the version serves no more', async () => {
    const bets = ledger(0.6)
    await materializeInto(objects, bets, NOW_MS)
    await serve(bets, 0.6)
    expect((await watchDecay(deps())).versions[0]?.test.hasDecayed).toBe(false)
    objects = memoryObjectStore()
    version = await fillForServing(objects, [bet()])
    const lost = ledger(0.3)
    await materializeInto(objects, lost, NOW_MS)
    await serve(lost, 0.6)
    await promote(objects, await modelVersion(marketBlend({ intercept: 0.1 })), clock)
    expect((await watchDecay(deps())).versions).toMatchObject([{ isChampion: false, test: { hasDecayed: true } }])
    expect(events.events).toEqual([])
  })

  it('tells again what was cut off before it was told', async () => {
    const bets = ledger(0.35)
    await materializeInto(objects, bets, NOW_MS)
    await serve(bets, 0.6)
    const broken = { publish: () => Promise.reject(new UpstreamError('bus', 'down')) }
    await expect(watchDecay({ ...deps(), events: broken })).rejects.toThrow(UpstreamError)
    await watchDecay(deps())
    expect(events.events).toHaveLength(1)
  })

  it('takes results in as they come, each once, and remembers predictions that the log no longer has', async () => {
    const bets = ledger(0.6)
    const open = { state: 'open' as const, profitMinor: null, settledAtMs: null }
    await materializeInto(
      objects,
      bets.map((one, i) => (i < 200 ? one : { ...one, ...open })),
      NOW_MS,
    )
    await serve(bets, 0.6)
    expect((await watchDecay(deps())).versions[0]?.bets).toEqual({ open: 100, settled: 200, inTest: 200 })
    await objects.remove(await objects.list('predictions/'))
    await materializeInto(objects, bets, NOW_MS)
    clock.advance(DAY_MS)
    const [after] = (await watchDecay(deps())).versions
    expect(after?.bets).toEqual({ open: 0, settled: 300, inTest: 300 })
    expect(after?.test.looks).toBe(2)
  })

  it('keeps versions and functions apart, and counts what nobody bet on', async () => {
    const bets = ledger(0.6)
    await materializeInto(objects, bets.slice(0, 250), NOW_MS)
    await serve(bets.slice(0, 100), 0.6, { functionVersion: '7' })
    await serve(bets.slice(100, 200), 0.55, { functionVersion: '8', staleFeatures: ['roi_30d'] })
    await serve(bets.slice(200), 0.4, { modelVersion: 'blend-other', functionVersion: '8' })
    const { versions } = await watchDecay(deps())
    expect(versions.map(({ modelVersion, predictions }) => [modelVersion, predictions])).toEqual([
      [version, 200],
      ['blend-other', 100],
    ])
    const functions = versions[0]?.byFunction.map(({ functionVersion, scores }) => [
      functionVersion,
      scores?.n,
      scores?.meanProbability.toFixed(2),
    ])
    expect(functions).toEqual([
      ['7', 100, '0.60'],
      ['8', 100, '0.55'],
    ])
    expect(versions[1]).toMatchObject({ withoutBet: 50, training: null, bets: { settled: 50 } })
    expect(versions[0]?.stale).toMatchObject({ predictions: 100, share: 0.5 })
    expect(versions[0]?.expected.served.logLoss).toBeGreaterThan(0.67)
  })

  it('leaves out what was served from another kind of ledger', async () => {
    const bets = ledger(0.3)
    await materializeInto(objects, bets, NOW_MS)
    await serve(bets, 0.6, { origin: 'demo' })
    expect((await watchDecay(deps())).versions).toEqual([])
  })

  it('begins anew where its memory is damaged', async () => {
    const bets = ledger(0.6)
    await materializeInto(objects, bets, NOW_MS)
    await serve(bets, 0.6)
    await watchDecay(deps())
    await truncateObject(objects, `drift/decay/${version}.json`)
    expect((await watchDecay(deps())).versions[0]?.bets.inTest).toBe(300)
    expect((await readDecayState(objects, version))?.looks).toBe(1)
  })
})
