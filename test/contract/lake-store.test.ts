import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { literal, withDuckdb } from '../../shared/adapters/duckdb-connection.ts'
import { duckdbLakeStore } from '../../shared/adapters/duckdb-lake-store.ts'
import { fileObjectStore } from '../../shared/adapters/file-object-store.ts'
import { fileTransfer } from '../../shared/adapters/file-transfer.ts'
import { s3FileTransfer } from '../../shared/adapters/s3-file-transfer.ts'
import { s3ObjectStore } from '../../shared/adapters/s3-object-store.ts'
import type { Bet } from '../../shared/bets/bet.ts'
import { byPlacement } from '../../shared/bets/bet.ts'
import { sha256Hex } from '../../shared/kernel/digest.ts'
import { UpstreamError } from '../../shared/kernel/errors.ts'
import type { ObjectStore } from '../../shared/kernel/ports.ts'
import type { LedgerSlice } from '../../shared/quality/slice.ts'
import { sliceBets } from '../../shared/quality/slice.ts'
import type { LakeBase, LakeStore, Merged, StagedVersion } from '../../shared/usecases/lake-ports.ts'
import { bet, LEDGER_START_MS, randomLedger, shuffled } from '../support/bets.ts'
import type { LocalS3 } from '../support/local-s3.ts'
import { localS3 } from '../support/local-s3.ts'
import { memoryLakeStore } from '../support/memory-lake-store.ts'
import { memoryObjectStore } from '../support/memory-object-store.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

interface Lake {
  store: LakeStore
  objects: ObjectStore
  /** A processed file as it was before results had times of their own. */
  aged(body: Uint8Array): Promise<Uint8Array>
}

const T = LEDGER_START_MS * 1000
const APRIL_MS = Date.UTC(2025, 3, 1)

/** A version of a bet at so many microseconds after the beginning. */
function version(at: number, fields: Partial<Bet> & { id: string }, record: StagedVersion['record'] = {}) {
  return { id: fields.id, updatedAtUs: T + at, record, bet: bet(fields) } satisfies StagedVersion
}

const deletion = (at: number, id: string): StagedVersion => ({ id, updatedAtUs: T + at, record: null, bet: null })
const refusal = (at: number, id: string): StagedVersion => ({ id, updatedAtUs: T + at, record: { id }, bet: null })

const NOTHING: LakeBase = { partitions: [], keys: [] }
const NO_COUNTS = {
  received: 0,
  inserted: 0,
  updated: 0,
  deleted: 0,
  repeated: 0,
  outdated: 0,
  superseded: 0,
  refused: 0,
}

/** What a run left: the base of the next one, and what it said. */
interface Left {
  base: LakeBase
  merged: Merged
  slices: LedgerSlice[]
}

let runs = 0

/** One run as the pipeline makes it: staged in these parts, merged, every changed partition written. */
async function merge(
  { store }: Lake,
  base: LakeBase,
  parts: readonly (readonly StagedVersion[])[],
  rewriteAll = false,
): Promise<Left> {
  const draft = await store.draft(`run-${runs++}`)
  try {
    for (const part of parts) await draft.stage(part)
    const merged = await draft.merge(base, rewriteAll)
    const isChanged = (each: { sport: string | null; month: string }) =>
      merged.changed.some(({ sport, month }) => sport === each.sport && month === each.month)
    const partitions = base.partitions.filter((partition) => !isChanged(partition))
    const slices: LedgerSlice[] = []
    for (const { sport, month, rows } of merged.changed) {
      if (rows === 0) continue
      const { file, slice } = await draft.writePartition({ sport, month })
      partitions.push({ sport, month, file })
      slices.push(slice)
    }
    await draft.uploaded()
    return { base: { partitions, keys: merged.keys }, merged, slices }
  } finally {
    await draft.close()
  }
}

const betsOf = ({ store }: Lake, { partitions }: LakeBase) => store.readBets(partitions.map(({ file }) => file))

async function keysOf({ store }: Lake, { keys }: LakeBase): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for await (const page of store.readKeys(keys)) {
    for (const { id, updatedAtUs } of page) {
      expect(found).not.toHaveProperty(id)
      found[id] = updatedAtUs - T
    }
  }
  return found
}

