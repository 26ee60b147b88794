import { beforeEach, describe, expect, it } from 'vitest'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import { findMissing } from '../../../shared/usecases/find-missing.ts'
import { bet } from '../../support/bets.ts'
import type { MemoryChangeSource } from '../../support/memory-change-source.ts'
import { memoryChangeSource } from '../../support/memory-change-source.ts'
import { currentState, memoryPipelineDeps, run } from '../../support/pipeline-deps.ts'

const CHANGED_US = 1_700_000_000_000_000

/** A lake of as many bets, the source of which can be changed. */
async function lakeOf(count: number) {
  const deps = memoryPipelineDeps({ source: memoryChangeSource({ pageRows: 50 }) })
  const ids = Array.from({ length: count }, (_, i) => `bet-${String(i).padStart(3, '0')}`)
  deps.source.save(
    ids.map((id) => bet({ id })),
    CHANGED_US,
  )
  await run(deps)
  const state = await currentState(deps.objects)
  const find = (source: Partial<MemoryChangeSource> = {}, allowed?: number) =>
    findMissing({ lake: deps.lake, sleep: deps.sleep, source: { ...deps.source, ...source } }, state, allowed)
  return { ids, deps, find }
}

describe('findMissing', () => {
  let lake: Awaited<ReturnType<typeof lakeOf>>

  beforeEach(async () => {
    lake = await lakeOf(120)
  })

  it('finds what the lake has and the source has not, as deletions just after the last version', async () => {
    lake.deps.source.lose(['bet-000', 'bet-077', 'bet-119'])
    expect(await lake.find()).toEqual(
      ['bet-000', 'bet-077', 'bet-119'].map((id) => ({ id, updatedAtUs: CHANGED_US + 1, record: null, bet: null })),
    )
  })

  it('finds nothing where the source has more', async () => {
    lake.deps.source.save([bet({ id: 'new' })], CHANGED_US)
    expect(await lake.find()).toEqual([])
  })

  it('believes 20 missing, or a twentieth of many, or as many as are expected', async () => {
    lake.deps.source.lose(lake.ids.slice(0, 20))
    expect(await lake.find()).toHaveLength(20)
    lake.deps.source.lose(['bet-020'])
    await expect(lake.find()).rejects.toMatchObject({ name: 'DomainError', code: 'too_many_missing' })
    expect(await lake.find({}, 21)).toHaveLength(21)
    await expect(lake.find({}, 0)).rejects.toThrow('allow 21 deletions')

    const many = await lakeOf(500)
    many.deps.source.lose(many.ids.slice(0, 25))
    expect(await many.find()).toHaveLength(25)
    many.deps.source.lose(['bet-025'])
    await expect(many.find()).rejects.toMatchObject({ code: 'too_many_missing' })
  })

  it('never takes an empty source for one in which everything was deleted, however many are expected', async () => {
    lake.deps.source.lose(lake.ids)
    await expect(lake.find({}, 120)).rejects.toMatchObject({ code: 'source_empty' })
  })

  it.each([
    ['empty, though the source counts', async () => []],
    ['cut short', async (after: string | null) => (after === null ? ['bet-000', 'bet-001'] : [])],
    ['the same for ever', async () => ['bet-000']],
  ])('never takes an answer for whole that is %s', async (_, ids) => {
    await expect(lake.find({ ids })).rejects.toBeInstanceOf(UpstreamError)
  })

  it('bears bets that come and go while it reads', async () => {
    let counts = 0
    expect(await lake.find({ count: async () => (counts++ === 0 ? 125 : 120) })).toEqual([])
    counts = 0
    expect(await lake.find({ count: async () => (counts++ === 0 ? 120 : 125) })).toEqual([])
  })

  it('tries each request again, waiting longer each time', async () => {
    let requests = 0
    const failingTwice = <T extends unknown[], R>(answer: (...asked: T) => Promise<R>) => {
      let failures = 2
      return async (...asked: T) => {
        requests++
        if (failures-- > 0) throw new UpstreamError('source', '503')
        return answer(...asked)
      }
    }
    const { source, sleeps } = lake.deps
    expect(await lake.find({ ids: failingTwice(source.ids), count: failingTwice(source.count) })).toEqual([])
    expect(sleeps).toEqual([250, 1000, 250, 1000])
    expect(requests).toBe(2 + 2 + 2 + 4)
  })
})
