import { afterEach, expect, it } from 'vitest'
import type { ChangePosition } from '../../shared/lake/state.ts'
import type { ChangeSource, ChangeWindow, SourceDeletion, SourceRecord } from '../../shared/usecases/sync-ports.ts'

/** A table to read from, and how to fill it. Instants are texts of PostgREST, `2025-03-01T00:00:00.000001+00:00`. */
export interface TestTable {
  source: ChangeSource
  insert(rows: readonly { id: string; sport?: string | null; at: string }[]): Promise<void>
  recordDeletions(rows: readonly { id: string; at: string }[]): Promise<void>
  clear(): Promise<void>
}

const ALL: ChangeWindow = { after: null, sinceMs: null, sport: null }

const FIRST = '2025-03-01T00:00:00.000001+00:00'
const TIED = '2025-03-01T00:00:00.000002+00:00'
const LAST = '2025-03-01T00:00:00.001+00:00'
const FIRST_US = Date.UTC(2025, 2, 1) * 1000 + 1

const HOSTILE = [
  ...[
    'a"b',
    'a,b',
    '(a',
    'a)',
    'a\\b',
    '\\',
    '"',
    'a.b',
    "a'b",
    '*',
    '%',
    '_',
    'a:b',
    '{}',
    '[x]',
    ' a ',
    'null',
    'is.null',
  ],
  ...[
    'and(id.eq.1)',
    'a&b',
    'a=b',
    'a+b',
    'a b',
    '#',
    '?',
    '/',
    'ä',
    '日本',
    '👩‍👩‍👧',
    'B',
    'b',
    '-',
    '0',
    '10',
    '9',
    '1e5',
    '1.50',
    '007',
    'true',
    '1234567890123456789',
  ],
  ...['x'.repeat(100), '👍'.repeat(50)],
]