async function agedLines(body: Uint8Array): Promise<Uint8Array> {
  const text = new TextDecoder().decode(body)
  expect(text).toContain(',"resultKnownAtMs":null')
  return new TextEncoder().encode(text.replaceAll(',"resultKnownAtMs":null', ''))
}

async function agedParquet(body: Uint8Array): Promise<Uint8Array> {
  const path = join(folder.path, `${await sha256Hex(body)}.parquet`)
  const aged = `${path}.aged`
  await writeFile(path, body)
  const older = `select * exclude (result_known_at) from read_parquet(${literal(path)})`
  await withDuckdb((connection) => connection.run(`copy (${older}) to ${literal(aged)} (format parquet)`))
  return readFile(aged)
}

/** A lake in which the files of these months are as they were before results had times of their own. */
async function withAged(lake: Lake, base: LakeBase, months: readonly string[]): Promise<LakeBase> {
  const aging = base.partitions.map(async (partition) => {
    if (!months.includes(partition.month)) return partition
    const { key, rows } = partition.file
    const body = await lake.aged((await lake.objects.get(key)) ?? new Uint8Array())
    await lake.objects.put(key, body)
    return { ...partition, file: { key, rows, bytes: body.length, sha256: await sha256Hex(body) } }
  })
  return { ...base, partitions: await Promise.all(aging) }
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let s3: LocalS3

beforeAll(async () => {
  folder = await temporaryFolder()
  s3 = await localS3()
})

afterAll(async () => {
  await s3[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

const lakes: [string, () => Promise<Lake>][] = [
  [
    'in memory',
    async () => {
      const objects = memoryObjectStore()
      return { objects, store: memoryLakeStore(objects), aged: agedLines }
    },
  ],
  [
    'of Parquet in a folder',
    async () => {
      // Marks that DuckDB takes for a pattern where nobody tells it otherwise.
      const root = join(folder.path, `lake [${runs}]*`)
      return { objects: fileObjectStore(root), store: duckdbLakeStore(fileTransfer(root)), aged: agedParquet }
    },
  ],
  [
    'of Parquet in a bucket',
    async () => {
      const bucket = await s3.bucket()
      const store = duckdbLakeStore(s3FileTransfer(s3.client, bucket))
      return { objects: s3ObjectStore(s3.client, bucket), store, aged: agedParquet }
    },
  ],
]

describe.each(lakes)('a lake %s', (_, open) => {
  let lake: Lake

  beforeEach(async () => {
    lake = await open()
  })

  it('takes the newest version of each bet, and accounts for every version', async () => {
    const first = await merge(lake, NOTHING, [
      [version(10, { id: 'kept' }), version(10, { id: 'changed' }), version(10, { id: 'gone' })],
      [version(10, { id: 'older' }), version(10, { id: 'same' })],
    ])
    expect(first.merged.counts).toEqual({ ...NO_COUNTS, received: 5, inserted: 5 })
    expect(first.merged.changed).toEqual([{ sport: 'Basketball', month: '2025-03', rows: 5, previous: null }])

    const second = await merge(lake, first.base, [
      [version(30, { id: 'new', league: 'WNBA' }), version(12, { id: 'changed', league: 'B' })],
      [version(11, { id: 'changed', league: 'A' }), version(9, { id: 'older', league: 'old' }), refusal(40, 'kept')],
      [version(10, { id: 'same' }), deletion(20, 'gone'), deletion(20, 'never'), version(29, { id: 'new' })],
    ])
    expect(second.merged.counts).toEqual({
      ...{ received: 9, inserted: 1, updated: 1, deleted: 1, repeated: 2, outdated: 1, superseded: 2, refused: 1 },
    })
    const previous = first.base.partitions[0]?.file.key
    expect(second.merged.changed).toEqual([{ sport: 'Basketball', month: '2025-03', rows: 5, previous }])
    const leagues = (await betsOf(lake, second.base)).map(({ id, league }) => [id, league])
    expect(leagues).toEqual([
      ...[
        ['changed', 'B'],
        ['kept', 'NBA'],
        ['new', 'WNBA'],
        ['older', 'NBA'],
        ['same', 'NBA'],
      ],
    ])
    expect(await keysOf(lake, second.base)).toEqual({ changed: 12, kept: 10, new: 30, older: 10, same: 10 })
  })

  it('keeps raw versions as they were said, in their order, one file a call', async () => {
    const said = [
      { id: 'a', nested: { 'a key': [1, -0.5, 1e300, null, true, ''] }, text: '"\\u0041"\u0000\u2028\r\n,\u0001\t' },
      { id: 'b', text: '日本語 👩‍👩‍👧', empty: {}, number: 2 ** 64 },
      { id: 'c', long: 'x'.repeat(200_000) },
    ]
    const versions = said.map((record, i) => ({ id: record.id, updatedAtUs: T + 3 - i, record, bet: null }))
    const later = [deletion(7, 'gone'), version(8, { id: 'd' }, { id: 'd' })]
    const draft = await lake.store.draft('raw')
    try {
      await draft.stage(versions.slice(0, 1))
      await draft.stage(versions.slice(1))
      const writing = draft.writeRaw()
      await draft.stage(later)
      const [first, second] = [await writing, await draft.writeRaw()]
      expect(await draft.writeRaw()).toBeUndefined()
      await draft.stage([version(9, { id: 'known' })])
      await draft.discardRaw()
      expect(await draft.writeRaw()).toBeUndefined()
      expect([first, second]).toMatchObject([
        { key: 'lake/runs/raw/raw/part-0.parquet', rows: 3 },
        { key: 'lake/runs/raw/raw/part-1.parquet', rows: 2 },
      ])
      expect(await rawOf(first)).toEqual(versions)
      expect(await rawOf(second)).toEqual(later.map((each) => ({ ...each, bet: null })))
      const { counts } = await draft.merge(NOTHING, false)
      expect(counts).toEqual({ ...NO_COUNTS, received: 6, inserted: 2, repeated: 1, refused: 3 })
    } finally {
      await draft.close()
    }

    async function rawOf(file: Awaited<ReturnType<typeof draft.writeRaw>>) {
      const read: StagedVersion[] = []
      for await (const page of file === undefined ? [] : lake.store.readRaw(file)) read.push(...page)
      return read
    }
  })

  it('reads nothing where there are no files', async () => {
    expect(await lake.store.readBets([])).toEqual([])
    expect(await keysOf(lake, NOTHING)).toEqual({})
  })
})

// What a merge comes to does not depend on where files are kept.
describe.each(lakes.slice(0, 2))('a merge in a lake %s', (_, open) => {
  let lake: Lake

  beforeEach(async () => {
    lake = await open()
  })

  it('describes each file as it stands, and reads none that was damaged or is gone', async () => {
    const { base } = await merge(lake, NOTHING, [[version(1, { id: 'a' }), version(1, { id: 'b' })]])
    const [file, keys] = [base.partitions[0]?.file, base.keys[0]]
    if (file === undefined || keys === undefined) throw new Error('nothing was written')
    for (const each of [file, keys]) {
      const body = (await lake.objects.get(each.key)) ?? new Uint8Array()
      expect(each).toMatchObject({ rows: 2, bytes: body.length, sha256: await sha256Hex(body) })
      await lake.objects.put(each.key, body.with(body.length - 1, 0))
    }
    const failures = async () => [await failureOf(lake.store.readBets([file])), await failureOf(keysOf(lake, base))]
    expect(await failures()).toEqual([UpstreamError, UpstreamError])
    expect(await failureOf(merge(lake, base, [[version(2, { id: 'a' })]]))).toBe(UpstreamError)
    await lake.objects.remove([file.key, keys.key])
    expect(await failures()).toEqual([UpstreamError, UpstreamError])
  })

  it('takes a bet that changes its sport or month out of its old partition', async () => {
    const start = [
      version(1, { id: 'to-golf' }),
      version(1, { id: 'to-april' }),
      version(1, { id: 'stays', sport: null }),
      version(1, { id: 'to-null', sport: null, placedAtMs: APRIL_MS, settledAtMs: null }),
    ]
    const first = await merge(lake, NOTHING, [start])
    const second = await merge(lake, first.base, [
      [
        version(2, { id: 'to-golf', sport: 'Golf' }),
        version(2, { id: 'to-april', placedAtMs: APRIL_MS, settledAtMs: null }),
        version(2, { id: 'to-null', sport: null }),
      ],
    ])
    expect(second.merged.counts).toMatchObject({ updated: 3, inserted: 0 })
    expect(second.merged.changed.map(({ sport, month, rows }) => [sport, month, rows])).toEqual([
      [null, '2025-03', 2],
      ['Basketball', '2025-03', 0],
      ['Golf', '2025-03', 1],
      [null, '2025-04', 0],
      ['Basketball', '2025-04', 1],
    ])
    const previous = new Map(first.base.partitions.map(({ sport, month, file }) => [`${sport} ${month}`, file.key]))
    for (const changed of second.merged.changed) {
      expect(changed.previous).toBe(previous.get(`${changed.sport} ${changed.month}`) ?? null)
    }
    expect((await betsOf(lake, second.base)).map(({ id }) => id).sort()).toEqual(start.map(({ id }) => id).sort())
  })

  it('remembers a deleted bet: an older version stays out, a newer one brings it back', async () => {
    const versions = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => version(1, { id }))
    const first = await merge(lake, NOTHING, [versions])
    const second = await merge(lake, first.base, [[deletion(5, 'a'), deletion(5, 'b')]])
    expect(second.merged.counts).toMatchObject({ deleted: 2 })
    expect(await keysOf(lake, second.base)).toEqual({ c: 1, d: 1, e: 1, f: 1, g: 1 })
    const third = await merge(lake, second.base, [[version(4, { id: 'a' }), version(6, { id: 'b' }), deletion(5, 'a')]])
    expect(third.merged.counts).toMatchObject({ inserted: 1, repeated: 1, superseded: 1, deleted: 0 })
    expect(await keysOf(lake, third.base)).toEqual({ b: 6, c: 1, d: 1, e: 1, f: 1, g: 1 })
    expect((await betsOf(lake, third.base)).map(({ id }) => id)).toEqual(['b', 'c', 'd', 'e', 'f', 'g'])
    // What a reading of everything finds is there, though it was restored with the change time that it had.
    const anew = await merge(lake, third.base, [[version(4, { id: 'a' }), version(6, { id: 'b' })]], true)
    expect(anew.merged.counts).toMatchObject({ inserted: 1, repeated: 1, outdated: 0 })
    expect(await keysOf(lake, anew.base)).toEqual({ a: 4, b: 6, c: 1, d: 1, e: 1, f: 1, g: 1 })
  })

  it('tells of ids with several contents at one time, and takes the same one in any order', async () => {
    const versions = [
      version(5, { id: 'x', league: 'A' }),
      version(5, { id: 'x', league: 'B' }),
      version(5, { id: 'x', league: 'C' }),
      version(5, { id: 'y' }),
      version(5, { id: 'y' }),
      version(4, { id: 'z', league: 'A' }),
      version(5, { id: 'z', league: 'B' }),
    ]
    const one = await merge(lake, NOTHING, [versions])
    const other = await merge(lake, NOTHING, [versions.slice(3), versions.slice(0, 3).reverse()])
    for (const { merged } of [one, other]) {
      expect(merged.conflicting).toEqual([{ id: 'x', versions: 3 }])
      expect(merged.counts).toEqual({ ...NO_COUNTS, received: 7, inserted: 3, superseded: 4 })
    }
    expect(await betsOf(lake, one.base)).toEqual(await betsOf(lake, other.base))
  })

  it('writes more partitions than a process may have files open at once, each its own rows', async () => {
    const versions = Array.from({ length: 230 }, (_, i) => version(1, { id: `bet-${i}`, sport: `sport ${i % 115}` }))
    const { base, merged } = await merge(lake, NOTHING, [versions])
    expect(merged.changed).toHaveLength(115)
    expect(base.partitions.every(({ file }) => file.rows === 2)).toBe(true)
    expect(await betsOf(lake, base)).toHaveLength(230)
  })

  it('keeps every bet exactly, whatever its sport is called', async () => {
    const sports = [
      ...['a/b', '..', '.', '%2F', '/', 'a%2Fb', 'NULL', 'null', ' ', '=', 'sport=x', 'a*b', 'aXb', 'a?b', '[ab]', 'a'],
      ...['~', "O'Hurling", '"odd"', '\\', '🎲'.repeat(50), '日'.repeat(100), 'e\u0301', 'é', 'Tennis', 'tennis', 'x.'],
      ...['__HIVE_DEFAULT_PARTITION__', '%5F_HIVE_DEFAULT_PARTITION__', 'tab\tand\nline', 'nul\u0000nul', null],
    ]
    const named = sports.map((sport, i) => version(1, { id: `sport-${i}`, sport }))
    const odd = [
      { id: 'least', decimalOdds: 1 + Number.EPSILON, stakeMinor: 0, profitMinor: -Number.MAX_SAFE_INTEGER },
      { id: 'most', decimalOdds: 1e9, stakeMinor: Number.MAX_SAFE_INTEGER, profitMinor: 1 },
      { id: 'none', decimalOdds: null, stakeMinor: null, profitMinor: null, currency: null, settledAtMs: null },
      { id: 'old', placedAtMs: Date.UTC(1, 0, 1), settledAtMs: null, returnPerUnit: -1 },
      { id: 'before', placedAtMs: -1, settledAtMs: 0, returnPerUnit: 0.1, closingLineValue: -0.999 },
      { id: 'told', placedAtMs: -2, settledAtMs: 0, resultKnownAtMs: -1 },
      { id: 'far', placedAtMs: Date.UTC(9999, 11, 31, 23, 59, 59, 999), settledAtMs: null, isLive: true },
      {
        id: '"it\'s", \\ (👩‍👩‍👧) {x}',
        selection: '\u0000 \u2028 "\\n" \r\n',
        isFreeBet: true,
        origin: 'demo' as const,
      },
    ].map((fields) => version(2, { sport: 'Basketball', ...fields }))
    const bets = [...named, ...odd].map((each) => each.bet)
    const { base, merged } = await merge(lake, NOTHING, [[...named, ...odd]])
    expect(merged.changed).toHaveLength(sports.length + 4)
    expect(new Set(base.partitions.map(({ file }) => file.key.toLowerCase())).size).toBe(base.partitions.length)
    expect(await betsOf(lake, base)).toEqual(bets.sort(byPlacement))
    for (const { sport, file } of base.partitions.filter((each) => each.sport === 'a*b' || each.sport === 'a?b')) {
      expect((await lake.store.readBets([file])).map((each) => each.sport)).toEqual([sport])
    }
  })

  describe('of before results had times of their own', () => {
    const NOVEMBER_MS = Date.UTC(2025, 10, 1)
    const place = (placedAtMs: number) => ({ placedAtMs, settledAtMs: placedAtMs })
    const told = (id: string, placedAtMs: number) =>
      version(2, { id, ...place(placedAtMs), resultKnownAtMs: NOVEMBER_MS + 86_400_000 })
    const start = [
      version(1, { id: 'march-1', ...place(T / 1000) }),
      version(1, { id: 'march-2', ...place(T / 1000 + 1) }),
      version(1, { id: 'april-1', ...place(APRIL_MS) }),
      version(1, { id: 'april-2', ...place(APRIL_MS + 1) }),
    ]
    const stored = async (base: LakeBase) =>
      (await betsOf(lake, base)).map(({ id, resultKnownAtMs }) => [id, resultKnownAtMs])

    it('reads such files, by themselves and first or last among newer ones', async () => {
      const { base } = await merge(lake, NOTHING, [start])
      for (const months of [['2025-03', '2025-04'], ['2025-03'], ['2025-04']]) {
        const aged = await withAged(lake, (await merge(lake, NOTHING, [start])).base, months)
        expect(await betsOf(lake, aged)).toEqual(await betsOf(lake, base))
        const { base: newer } = await merge(lake, aged, [[told('november', NOVEMBER_MS)]])
        const expected = [...start.map(({ id }) => [id, null]), ['november', NOVEMBER_MS + 86_400_000]]
        for (const partitions of [newer.partitions, newer.partitions.toReversed()]) {
          expect(await stored({ ...newer, partitions })).toEqual(expected)
        }
      }
    })

    it.each([[['2025-03', '2025-04']], [['2025-03']], [['2025-04']]])('joins with files of %j', async (months) => {
      const aged = await withAged(lake, (await merge(lake, NOTHING, [start])).base, months)
      const changes = [told('march-2', T / 1000 + 1), told('april-1', APRIL_MS)]
      const { base, merged } = await merge(lake, aged, [changes])
      expect(merged.counts).toEqual({ ...NO_COUNTS, received: 2, updated: 2 })
      expect(merged.changed.map(({ rows }) => rows)).toEqual([2, 2])
      expect(await stored(base)).toEqual([
        ['march-1', null],
        ['march-2', NOVEMBER_MS + 86_400_000],
        ['april-1', NOVEMBER_MS + 86_400_000],
        ['april-2', null],
      ])
      // What a reading of everything writes is what it would be had there been no older files.
      const everything = [...start.filter(({ id }) => id === 'march-1' || id === 'april-2'), ...changes]
      const anew = await merge(lake, aged, [everything], true)
      expect(await betsOf(lake, anew.base)).toEqual(await betsOf(lake, base))
    })
  })

  it('shows the rows of a partition for judging as they are', async () => {
    const versions = randomLedger(3, 60).map((each, i) => ({
      ...{ id: each.id, updatedAtUs: T + 1000 * i, record: {}, bet: each },
    }))
    const { slices } = await merge(lake, NOTHING, [versions])
    const expected = sliceBets(versions.toSorted((a, b) => byPlacement(a.bet, b.bet)))
    expect(slices.map(plain)).toEqual(expected.map(plain))
  })

  it('writes the same bytes for the same bets, in whatever order and parts they came', async () => {
    const versions = randomLedger(4, 40).map((each) => ({ id: each.id, updatedAtUs: T, record: {}, bet: each }))
    const hashes = ({ base }: Left) => base.partitions.map(({ sport, month, file }) => [sport, month, file.sha256])
    const first = await merge(lake, NOTHING, [versions])
    const mixed = shuffled(versions, 1)
    const anew = await merge(lake, first.base, [mixed.slice(0, 7), mixed.slice(7)], true)
    expect(anew.merged.counts).toEqual({ ...NO_COUNTS, received: 40, repeated: 40 })
    expect(anew.merged.changed).toHaveLength(first.merged.changed.length)
    expect(hashes(anew)).toEqual(hashes(first))
    expect(await keysOf(lake, anew.base)).toEqual(await keysOf(lake, first.base))
  })

  it('changes nothing where every version is known', async () => {
    const first = await merge(lake, NOTHING, [[version(1, { id: 'a' }), refusal(1, 'b')]])
    const second = await merge(lake, first.base, [[version(1, { id: 'a' }), refusal(1, 'b')]])
    expect(second.merged).toEqual({
      ...{ counts: { ...NO_COUNTS, received: 2, repeated: 1, refused: 1 }, conflicting: [], changed: [] },
      keys: first.base.keys,
    })
  })

  it('bears text that no encoding has: half a surrogate pair becomes the mark for what cannot be read', async () => {
    const torn = version(1, { id: 'torn', selection: 'a\ud83d', sport: '\udc00' }, { id: 'torn', text: '\ud83d!' })
    const draft = await lake.store.draft('torn')
    try {
      await draft.stage([torn])
      const raw = await draft.writeRaw()
      for await (const page of raw === undefined ? [] : lake.store.readRaw(raw)) {
        expect(page).toMatchObject([{ record: { id: 'torn', text: '\ufffd!' } }])
      }
      const { changed } = await draft.merge(NOTHING, false)
      expect(changed).toMatchObject([{ sport: '\ufffd', rows: 1 }])
    } finally {
      await draft.close()
    }
  })
})

/** A slice with its functions called. */
function plain({ idOf, bookOf, ...columns }: LedgerSlice) {
  const rows = Array.from({ length: columns.nRows }, (_, r) => [idOf(r), bookOf(r)])
  return { ...columns, books: [...columns.books].sort(), rows }
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'no failure',
    (thrown) => thrown.constructor,
  )
}
