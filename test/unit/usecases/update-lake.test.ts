import { beforeEach, describe, expect, it } from 'vitest'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import { DEFAULT_THRESHOLDS } from '../../../shared/quality/thresholds.ts'
import { identifyLedger } from '../../../shared/usecases/ledger-identity.ts'
import { FEATURE_SNAPSHOT_KEY, PERFORMANCE_SNAPSHOT_KEY } from '../../../shared/usecases/materialize-features.ts'
import type { RunMode } from '../../../shared/usecases/plan-read.ts'
import { updateLake } from '../../../shared/usecases/update-lake.ts'
import { bet } from '../../support/bets.ts'
import { editJson, textOf } from '../../support/memory-object-store.ts'
import type { MemoryPipelineDeps } from '../../support/pipeline-deps.ts'
import { betsInLake, memoryPipelineDeps, RUN_AT_MS, run } from '../../support/pipeline-deps.ts'

const OLD_US = (RUN_AT_MS - 86_400_000) * 1000
const SNAPSHOTS = [FEATURE_SNAPSHOT_KEY, PERFORMANCE_SNAPSHOT_KEY]

let deps: MemoryPipelineDeps
let written: string[]

beforeEach(() => {
  deps = memoryPipelineDeps()
  written = []
  deps.source.save([bet({ id: 'a' }), bet({ id: 'b' })], OLD_US)
})

/** The pipeline with its features and snapshots, which are noted as they are written. */
function update(mode: RunMode = 'incremental') {
  const objects: typeof deps.objects = {
    ...deps.objects,
    put: (key, body) => {
      if (SNAPSHOTS.includes(key)) written.push(key)
      return deps.objects.put(key, body)
    },
  }
  return updateLake({ ...deps, objects }, { trigger: 'test', mode, sport: null, thresholds: DEFAULT_THRESHOLDS })
}

/** That both snapshots are of the bets in the lake. */
async function expectFresh(): Promise<void> {
  const { ledgerSha256 } = await identifyLedger(await betsInLake(deps))
  for (const key of SNAPSHOTS) expect(JSON.parse(await textOf(deps.objects, key))).toMatchObject({ ledgerSha256 })
}

describe('updateLake', () => {
  it('leaves snapshots of the bets, though they fail the quality gate', async () => {
    expect(await update()).toMatchObject({ bets: 2, verdict: 'quality_gate_failed' })
    await expectFresh()
    expect(await deps.objects.list('lake/runs/run-01/features/')).toHaveLength(1)
  })

  it('makes them once while no bet changes, and anew when one does or is deleted', async () => {
    await update()
    deps.clock.advance(60_000)
    await update()
    expect(written).toHaveLength(2)
    deps.source.save([bet({ id: 'b', league: 'WNBA' })], deps.clock() * 1000)
    await update()
    await expectFresh()
    expect(written).toHaveLength(4)
    deps.source.remove(['a', 'b'], deps.clock() * 1000 + 1)
    await update()
    await expectFresh()
    expect(written).toHaveLength(6)
  })

  it('makes them anew for a refresh', async () => {
    await update()
    await update('full')
    expect(written).toHaveLength(4)
  })

  it('makes none of a lake that never had a bet', async () => {
    deps.source.lose(['a', 'b'])
    await update()
    expect(written).toEqual([])
  })

  it('makes them where the run that changed the bets was one without snapshots', async () => {
    await update()
    deps.source.save([bet({ id: 'c' })], deps.clock() * 1000)
    await run(deps)
    expect((await update()).counts).toMatchObject({ inserted: 0, repeated: 1 })
    await expectFresh()
  })

  it.each([FEATURE_SNAPSHOT_KEY, PERFORMANCE_SNAPSHOT_KEY, 'online/origin.json'])(
    'makes them where the last run published and died before it wrote %s',
    async (fatal) => {
      await update()
      deps.source.save([bet({ id: 'c' })], deps.clock() * 1000)
      const death = new UpstreamError('disk', 'died', { retryable: false })
      const { put } = deps.objects
      deps.objects.put = (key, body) => (key === fatal ? Promise.reject(death) : put(key, body))
      await expect(update()).rejects.toThrow('died')
      deps.objects.put = put
      // The bet goes again: the lake is what it was when the snapshots were last whole.
      deps.source.remove(['c'], deps.clock() * 1000 + 1)
      await update()
      await expectFresh()
    },
  )

  it('makes them where they were made by software with other features', async () => {
    await update()
    await editJson(deps.objects, 'online/origin.json', { featuresHash: 'of an older version' })
    await update()
    expect(written).toHaveLength(4)
  })
})
