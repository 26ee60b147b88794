import { expect } from 'vitest'
import type { ObjectStore } from '../../shared/kernel/ports.ts'
import { featureFilesOf, findFeatureLayer } from '../../shared/lake/feature-layer.ts'
import { manifestKey } from '../../shared/lake/layout.ts'
import { filesOf } from '../../shared/lake/retention.ts'
import { readState } from '../../shared/lake/state.ts'
import { readManifest } from '../../shared/lineage/run.ts'
import { inspectQuality } from '../../shared/usecases/inspect-quality.ts'
import type { LakeStore } from '../../shared/usecases/lake-ports.ts'
import { ANYTHING_GOES, currentState, RUN_AT_MS } from './pipeline-deps.ts'

/** What a lake holds, without the names of the runs that made it: equal for equal contents. */
export async function contentsOf(objects: ObjectStore, lake: LakeStore) {
  const { partitions, keys, sources } = await currentState(objects)
  const versions: Record<string, number> = {}
  for await (const page of lake.readKeys(keys)) for (const key of page) versions[key.id] = key.updatedAtUs
  const { findings } = await inspectQuality({ objects, clock: () => RUN_AT_MS }, ANYTHING_GOES)
  return {
    partitions: partitions.map(({ sport, month, file: { rows, sha256 }, profile }) => ({
      ...{ sport, month, rows, sha256, profile },
    })),
    keys: keys.map(({ rows, sha256 }) => ({ rows, sha256 })),
    ...{ versions, sources, findings },
  }
}

/**
 * Holds a lake against its own promises: states in a row, every file there that anything names, none there that nothing
 * names, and no run unfinished or untold.
 *
 * @returns ids of all published runs, by sequence
 */
export async function expectWhole(objects: ObjectStore): Promise<{ runIds: string[] }> {
  const current = await currentState(objects)
  const stateKeys = await objects.list('lake/states/')
  const oldest = current.sequence - stateKeys.length + 1
  const named = new Set(['lake/current.json', ...stateKeys])
  for (let sequence = oldest; sequence <= current.sequence; sequence++) {
    const state = await readState(objects, sequence)
    expect(state).toMatchObject({ sequence })
    if (state !== undefined) for (const key of filesOf(state)) named.add(key)
  }
  const runIds: string[] = []
  for (let runId: string | null = current.runId; runId !== null; ) {
    const manifest = await readManifest(objects, runId)
    if (manifest === undefined) throw new Error(`run ${runId} has no manifest`)
    expect(manifest.sequence).toBe(current.sequence - runIds.length)
    for (const key of [manifestKey(runId), ...manifest.raw.map((file) => file.key)]) named.add(key)
    runIds.unshift(runId)
    runId = manifest.parentRunId
  }
  // Features are made after a run, and not of every one.
  const layer = await findFeatureLayer(objects)
  if (layer !== undefined) for (const key of featureFilesOf(layer)) named.add(key)
  expect(await objects.list('lake/')).toEqual([...named].sort())
  return { runIds }
}
