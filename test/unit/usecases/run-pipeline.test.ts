import { describe, expect, it } from 'vitest'
import { byPlacement } from '../../../shared/bets/bet.ts'
import { FEATURE_NAMES, featuresHash } from '../../../shared/features/registry.ts'
import { fromSnapshot, snapshotSchema } from '../../../shared/features/snapshot.ts'
import { getJson } from '../../../shared/kernel/json-object.ts'
import { silentProgress } from '../../../shared/kernel/ports.ts'
import { performanceSnapshotSchema } from '../../../shared/performance/snapshot.ts'
import { identifyLedger } from '../../../shared/usecases/ledger-identity.ts'
import { FEATURE_SNAPSHOT_KEY, PERFORMANCE_SNAPSHOT_KEY, runPipeline } from '../../../shared/usecases/run-pipeline.ts'
import { randomLedger } from '../../support/bets.ts'
import { memoryObjectStore } from '../../support/memory-object-store.ts'
import { MODELS_MADE_MS, memoryLake } from '../../support/models.ts'

describe('runPipeline', () => {
  const ledger = randomLedger(11, 80)

  async function run(bets = ledger) {
    const objects = memoryObjectStore()
    const lake = memoryLake()
    const deps = { objects, lake, clock: () => MODELS_MADE_MS, progress: silentProgress, newId: () => 'run-7' }
    const identity = await identifyLedger(bets)
    return { objects, lake, identity, report: await runPipeline(deps, bets, identity) }
  }

  it('gives the lake every bet in order of placement, with its features', async () => {
    const { lake, report } = await run()
    const [written] = lake.runs
    expect(written?.runId).toBe('run-7')
    expect(written?.bets).toEqual([...ledger].sort(byPlacement))
    expect(written?.featureNames).toEqual(FEATURE_NAMES)
    expect(written?.featureColumns).toHaveLength(FEATURE_NAMES.length)
    expect(written?.featureColumns).toBe(report.replay.columns)
    expect(report.files).toEqual([{ key: 'lake/runs/run-7/raw/bets.parquet', bytes: 80 }])
  })

  it('leaves a feature snapshot from which serving goes on where training ended', async () => {
    const { objects, identity, report } = await run()
    const snapshot = await getJson(objects, FEATURE_SNAPSHOT_KEY, snapshotSchema)
    expect(snapshot).toMatchObject({ ...identity, featuresHash: await featuresHash() })
    if (snapshot === undefined) return
    const history = fromSnapshot(snapshot)
    for (const bet of ledger) {
      expect(history.of('sport_market', bet)).toEqual(report.replay.history.of('sport_market', bet))
    }
  })

  it('leaves the record of the ledger', async () => {
    const { objects, identity } = await run()
    const record = await getJson(objects, PERFORMANCE_SNAPSHOT_KEY, performanceSnapshotSchema)
    expect(record).toMatchObject({ ...identity, settledBets: ledger.filter((bet) => bet.state !== 'open').length })
  })

  it('reports quality and stops at nothing', async () => {
    const { report } = await run([])
    expect(report.quality).toMatchObject({ bets: 0, passed: false })
    expect(report.replay.bets).toEqual([])
  })

  it('writes no snapshot where the lake fails', async () => {
    const objects = memoryObjectStore()
    const lake = { write: () => Promise.reject(new Error('disk full')) }
    const deps = { objects, lake, clock: () => 0, progress: silentProgress, newId: () => 'run-1' }
    await expect(runPipeline(deps, ledger, await identifyLedger(ledger))).rejects.toThrow('disk full')
    expect(await objects.list('')).toEqual([])
  })
})
