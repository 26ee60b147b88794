import { describe, expect, it } from 'vitest'
import { readManifest, writeManifest } from '../../../shared/lineage/run.ts'
import { lakeFile } from '../../support/lake-states.ts'
import { memoryObjectStore, truncateObject } from '../../support/memory-object-store.ts'
import { runManifest } from '../../support/run-manifests.ts'

describe('a manifest', () => {
  const manifest = runManifest('run-1', 3, {
    raw: [{ ...lakeFile('lake/runs/run-1/raw/part-0.parquet'), source: 's', kind: 'changes', from: null, to: null }],
    partitions: [{ sport: null, month: '2025-03', file: null, previous: 'lake/runs/run-0/p' }],
    steps: [
      {
        ...{ name: 'read', kind: 'validate', description: 'Read.', rowsIn: 1, rowsOut: 0, durationMs: 2 },
        parameters: { sport: null, n: 1 },
      },
    ],
  })

  it('is read as it was written', async () => {
    const objects = memoryObjectStore()
    expect(await readManifest(objects, 'run-1')).toBeUndefined()
    await writeManifest(objects, manifest)
    expect(await objects.list('')).toEqual(['lake/runs/run-1/manifest.json'])
    expect(await readManifest(objects, 'run-1')).toEqual(manifest)
  })

  it('is refused where it is damaged', async () => {
    const objects = memoryObjectStore()
    await writeManifest(objects, manifest)
    await truncateObject(objects, 'lake/runs/run-1/manifest.json')
    await expect(readManifest(objects, 'run-1')).rejects.toMatchObject({ code: 'corrupt_object' })
  })
})
