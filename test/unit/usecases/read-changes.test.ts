import { describe, expect, it } from 'vitest'
import { DomainError, UpstreamError } from '../../../shared/kernel/errors.ts'
import type { ChangePosition } from '../../../shared/lake/state.ts'
import type { ChangeFeed, PassProgress } from '../../../shared/usecases/read-changes.ts'
import { emptyReadReport, readChanges } from '../../../shared/usecases/read-changes.ts'

interface Change {
  id: string
  updatedAt: string
  updatedAtUs: number
}

/** `a1` is the change of bet a at time 1. */
function change(name: string): Change {
  const updatedAtUs = Number(name.slice(1))
  return { id: name.slice(0, 1), updatedAt: `t${updatedAtUs}`, updatedAtUs }
}

const nameOf = ({ id, updatedAtUs }: Change) => `${id}${updatedAtUs}`
const changes = (names: string) => names.split(' ').filter(Boolean).map(change)

/** A feed that answers with these pages in turn, an error where one stands, and keeps what it was asked for. */
function scripted(pages: readonly (string | Error)[], counts: readonly (number | Error)[] = []) {
  const asked: (string | null)[] = []
  const counted: (string | null)[] = []
  const answer = <T>(answers: readonly (T | Error)[], n: number): T => {
    const next = answers[n]
    if (next === undefined) throw new Error(`nobody expected request ${n + 1}`)
    if (next instanceof Error) throw next
    return next
  }
  const name = (position: ChangePosition | null) => (position === null ? null : nameOf(position))
  const feed: ChangeFeed<Change> = {
    async page(after) {
      asked.push(name(after))
      return changes(answer(pages, asked.length - 1))
    },
    async count(upTo) {
      counted.push(name(upTo))
      return answer(counts, counted.length - 1)
    },
  }
  return { feed, asked, counted }
}

const PASSING = new UpstreamError('source', '503')
const LASTING = new UpstreamError('source', '400', { retryable: false })

async function read(feed: ChangeFeed<Change>, begunAt: PassProgress | null = null) {
  const report = emptyReadReport()
  const waits: number[] = []
  const pages: string[] = []
  const ends: (string | number)[][] = []
  let latest: PassProgress | null = null
  const failure = await (async () => {
    const sleep = async (ms: number) => void waits.push(ms)
    for await (const { records, progress } of readChanges({ sleep }, feed, begunAt, report)) {
      pages.push(records.map(nameOf).join(' '))
      ends.push([nameOf(progress.position), progress.records])
      latest = progress
    }
  })().catch((thrown: unknown) => thrown)
  return { report, waits, pages, ends, failure, progress: latest as PassProgress | null }
}

