import { describe, expect, it } from 'vitest'
import { byPlacement } from '../../../shared/bets/bet.ts'
import { FEATURE_NAMES, featuresHash } from '../../../shared/features/registry.ts'
import { fromSnapshot, snapshotSchema } from '../../../shared/features/snapshot.ts'
import { getJson } from '../../../shared/kernel/json-object.ts'
import { silentProgress } from '../../../shared/kernel/ports.ts'
import { performanceSnapshotSchema } from '../../../shared/performance/snapshot.ts'
import { identifyLedger } from '../../../shared/usecases/ledger-identity.ts'
import type { FeatureRows } from '../../../shared/usecases/materialize-features.ts'
import {
  FEATURE_SNAPSHOT_KEY,
  materializeFeatures,
  PERFORMANCE_SNAPSHOT_KEY,
} from '../../../shared/usecases/materialize-features.ts'
import { randomLedger } from '../../support/bets.ts'
import { lakeFile } from '../../support/lake-states.ts'
import { memoryObjectStore } from '../../support/memory-object-store.ts'

describe('materializeFeatures', () => {
  const ledger = randomLedger(11, 80).sort(byPlacement)

  async function materialized(bets = ledger) {
    const objects = memoryObjectStore()
    const written: FeatureRows[] = []
    const features = {
      write: async (rows: FeatureRows) => {
        written.push(rows)
        return lakeFile('features', rows.bets.length)
      },
    }
    const identity = await identifyLedger(bets)
    const result = await materializeFeatures({ objects, features, progress: silentProgress }, bets, identity, 'run-7')
    return { objects, written, identity, ...result }
  }

  it('writes the features of every bet, in order of placement, under its run', async () => {
    const { written, replay, file } = await materialized()
    expect(written).toHaveLength(1)
    expect(written[0]).toMatchObject({ runId: 'run-7', names: FEATURE_NAMES })
    expect(written[0]?.bets).toEqual(ledger)
    expect(written[0]?.columns).toBe(replay.columns)
    expect(replay.columns).toHaveLength(FEATURE_NAMES.length)
    expect(file).toEqual(lakeFile('features', 80))
  })

  it('leaves a feature snapshot from which serving goes on where training ended', async () => {
    const { objects, identity, replay } = await materialized()
    const snapshot = await getJson(objects, FEATURE_SNAPSHOT_KEY, snapshotSchema)
    if (snapshot === undefined) throw new Error('there is no snapshot')
    expect(snapshot).toMatchObject({ ...identity, featuresHash: await featuresHash() })
    const history = fromSnapshot(snapshot)
    for (const bet of ledger) expect(history.of('sport_market', bet)).toEqual(replay.history.of('sport_market', bet))
  })

  it('leaves the record of the ledger', async () => {
    const { objects, identity } = await materialized()
    const record = await getJson(objects, PERFORMANCE_SNAPSHOT_KEY, performanceSnapshotSchema)
    expect(record).toMatchObject({ ...identity, settledBets: ledger.filter((bet) => bet.state !== 'open').length })
  })

  it('leaves both of an empty ledger, too', async () => {
    const { objects, replay } = await materialized([])
    expect(replay.bets).toEqual([])
    expect(await objects.list('')).toEqual([FEATURE_SNAPSHOT_KEY, PERFORMANCE_SNAPSHOT_KEY].sort())
  })

  it('leaves no snapshot where the features cannot be written', async () => {
    const objects = memoryObjectStore()
    const features = { write: () => Promise.reject(new Error('disk full')) }
    const deps = { objects, features, progress: silentProgress }
    const identity = await identifyLedger(ledger)
    await expect(materializeFeatures(deps, ledger, identity, 'run-7')).rejects.toThrow('disk full')
    expect(await objects.list('')).toEqual([])
  })
})
