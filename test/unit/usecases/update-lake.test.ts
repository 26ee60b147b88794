import { beforeEach, describe, expect, it } from 'vitest'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import { FEATURE_LAYER_KEY, findFeatureLayer } from '../../../shared/lake/feature-layer.ts'
import { PERFORMANCE_SNAPSHOT_KEY } from '../../../shared/performance/snapshot.ts'
import { DEFAULT_THRESHOLDS } from '../../../shared/quality/thresholds.ts'
import { identifyLedger } from '../../../shared/usecases/ledger-identity.ts'
import type { RunMode } from '../../../shared/usecases/plan-read.ts'
import { updateLake } from '../../../shared/usecases/update-lake.ts'
import { bet } from '../../support/bets.ts'
import { textOf } from '../../support/memory-object-store.ts'
import type { MemoryPipelineDeps } from '../../support/pipeline-deps.ts'
import { betsInLake, memoryPipelineDeps, RUN_AT_MS, run } from '../../support/pipeline-deps.ts'

const OLD_US = (RUN_AT_MS - 86_400_000) * 1000
const SNAPSHOTS = [FEATURE_LAYER_KEY, PERFORMANCE_SNAPSHOT_KEY]

let deps: MemoryPipelineDeps

beforeEach(() => {
  deps = memoryPipelineDeps()
  deps.source.save([bet({ id: 'a' }), bet({ id: 'b' })], OLD_US)
})

/** The pipeline with its features. */
function update(mode: RunMode = 'incremental') {
  return updateLake(deps, { trigger: 'test', mode, sport: null, thresholds: DEFAULT_THRESHOLDS })
}

/** That both snapshots are of the bets in the lake. */
async function expectFresh(): Promise<void> {
  const { ledgerSha256 } = await identifyLedger(await betsInLake(deps))
  for (const key of SNAPSHOTS) expect(JSON.parse(await textOf(deps.objects, key))).toMatchObject({ ledgerSha256 })
}

/** When the features were last made. */
const madeAt = async () => (await findFeatureLayer(deps.objects))?.madeAt

describe('updateLake', () => {
  it('leaves snapshots of the bets, though they fail the quality gate', async () => {
    const report = await update()
    expect(report).toMatchObject({ bets: 2, verdict: 'quality_gate_failed', features: { betsMade: 2, monthsMade: 1 } })
    await expectFresh()
  })

  it('makes features once while no bet changes, and anew when one does or is deleted', async () => {
    await update()
    const first = await madeAt()
    deps.clock.advance(60_000)
    await update()
    expect(await madeAt()).toBe(first)
    deps.source.save([bet({ id: 'b', league: 'WNBA' })], deps.clock() * 1000)
    await update()
    await expectFresh()
    expect(await madeAt()).not.toBe(first)
    deps.source.remove(['a', 'b'], deps.clock() * 1000 + 1)
    await update()
    await expectFresh()
  })

  it('makes them anew for a refresh', async () => {
    await update()
    deps.clock.advance(60_000)
    expect(await update('full')).toMatchObject({ features: { betsMade: 2 } })
  })

  it('makes none of a lake that never had a bet', async () => {
    deps.source.lose(['a', 'b'])
    expect(await update()).toMatchObject({ features: null })
    expect(await deps.objects.list('online/')).toEqual([])
  })

  it('makes them where the run that changed the bets was one without features', async () => {
    await update()
    deps.source.save([bet({ id: 'c' })], deps.clock() * 1000)
    await run(deps)
    expect((await update()).counts).toMatchObject({ inserted: 0, repeated: 1 })
    await expectFresh()
  })

  it.each(SNAPSHOTS)('makes them where the last run published and died before it wrote %s', async (fatal) => {
    await update()
    deps.source.save([bet({ id: 'c' })], deps.clock() * 1000)
    const death = new UpstreamError('disk', 'died', { retryable: false })
    const { put } = deps.objects
    deps.objects.put = (key, body) => (key === fatal ? Promise.reject(death) : put(key, body))
    await expect(update()).rejects.toThrow('died')
    deps.objects.put = put
    // The bet goes again: the lake is what it was when features and record were last whole.
    deps.source.remove(['c'], deps.clock() * 1000 + 1)
    await update()
    await expectFresh()
  })
})
