import { beforeEach, describe, expect, it } from 'vitest'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import { readManifest } from '../../../shared/lineage/run.ts'
import { bet, randomLedger } from '../../support/bets.ts'
import { memoryChangeSource } from '../../support/memory-change-source.ts'
import { textOf } from '../../support/memory-object-store.ts'
import type { MemoryPipelineDeps } from '../../support/pipeline-deps.ts'
import { betsInLake, memoryPipelineDeps, RUN_AT_MS, run } from '../../support/pipeline-deps.ts'

const HOUR_MS = 3_600_000
const OLD_US = (RUN_AT_MS - 24 * HOUR_MS) * 1000

let deps: MemoryPipelineDeps

beforeEach(() => {
  // Pages of 10, raw files of 20.
  deps = memoryPipelineDeps({ source: memoryChangeSource({ pageRows: 10 }), partRows: 20 })
  for (const [i, each] of randomLedger(8, 75).entries()) deps.source.save([each], OLD_US + i)
})

/** A source that fails for good from the n-th page on, and remembers what it was asked for. */
function failingAt(page: number) {
  const asked: (string | null)[] = []
  const source: typeof deps.source = {
    ...deps.source,
    page: async (window, after) => {
      asked.push(after?.id ?? null)
      if (asked.length >= page) throw new UpstreamError('source', 'gone', { retryable: false })
      return deps.source.page(window, after)
    },
  }
  return { source, asked }
}

const partsOf = async (runId: string) =>
  (await readManifest(deps.objects, runId))?.raw.map(({ key, rows }) => [key, rows])

describe('what a run reads', () => {
  it('becomes durable a part at a time', async () => {
    const { runId } = await run(deps)
    expect(await partsOf(runId)).toEqual(
      [20, 20, 20, 15].map((rows, i) => [`lake/runs/run-01/raw/part-${i}.parquet`, rows]),
    )
  })

  it('is kept as it was said, the refused with the rest', async () => {
    deps.source.put({ id: 'odd', state: 'lucky', extra: { nested: ['"', '\u0000'] } }, OLD_US + 1000)
    const { runId } = await run(deps)
    const manifest = await readManifest(deps.objects, runId)
    const said = []
    for (const file of manifest?.raw ?? []) for await (const page of deps.lake.readRaw(file)) said.push(...page)
    expect(said).toHaveLength(76)
    expect(said.at(-1)).toMatchObject({ id: 'odd', record: { state: 'lucky', extra: { nested: ['"', '\u0000'] } } })
  })

  it('has its deletions beside its changes', async () => {
    await run(deps)
    deps.clock.advance(HOUR_MS)
    deps.source.remove(['bet-1', 'bet-2'], deps.clock() * 1000 - 1_000_000)
    const { runId, counts } = await run(deps)
    expect(counts).toMatchObject({ received: 2, deleted: 2 })
    expect(await partsOf(runId)).toEqual([['lake/runs/run-02/raw/part-0.parquet', 2]])
  })
})

