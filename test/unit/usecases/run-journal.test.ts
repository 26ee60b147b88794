import { describe, expect, it } from 'vitest'
import type { RunJournal } from '../../../shared/usecases/run-journal.ts'
import { emptyJournal, findUnfinished, removeJournals, writeJournal } from '../../../shared/usecases/run-journal.ts'
import { lakeFile } from '../../support/lake-states.ts'
import { memoryObjectStore, truncateObject } from '../../support/memory-object-store.ts'

function journal(runId: string, base: number, parts: number, reads = 'all'): RunJournal {
  const part = { ...lakeFile('raw'), source: 's', kind: 'changes' as const, from: null, to: null }
  return { ...emptyJournal({ runId, base, reads }, 0), parts: Array.from({ length: parts }, () => part) }
}

async function stored(...journals: readonly RunJournal[]) {
  const objects = memoryObjectStore()
  for (const each of journals) await writeJournal(objects, each)
  return objects
}

describe('findUnfinished', () => {
  it('finds the run that came furthest among those that read the same on the same state', async () => {
    const furthest = journal('c', 4, 3)
    const others = [journal('a', 4, 1), journal('b', 4, 2), journal('d', 4, 9, 'golf'), journal('e', 5, 9)]
    const objects = await stored(...others, furthest)
    expect(await findUnfinished(objects, { base: 4, reads: 'all' })).toEqual({ toResume: furthest, dead: [] })
  })

  it('goes on from no run that made nothing durable', async () => {
    const { toResume } = await findUnfinished(await stored(journal('a', 4, 0)), { base: 4, reads: 'all' })
    expect(toResume).toBeUndefined()
  })

  it('decides between equals by name, so that it is the same for everybody', async () => {
    const { toResume } = await findUnfinished(await stored(journal('b', 4, 1), journal('a', 4, 1)), {
      ...{ base: 4, reads: 'all' },
    })
    expect(toResume?.runId).toBe('a')
  })

  it('tells the runs that can never publish: a later state stands', async () => {
    const dead = [journal('a', 2, 0), journal('b', 3, 5)]
    const found = await findUnfinished(await stored(...dead, journal('c', 4, 0)), { base: 4, reads: 'all' })
    expect(found).toEqual({ toResume: undefined, dead })
  })

  it('goes on from no journal that is damaged', async () => {
    const objects = await stored(journal('a', 4, 2), journal('b', 4, 1))
    await truncateObject(objects, 'lake/unfinished/a.json')
    expect((await findUnfinished(objects, { base: 4, reads: 'all' })).toResume?.runId).toBe('b')
  })

  it('finds none that was removed', async () => {
    const objects = await stored(journal('a', 4, 1), journal('b', 4, 1))
    await removeJournals(objects, ['a'])
    expect((await findUnfinished(objects, { base: 4, reads: 'all' })).toResume?.runId).toBe('b')
  })
})