describe('readChanges', () => {
  it('reads page after page, each after the last record, and asks whether that is all', async () => {
    const { feed, asked, counted } = scripted(['a1 b1', 'c2', ''], [3])
    const { pages, ends, report, failure } = await read(feed)
    expect(pages).toEqual(['a1 b1', 'c2'])
    expect(ends).toEqual([
      ['b1', 2],
      ['c2', 3],
    ])
    expect(asked).toEqual([null, 'b1', 'c2'])
    expect(counted).toEqual(['c2'])
    expect(report).toEqual({ ...emptyReadReport(), pages: 3, records: 3 })
    expect(failure).toBeUndefined()
  })

  it('reads nothing where there is nothing', async () => {
    const { feed, counted } = scripted([''], [0])
    expect(await read(feed)).toMatchObject({ pages: [], report: { pages: 1, records: 0 }, failure: undefined })
    expect(counted).toEqual([null])
  })

  it('goes on where an earlier read ended, counting what that one had read', async () => {
    const { feed, asked } = scripted(['b2 c2', ''], [12])
    const { pages, ends } = await read(feed, { position: change('b2'), records: 11, ties: [] })
    expect(asked).toEqual(['b2', 'c2'])
    expect(pages).toEqual(['c2'])
    expect(ends).toEqual([['c2', 12]])
  })

  it('counts nothing twice after a page in disorder, nor where another read goes on from it', async () => {
    // Sorted by time alone, the page ends with b, and c comes after it.
    const before = scripted(['c2 b2 a1', new UpstreamError('source', '400', { retryable: false })])
    const { progress } = await read(before.feed)
    expect(progress).toEqual({ position: change('b2'), records: 3, ties: ['c', 'b'] })
    const { feed, asked } = scripted(['c2 d3', ''], [4])
    const { pages, ends } = await read(feed, progress)
    expect(asked).toEqual(['b2', 'd3'])
    expect([pages, ends]).toEqual([['d3'], [['d3', 4]]])
  })

  it('leaves out what came already: a page sent twice, or pages that overlap', async () => {
    const { feed, asked } = scripted(['a1 b1 c1', 'a1 b1 c1 d1', 'c1 d1 e2', ''], [5])
    const { pages, report } = await read(feed)
    expect(pages).toEqual(['a1 b1 c1', 'd1', 'e2'])
    expect(asked).toEqual([null, 'c1', 'd1', 'e2'])
    expect(report).toMatchObject({ records: 5, repeatedRecords: 5, disorderedPages: 0 })
  })

  it('asks again for a page that brings nothing new', async () => {
    const { feed, asked } = scripted(['a1 b1', 'a1 b1', 'c1', ''], [3])
    const { pages, report, waits } = await read(feed)
    expect(pages).toEqual(['a1 b1', 'c1'])
    expect(asked).toEqual([null, 'b1', 'b1', 'c1'])
    expect(report).toMatchObject({ repeatedRecords: 2, retries: 1, rereads: 0 })
    expect(waits).toEqual([250])
  })

  it('gives up on a source that sends one page for ever', async () => {
    const { feed } = scripted(['a1 b1', 'a1 b1', 'a1 b1', 'a1 b1'])
    const { failure, report } = await read(feed)
    expect(failure).toBeInstanceOf(UpstreamError)
    expect(report).toMatchObject({ retries: 2, repeatedRecords: 6 })
  })

  it('puts a page in order, and goes on after its newest record', async () => {
    const { feed, asked } = scripted(['c3 a1 b2', 'd3 e4', ''], [5])
    const { pages, report } = await read(feed)
    expect(pages).toEqual(['a1 b2 c3', 'd3 e4'])
    expect(asked).toEqual([null, 'c3', 'e4'])
    expect(report).toMatchObject({ disorderedPages: 1, repeatedRecords: 0 })
  })

  it('leaves the order of ids at one instant to the source', async () => {
    const { feed, asked } = scripted(['b1 a1', 'Z1', ''], [3])
    const { pages, report } = await read(feed)
    expect(pages).toEqual(['b1 a1', 'Z1'])
    expect(asked).toEqual([null, 'a1', 'Z1'])
    expect(report).toMatchObject({ disorderedPages: 0, rereads: 0 })
  })

  it('reads all again where pages came out of order and one was passed over', async () => {
    const { feed, asked } = scripted(['c2 d2', '', 'a1 b1', 'c2 d2', ''], [4, 4])
    const { pages, report, failure } = await read(feed)
    expect(failure).toBeUndefined()
    expect(asked).toEqual([null, 'd2', null, 'b1', 'd2'])
    expect(pages).toEqual(['c2 d2', 'a1 b1', 'c2 d2'])
    expect(report).toMatchObject({ rereads: 1, records: 4, repeatedRecords: 0 })
  })

  it('reads all again, from the very beginning, where a resumed read comes up short', async () => {
    const { feed, asked } = scripted(['c3', '', 'a1', 'b2', 'c3', ''], [3, 3])
    const { report } = await read(feed, { position: change('b2'), records: 1, ties: [] })
    expect(asked).toEqual(['b2', 'c3', null, 'a1', 'b2', 'c3'])
    expect(report).toMatchObject({ rereads: 1, records: 3 })
  })

  it('gives up after three passes that came up short', async () => {
    const { feed } = scripted(['a1', '', 'a1', '', 'a1', ''], [2, 2, 2])
    const { failure, report } = await read(feed)
    expect(failure).toBeInstanceOf(UpstreamError)
    expect(failure).toMatchObject({ retryable: true })
    expect(report).toMatchObject({ rereads: 2, records: 1 })
  })

  it('bears rows that leave the stretch while it is read: fewer are there than were read', async () => {
    const { feed } = scripted(['a1 b1', 'c2 a3', ''], [3])
    expect(await read(feed)).toMatchObject({ failure: undefined, report: { records: 4, rereads: 0 } })
  })

  it('tries a request again that failed, waiting longer each time', async () => {
    const { feed } = scripted(['a1', PASSING, PASSING, 'b1', PASSING, ''], [PASSING, 2])
    const { pages, report, waits, failure } = await read(feed)
    expect(failure).toBeUndefined()
    expect(pages).toEqual(['a1', 'b1'])
    expect(waits).toEqual([250, 1000, 250, 250])
    expect(report).toMatchObject({ retries: 4, pages: 3, records: 2 })
  })

  it.each([
    ['three times', [PASSING, PASSING, PASSING], PASSING, 2],
    ['for good', [LASTING], LASTING, 0],
    ['of our own fault', [new DomainError('x', 'y')], expect.any(DomainError), 0],
  ])('gives up where a request fails %s, what was read before being kept', async (_, errors, expected, retries) => {
    const { feed } = scripted(['a1', ...errors])
    const { failure, pages, report } = await read(feed)
    expect(failure).toEqual(expected)
    expect(pages).toEqual(['a1'])
    expect(report.retries).toBe(retries)
  })

  it('takes an empty page for the end only where nothing comes after it', async () => {
    const { feed, asked } = scripted(['a1', '', 'b2', ''], [2])
    const left = [1, 0]
    const remaining = async (after: ChangePosition | null) => {
      expect(after?.id).toBe(left.length === 2 ? 'a' : 'b')
      return left.shift() ?? 0
    }
    const { pages, report, failure } = await read({ ...feed, remaining })
    expect(failure).toBeUndefined()
    expect(asked).toEqual([null, 'a1', 'a1', 'b2'])
    expect(pages).toEqual(['a1', 'b2'])
    expect(report).toMatchObject({ retries: 1, rereads: 0, pages: 4 })
  })

  it('gives up on a source that counts more and sends no more', async () => {
    const { feed } = scripted(['a1', '', '', ''])
    const { failure, report } = await read({ ...feed, remaining: async () => 1 })
    expect(failure).toMatchObject({ name: 'UpstreamError', retryable: true })
    expect(report.retries).toBe(2)
  })

  it('asks for no count where the feed has none', async () => {
    const { feed } = scripted(['a1', ''])
    expect(await read({ page: feed.page })).toMatchObject({ pages: ['a1'], failure: undefined })
  })
})