/** What every source of changes promises. Ids may stand in whatever order the source has, as long as it keeps to it. */
export function describeChangeSource(table: () => TestTable): void {
  afterEach(() => table().clear())

  const pages = (window: ChangeWindow) => walk<SourceRecord>((after) => table().source.page(window, after))

  it('tells every record once, in order of change, where one instant fills more than a page', async () => {
    const tied = Array.from({ length: 1100 }, (_, i) => ({ id: `tied-${i}`, at: TIED }))
    await table().insert([{ id: 'last', at: LAST }, ...tied, { id: 'z-first', at: FIRST }])
    const { source } = table()
    const records = await pages(ALL)
    expect(records).toHaveLength(1102)
    expect(new Set(records.map(({ id }) => id)).size).toBe(1102)
    expect([records[0]?.id, records.at(-1)?.id]).toEqual(['z-first', 'last'])
    expect([records[0]?.updatedAtUs, records[1]?.updatedAtUs]).toEqual([FIRST_US, FIRST_US + 1])
    expect(await source.count(ALL)).toBe(1102)
    for (const n of [1, 2, 700, 1101, 1102]) expect(await source.count(ALL, records[n - 1])).toBe(n)
    const rest = await pages({ ...ALL, after: records[700] ?? null })
    expect(rest.map(({ id }) => id)).toEqual(records.slice(701).map(({ id }) => id))
    const ids = await walk<{ id: string }>(async (last) => (await source.ids(last?.id ?? null)).map((id) => ({ id })))
    expect(ids.map(({ id }) => id).sort()).toEqual(records.map(({ id }) => id).sort())
  })

  it('goes on after any id, whatever marks it holds', async () => {
    await table().insert(HOSTILE.map((id) => ({ id, at: TIED })))
    const { source } = table()
    const records = await pages(ALL)
    expect(records.map(({ id }) => id).sort()).toEqual([...HOSTILE].sort())
    const order = await source.ids(null)
    expect(order).toEqual(records.map(({ id }) => id))
    for (const [i, position] of records.entries()) {
      const after = records.slice(i + 1).map(({ id }) => id)
      const window = { ...ALL, after: positionOf(position) }
      expect((await source.page(ALL, position)).map(({ id }) => id)).toEqual(after)
      expect(await source.ids(position.id)).toEqual(after)
      expect([await source.count(ALL, position), await source.count(window)]).toEqual([i + 1, after.length])
    }
  })

  it('tells the records of one sport alone, whatever it is called', async () => {
    const sports = [...HOSTILE, null]
    await table().insert(sports.map((sport, i) => ({ id: `of-${i}`, sport, at: i % 2 === 0 ? FIRST : TIED })))
    for (const [i, sport] of HOSTILE.entries()) {
      const window = { ...ALL, sport }
      expect((await table().source.page(window, null)).map(({ id }) => id)).toEqual([`of-${i}`])
      expect(await table().source.count(window)).toBe(1)
      expect(await table().source.page({ ...window, sinceMs: Date.parse(LAST) }, null)).toEqual([])
    }
  })

  it('begins at an instant, that instant included', async () => {
    const times = ['2025-03-01T00:00:00.000999+00:00', LAST, '2025-03-01T00:00:00.001001+00:00']
    await table().insert(times.map((at, i) => ({ id: `at-${i}`, at })))
    const window = { ...ALL, sinceMs: Date.parse(LAST) }
    expect((await pages(window)).map(({ id }) => id)).toEqual(['at-1', 'at-2'])
    const [record] = await table().source.page(window, null)
    expect(await table().source.count(window)).toBe(2)
    expect(await table().source.count(window, record)).toBe(1)
  })

  it('tells a record as it stands, with its change time to the microsecond', async () => {
    await table().insert([{ id: 'one', sport: 'Golf', at: '2025-03-01T00:00:00.123456+00:00' }])
    const [record] = await table().source.page(ALL, null)
    expect(record).toMatchObject({
      ...{ id: 'one', updatedAtUs: Date.UTC(2025, 2, 1) * 1000 + 123456 },
      record: { id: 'one', sport: 'Golf', updated_at: record?.updatedAt },
    })
  })

  it('tells deletions in the same manner, of whatever sport', async () => {
    const gone = [
      { id: 'b', at: LAST },
      { id: 'a,"b"', at: TIED },
      { id: 'a', at: TIED },
      { id: 'c', at: FIRST },
    ]
    await table().recordDeletions(gone)
    const { source } = table()
    const read = (window: ChangeWindow) =>
      walk<SourceDeletion>(async (after) => (await source.deletions?.(window, after)) ?? [])
    const deletions = await read(ALL)
    expect(deletions[0]).toMatchObject({ id: 'c', updatedAtUs: FIRST_US })
    expect(deletions.map(({ id }) => id).sort()).toEqual(['a', 'a,"b"', 'b', 'c'])
    for (const [i, position] of deletions.entries()) {
      expect(await read({ ...ALL, after: positionOf(position) })).toEqual(deletions.slice(i + 1))
    }
    expect((await read({ ...ALL, sinceMs: Date.parse(LAST), sport: 'Golf' })).map(({ id }) => id)).toEqual(['b'])
  })

  it('tells nothing where there is nothing', async () => {
    const { source } = table()
    expect([await source.page(ALL, null), await source.ids(null), await source.count(ALL)]).toEqual([[], [], 0])
    expect(await source.deletions?.(ALL, null)).toEqual([])
  })
}

function positionOf({ id, updatedAt, updatedAtUs }: ChangePosition): ChangePosition {
  return { id, updatedAt, updatedAtUs }
}

/** Reads page after page, each after the last record of the one before. */
async function walk<T extends { id: string }>(page: (after: T | null) => Promise<T[]>): Promise<T[]> {
  const all: T[] = []
  for (;;) {
    const next = await page(all.at(-1) ?? null)
    if (next.length === 0) return all
    all.push(...next)
  }
}
