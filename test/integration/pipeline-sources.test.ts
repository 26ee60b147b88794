import { beforeEach, describe, expect, it } from 'vitest'
import { byPlacement } from '../../shared/bets/bet.ts'
import { UpstreamError } from '../../shared/kernel/errors.ts'
import type { PipelineReport } from '../../shared/usecases/pipeline-report.ts'
import { bet, randomLedger } from '../support/bets.ts'
import { memoryChangeSource } from '../support/memory-change-source.ts'
import type { MemoryPipelineDeps } from '../support/pipeline-deps.ts'
import { betsInLake, memoryPipelineDeps, RUN_AT_MS, run } from '../support/pipeline-deps.ts'
import type { Whim } from '../support/unruly-source.ts'
import { unrulySource } from '../support/unruly-source.ts'

const OLD_US = (RUN_AT_MS - 86_400_000) * 1000
const LEDGER = randomLedger(41, 40)

let deps: MemoryPipelineDeps

beforeEach(() => {
  // Four pages of ten, and the empty one.
  deps = memoryPipelineDeps({ source: memoryChangeSource({ pageRows: 10 }) })
  for (const [i, each] of LEDGER.entries()) deps.source.save([each], OLD_US + i)
})

const runWith = (...whims: Whim[]) => run({ ...deps, source: unrulySource(deps.source, whims) })

/** That every bet is in the lake, and every version accounted for. */
async function expectAll({ counts, bets }: PipelineReport): Promise<void> {
  const { received, ...others } = counts
  expect(Object.values(others).reduce((sum, n) => sum + n, 0)).toBe(received)
  expect(bets).toBe(LEDGER.length)
  expect(await betsInLake(deps)).toEqual([...LEDGER].sort(byPlacement))
}

const CLEAN = { pages: 5, records: 40, repeatedRecords: 0, disorderedPages: 0, retries: 0, rereads: 0 }

describe('a source that answers', () => {
  it.each<[string, Whim[], Partial<typeof CLEAN>, Partial<PipelineReport['counts']>]>([
    ['well', [], {}, { received: 40 }],
    ['late', ['late', 'late', 'late'], {}, { received: 40 }],
    ['with a page twice', ['well', 'again'], { pages: 6, repeatedRecords: 10, retries: 1 }, { received: 40 }],
    ['with pages out of order in themselves', ['disordered', 'disordered'], { disorderedPages: 2 }, { received: 40 }],
    ['with a page before its turn', ['well', 'skipping'], { pages: 9, rereads: 1 }, { received: 70, superseded: 30 }],
    ['with a record short', ['well', 'short'], { pages: 10, rereads: 1 }, { received: 79, superseded: 39 }],
    ['with nothing in between', ['well', 'empty'], { pages: 6, retries: 1 }, { received: 40 }],
    ['after two failures', ['well', 'failing', 'failing'], { retries: 2 }, { received: 40 }],
  ])('%s loses nothing, and the report says what happened', async (_, whims, read, counts) => {
    const report = await runWith(...whims)
    expect(report).toMatchObject({ attempts: 1, read: { ...CLEAN, ...read }, counts: { inserted: 40, ...counts } })
    await expectAll(report)
  })

  it('with failures that outlast three tries is asked anew, from what is durable', async () => {
    const unruly = unrulySource(deps.source, ['well', 'well', 'well', 'failing', 'failing', 'failing'])
    const report = await run({ ...deps, partRows: 20, source: unruly })
    expect(report).toMatchObject({ attempts: 2, resumedFrom: 'run-01', read: { pages: 3, records: 40 } })
    expect(deps.sleeps).toEqual([250, 1000, 1000])
    await expectAll(report)
  })

  it('always short is given up after three attempts, and told of; the lake stays as it was', async () => {
    await run(deps)
    deps.clock.advance(3_600_000)
    deps.source.save([bet({ id: 'x' }), bet({ id: 'y' })], deps.clock() * 1000 - 1_000_000)
    const source = { ...deps.source, page: async () => [], count: async () => 2 }
    await expect(run({ ...deps, source })).rejects.toBeInstanceOf(UpstreamError)
    expect(deps.events.events.at(-1)).toMatchObject({ type: 'SyncFailed', source: 'memory:bets', attempts: 3 })
    expect(await betsInLake(deps)).toHaveLength(40)
    expect(await run(deps)).toMatchObject({ sequence: 2, bets: 42, resumedFrom: null })
  })

  it('short in every pass is given up likewise', async () => {
    const source = unrulySource(deps.source, Array<Whim>(1000).fill('short'))
    await expect(run({ ...deps, source })).rejects.toThrow(/short/)
    expect(deps.events.events.at(-1)).toMatchObject({ type: 'SyncFailed', attempts: 3 })
    await expectAll(await run(deps))
  })
})