describe('a run after one that was killed while it read', () => {
  it('goes on from the parts that are durable, and reads only the rest', async () => {
    const { source } = failingAt(6)
    await expect(run({ ...deps, source })).rejects.toThrow('gone')
    const { source: watched, asked } = failingAt(99)
    const report = await run({ ...deps, source: watched })
    expect(report).toMatchObject({ resumedFrom: 'run-01', bets: 75, counts: { received: 75, inserted: 75 } })
    expect(asked).toEqual(['bet-39', 'bet-49', 'bet-59', 'bet-69', 'bet-74'])
    expect(await partsOf(report.runId)).toEqual([
      ['lake/runs/run-01/raw/part-0.parquet', 20],
      ['lake/runs/run-01/raw/part-1.parquet', 20],
      ['lake/runs/run-02/raw/part-0.parquet', 20],
      ['lake/runs/run-02/raw/part-1.parquet', 15],
    ])
    expect(await betsInLake(deps)).toHaveLength(75)
  })

  it('goes on from what that one had gone on from', async () => {
    await expect(run({ ...deps, source: failingAt(4).source })).rejects.toThrow('gone')
    await expect(run({ ...deps, source: failingAt(4).source })).rejects.toThrow('gone')
    const { source, asked } = failingAt(99)
    const report = await run({ ...deps, source })
    expect(report).toMatchObject({ resumedFrom: 'run-02', bets: 75 })
    expect(asked[0]).toBe('bet-39')
    expect((await partsOf(report.runId))?.map(([key]) => String(key).slice(0, 17))).toEqual([
      ...['lake/runs/run-01/', 'lake/runs/run-02/', 'lake/runs/run-03/', 'lake/runs/run-03/'],
    ])
  })

  it('takes in what has changed since, also where that one had read to the end', async () => {
    const full = new UpstreamError('disk', 'full', { retryable: false })
    const objects: typeof deps.objects = {
      ...deps.objects,
      put: (key, body) => (key.endsWith('manifest.json') ? Promise.reject(full) : deps.objects.put(key, body)),
    }
    await expect(run({ ...deps, objects })).rejects.toThrow('full')
    deps.clock.advance(HOUR_MS)
    deps.source.save([bet({ id: 'since' })], deps.clock() * 1000 - 1_000_000)
    deps.source.remove(['bet-7'], deps.clock() * 1000 - 1_000_000)
    const report = await run(deps)
    expect(report).toMatchObject({ resumedFrom: 'run-01', bets: 75, counts: { received: 77, superseded: 1 } })
    const ids = (await betsInLake(deps)).map(({ id }) => id)
    expect([ids.includes('since'), ids.includes('bet-7')]).toEqual([true, false])
  })

  it('looks for late changes from when that one began to read', async () => {
    await expect(run({ ...deps, source: failingAt(6).source })).rejects.toThrow('gone')
    deps.clock.advance(10 * 60_000)
    await run(deps)
    // Committed a minute after the first run began, with the time of its statement just before.
    deps.source.save([bet({ id: 'late' })], (RUN_AT_MS - 30_000) * 1000)
    deps.clock.advance(HOUR_MS)
    expect((await run(deps)).counts.inserted).toBe(1)
  })

  it('does not go on from a run that read something else', async () => {
    await expect(run({ ...deps, source: failingAt(6).source })).rejects.toThrow('gone')
    expect(await run(deps, { mode: 'full' })).toMatchObject({ resumedFrom: null, bets: 75 })
  })

  it('clears away what that one left and nobody needs', async () => {
    await expect(run({ ...deps, source: failingAt(6).source })).rejects.toThrow('gone')
    const { runId } = await run(deps, { mode: 'full' })
    expect(await deps.objects.list('lake/unfinished/')).toEqual([])
    const others = (await deps.objects.list('lake/runs/')).filter((key) => !key.startsWith(`lake/runs/${runId}/`))
    expect(others).toEqual([])
  })

  it('quarantines what it reads again once', async () => {
    deps.source.put({ id: 'odd', state: 'lucky' }, OLD_US - 1)
    await expect(run({ ...deps, source: failingAt(6).source })).rejects.toThrow('gone')
    const report = await run(deps)
    expect(report).toMatchObject({ resumedFrom: 'run-01', counts: { refused: 1 } })
    expect((await deps.quarantine.count('waiting')).total).toBe(1)
  })
})

describe('the journal', () => {
  it('is there before the first page is asked for', async () => {
    const journals: string[][] = []
    const source: typeof deps.source = {
      ...deps.source,
      page: async (window, after) => {
        journals.push(await deps.objects.list('lake/unfinished/'))
        return deps.source.page(window, after)
      },
    }
    await run({ ...deps, source })
    expect(journals[0]).toEqual(['lake/unfinished/run-01.json'])
    expect(await deps.objects.list('lake/unfinished/')).toEqual([])
  })

  it('tells how far the durable parts reach', async () => {
    await expect(run({ ...deps, source: failingAt(8).source })).rejects.toThrow('gone')
    expect(JSON.parse(await textOf(deps.objects, 'lake/unfinished/run-01.json'))).toMatchObject({
      ...{ runId: 'run-01', base: 0, startedAt: new Date(RUN_AT_MS).toISOString() },
      parts: [{ rows: 20 }, { rows: 20 }, { rows: 20 }],
      progress: { position: { id: 'bet-59' }, records: 60 },
    })
  })
})
