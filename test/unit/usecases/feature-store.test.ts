import { beforeEach, describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { byPlacement } from '../../../shared/bets/bet.ts'
import { featureSet } from '../../../shared/features/feature-set.ts'
import { FEATURES } from '../../../shared/features/registry.ts'
import { replayLedger } from '../../../shared/features/replay.ts'
import { knownAtMs } from '../../../shared/features/settlement-lag.ts'
import type { FeatureStore } from '../../../shared/usecases/feature-store.ts'
import { createFeatureStore } from '../../../shared/usecases/feature-store.ts'
import { materializeFeatures } from '../../../shared/usecases/materialize-features.ts'
import { bet, randomLedger } from '../../support/bets.ts'
import { editJson, memoryObjectStore } from '../../support/memory-object-store.ts'
import type { MemoryPipelineDeps } from '../../support/pipeline-deps.ts'
import { memoryPipelineDeps, RUN_AT_MS, run } from '../../support/pipeline-deps.ts'

const LEDGER = randomLedger(8, 90).sort(byPlacement)
const NAMES = ['sport_count', 'market_log_odds', 'ledger_residual_7d']

let deps: MemoryPipelineDeps
let store: FeatureStore

async function bringIn(bets: readonly Bet[]): Promise<void> {
  deps.source.save(bets, (deps.clock() - 1000) * 1000)
  await run(deps)
}

beforeEach(async () => {
  const objects = memoryObjectStore()
  deps = memoryPipelineDeps({ objects })
  store = createFeatureStore({ ...deps, objects })
  await bringIn(LEDGER)
})

describe('the training set', () => {
  it('has the features named, in that order, of every bet as of its placement', async () => {
    await materializeFeatures(deps, { full: false })
    const rows = await store.trainingSet(RUN_AT_MS, NAMES)
    const replay = replayLedger(LEDGER, featureSet(NAMES))
    expect(rows.names).toEqual(NAMES)
    expect(rows.bets.map(({ id }) => id)).toEqual(LEDGER.map(({ id }) => id))
    expect(rows.columns).toEqual(replay.columns)
  })

  it('ends before its moment, and knows no result that was not known by then', async () => {
    await materializeFeatures(deps, { full: false })
    const asOfMs = LEDGER[60]?.placedAtMs ?? 0
    const { bets, columns } = await store.trainingSet(asOfMs, NAMES)
    const placed = LEDGER.filter(({ placedAtMs }) => placedAtMs < asOfMs)
    expect(bets).toHaveLength(placed.length)
    expect(columns.map(({ length }) => length)).toEqual(NAMES.map(() => placed.length))
    const known = placed.filter((one) => one.state !== 'open' && knownAtMs(one) < asOfMs)
    expect(known.length).toBeGreaterThan(5)
    expect(bets.filter(({ state }) => state !== 'open')).toEqual(known)
    const hidden = bets.filter((one, r) => one.state === 'open' && placed[r]?.state !== 'open')
    expect(hidden.length).toBeGreaterThan(0)
    for (const one of hidden) {
      expect(one).toMatchObject({ profitMinor: null, settledAtMs: null, closingLineValue: null, resultKnownAtMs: null })
    }
  })

  it('is refused where none has been made, bets have changed since, or other software made it', async () => {
    const outdated = { code: 'features_outdated' }
    await expect(store.trainingSet(RUN_AT_MS, NAMES)).rejects.toMatchObject(outdated)
    await materializeFeatures(deps, { full: false })
    await store.trainingSet(RUN_AT_MS, NAMES)
    deps.clock.advance(60_000)
    await bringIn([bet({ id: 'new' })])
    await expect(store.trainingSet(RUN_AT_MS, NAMES)).rejects.toMatchObject(outdated)
    await materializeFeatures(deps, { full: false })
    await editJson(deps.objects, 'online/features.json', { layerHash: 'b'.repeat(64) })
    await expect(store.trainingSet(RUN_AT_MS, NAMES)).rejects.toMatchObject(outdated)
  })

  it('leaves out, as the features do, bets of the future, in a month of their own and in one with others', async () => {
    const later = [3, 70].map((days) =>
      bet({ id: `in-${days}`, state: 'open', placedAtMs: RUN_AT_MS + days * 86_400_000, settledAtMs: null }),
    )
    await bringIn(later)
    const present = bet({ id: 'present', placedAtMs: RUN_AT_MS - 1000, settledAtMs: null })
    await bringIn([present])
    await materializeFeatures(deps, { full: false })
    const { bets } = await store.trainingSet(RUN_AT_MS, NAMES)
    expect(bets.map(({ id }) => id)).toEqual([...LEDGER, present].sort(byPlacement).map(({ id }) => id))
  })

  it('names the feature that there is not', async () => {
    await materializeFeatures(deps, { full: false })
    await expect(store.trainingSet(RUN_AT_MS, ['sport_luck'])).rejects.toMatchObject({ code: 'unknown_feature' })
  })
})

describe('the online vector', () => {
  it('is what training would have seen of a bet placed now', async () => {
    await materializeFeatures(deps, { full: false })
    const asked = bet({ id: 'asked', state: 'open', placedAtMs: RUN_AT_MS + 5000, settledAtMs: null })
    const { values, stale } = await store.onlineVector(asked, asked.placedAtMs, NAMES)
    const { columns } = replayLedger([...LEDGER, asked], featureSet(NAMES))
    expect(stale).toEqual([])
    expect(values).toEqual(Float32Array.from(columns, (column) => column.at(-1) ?? 99))
  })

  it('follows what the pipeline leaves', async () => {
    await materializeFeatures(deps, { full: false })
    const count = async () => (await store.onlineVector(bet(), deps.clock(), ['ledger_count'])).values[0] ?? 0
    const before = await count()
    deps.clock.advance(3_600_000)
    await bringIn([bet({ id: 'new' })])
    await materializeFeatures(deps, { full: false })
    expect(await count()).toBe(before + 1)
  })

  it('is refused where no features have been made', async () => {
    await expect(store.onlineVector(bet(), RUN_AT_MS, NAMES)).rejects.toMatchObject({ code: 'no_snapshot' })
  })
})

describe('the description', () => {
  it('tells what the features are, and the layer once there is one', async () => {
    expect(await store.describe()).toEqual({ features: FEATURES, layer: null })
    const { layer } = await materializeFeatures(deps, { full: false })
    expect((await store.describe()).layer).toEqual(layer)
  })
})
