import { describe, expect, it } from 'vitest'
import { manifestKey } from '../../../shared/lake/layout.ts'
import { publishState } from '../../../shared/lake/state.ts'
import { writeManifest } from '../../../shared/lineage/run.ts'
import { clearDeadRuns } from '../../../shared/usecases/dead-runs.ts'
import { emptyJournal, writeJournal } from '../../../shared/usecases/run-journal.ts'
import { lakeFile, lakeState } from '../../support/lake-states.ts'
import { memoryObjectStore } from '../../support/memory-object-store.ts'
import { runManifest } from '../../support/run-manifests.ts'

const RAW = 'lake/runs/dead/raw/part-0.parquet'

/** A run that died on state 4 with two raw files and more; a run of this id then made state 5 with its first raw file. */
async function lakeAfter(publishedRunId: string) {
  const objects = memoryObjectStore()
  const files = [RAW, 'lake/runs/dead/raw/part-1.parquet', 'lake/runs/dead/keys/part-0.parquet']
  for (const key of [...files, 'lake/runs/deadly/raw/part-0.parquet']) await objects.put(key, 'x')
  await writeJournal(objects, emptyJournal({ runId: 'dead', base: 4, reads: '' }, 0))
  const raw = { ...lakeFile(RAW), source: 's', kind: 'changes' as const, from: null, to: null }
  await writeManifest(objects, runManifest('dead', 5))
  await writeManifest(objects, runManifest(publishedRunId, 5, { raw: [raw] }))
  await publishState(objects, lakeState(5, { runId: publishedRunId }))
  return { objects, files }
}

describe('clearDeadRuns', () => {
  const dead = [{ runId: 'dead', base: 4 }]

  it('removes what a run left that another overtook, but for raw files that this one went on from', async () => {
    const { objects } = await lakeAfter('other')
    await clearDeadRuns(objects, dead)
    expect(await objects.list('lake/runs/dead/')).toEqual([RAW])
    expect(await objects.list('lake/unfinished/')).toEqual([])
    expect(await objects.list('lake/runs/deadly/')).toHaveLength(1)
    expect(await objects.list('lake/runs/other/')).toEqual([manifestKey('other')])
  })

  it('removes nothing of a run that was published and died then', async () => {
    const { objects, files } = await lakeAfter('dead')
    await clearDeadRuns(objects, dead)
    expect(await objects.list('lake/runs/dead/')).toEqual([...files, manifestKey('dead')].sort())
    expect(await objects.list('lake/unfinished/')).toEqual([])
  })

  it('removes nothing where nobody can tell any more who was first', async () => {
    const { objects, files } = await lakeAfter('other')
    await objects.remove(await objects.list('lake/states/'))
    await clearDeadRuns(objects, dead)
    expect(await objects.list('lake/runs/dead/')).toEqual([...files, manifestKey('dead')].sort())
    expect(await objects.list('lake/unfinished/')).toEqual([])
  })
})
