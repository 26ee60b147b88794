import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parquetScan, withDuckdb } from '../../shared/adapters/duckdb-connection.ts'
import { duckdbFeatureLayer } from '../../shared/adapters/duckdb-feature-layer.ts'
import { fileObjectStore } from '../../shared/adapters/file-object-store.ts'
import { fileTransfer } from '../../shared/adapters/file-transfer.ts'
import { s3FileTransfer } from '../../shared/adapters/s3-file-transfer.ts'
import { s3ObjectStore } from '../../shared/adapters/s3-object-store.ts'
import type { FeatureTable, TableRow } from '../../shared/features/tables.ts'
import { sha256Hex } from '../../shared/kernel/digest.ts'
import { InvariantError, UpstreamError } from '../../shared/kernel/errors.ts'
import type { ObjectStore } from '../../shared/kernel/ports.ts'
import type { FeatureLayer, FeatureMonth } from '../../shared/usecases/feature-ports.ts'
import type { LocalS3 } from '../support/local-s3.ts'
import { localS3 } from '../support/local-s3.ts'
import { memoryFeatureLayer } from '../support/memory-feature-layer.ts'
import { memoryFileTransfer } from '../support/memory-file-transfer.ts'
import { memoryObjectStore } from '../support/memory-object-store.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

interface Layer {
  features: FeatureLayer
  objects: ObjectStore
  /** The rows of a table's file, instants as JavaScript writes them. */
  rowsOf(body: Uint8Array): Promise<unknown[]>
}

const FOLDER = 'lake/runs/run-01/features/making-01/'
const MARCH_MS = Date.UTC(2025, 2, 1)
const APRIL_MS = Date.UTC(2025, 3, 1)

/** Numbers that are easily taken for others: both zeros, the smallest and the largest there are, none. */
const DELICATE = [0, -0, 1.5, -1.5, 2 ** -149, -(2 ** -149), 2 ** -126, (2 - 2 ** -23) * 2 ** 127, 1 / 3]
const ENDLESS = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]

/** A month of as many bets as its first column has rows, a minute apart. */
function month(columns: Record<string, readonly number[]>, fields: Partial<FeatureMonth> = {}): FeatureMonth {
  const values = Object.values(columns).map((column) => Float32Array.from(column))
  const rows = [...(values[0] ?? []).keys()]
  return {
    ...{ folder: FOLDER, month: '2025-03', names: Object.keys(columns), columns: values },
    ids: rows.map((r) => `bet-${String(r).padStart(5, '0')}`),
    placedAtMs: Float64Array.from(rows, (r) => MARCH_MS + r * 60_000),
    ...fields,
  }
}

/** The bits of a column, so that nothing passes for what merely equals it. */
function bitsOf(column: ArrayLike<number> | undefined): number[] {
  return [...new Uint32Array(Float32Array.from(column ?? []).buffer)]
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

let queries = 0

/** What DuckDB says of a Parquet file; the file is the table `t`. */
async function query(body: Uint8Array, sql: string): Promise<Record<string, unknown>[]> {
  const path = join(folder.path, `query-${queries++}.parquet`)
  await writeFile(path, body)
  return withDuckdb(async (connection) => {
    const answer = await connection.runAndReadAll(`with t as (from ${parquetScan([path])}) ${sql}`)
    return answer.getRowObjectsJS()
  })
}

async function parquetRows(body: Uint8Array): Promise<unknown[]> {
  const rows = await query(body, 'from t')
  return rows.map((row) =>
    JSON.parse(JSON.stringify(row, (_, each) => (typeof each === 'bigint' ? Number(each) : each))),
  )
}

let stores = 0

const layers: [string, () => Promise<Layer>][] = [
  [
    'in memory',
    async () => {
      const objects = memoryObjectStore()
      const rowsOf = async (body: Uint8Array) => JSON.parse(new TextDecoder().decode(body)).rows
      return { objects, features: memoryFeatureLayer(objects), rowsOf }
    },
  ],
  [
    'of Parquet in a folder',
    async () => {
      // Marks that DuckDB takes for a pattern where nobody tells it otherwise.
      const root = join(folder.path, `layer [${stores++}]*`)
      return { objects: fileObjectStore(root), features: duckdbFeatureLayer(fileTransfer(root)), rowsOf: parquetRows }
    },
  ],
  [
    'of Parquet in a bucket',
    async () => {
      const bucket = await s3.bucket()
      const features = duckdbFeatureLayer(s3FileTransfer(s3.client, bucket))
      return { objects: s3ObjectStore(s3.client, bucket), features, rowsOf: parquetRows }
    },
  ],
]

describe.each(layers)('a features layer %s', (_, open) => {
  let layer: Layer

  beforeEach(async () => {
    layer = await open()
  })

  it('gives every value back bit for bit, over more rows than a machine takes at once', async () => {
    const all = [...DELICATE, ...ENDLESS]
    const cycle = (length: number) => Array.from({ length: 5000 }, (_, r) => all[r % length] ?? 0)
    const written = month({ zeros: cycle(2), delicate: cycle(DELICATE.length), all: cycle(all.length) })
    const file = await layer.features.writeMonth(written)
    const read = await layer.features.read([file], written.names)
    expect(read.names).toEqual(['zeros', 'delicate', 'all'])
    expect(read.ids).toEqual(written.ids)
    expect(read.columns.map(bitsOf)).toEqual(written.columns.map(bitsOf))
    expect(read.columns.map(({ length }) => length)).toEqual([5000, 5000, 5000])
  })

  it('says which object a file is, and what its bytes are', async () => {
    const file = await layer.features.writeMonth(month({ a: [1, 2, 3] }))
    const body = await layer.objects.get(`${FOLDER}month=2025-03/part-0.parquet`)
    expect(file).toEqual({
      key: 'lake/runs/run-01/features/making-01/month=2025-03/part-0.parquet',
      rows: 3,
      bytes: body?.length,
      sha256: await sha256Hex(body ?? ''),
    })
    expect(await layer.objects.list('')).toEqual([file.key])
  })

  it('writes the same bytes for the same rows', async () => {
    const rows = { a: [1, Number.NaN, -0], b: [0.1, 0.2, 0.3] }
    const [first, second] = [
      await layer.features.writeMonth(month(rows)),
      await layer.features.writeMonth(month(rows, { folder: 'lake/runs/run-02/features/making-02/' })),
    ]
    expect(second.sha256).toBe(first.sha256)
    expect(second.key).not.toBe(first.key)
  })

  it('reads the features that are asked for, in that order', async () => {
    const file = await layer.features.writeMonth(month({ a: [1, 2], b: [3, 4], c: [5, Number.NaN] }))
    expect(await layer.features.read([file], ['c', 'a'])).toEqual({
      ids: ['bet-00000', 'bet-00001'],
      names: ['c', 'a'],
      columns: [Float32Array.of(5, Number.NaN), Float32Array.of(1, 2)],
    })
    const none = { ids: ['bet-00000', 'bet-00001'], names: [], columns: [] }
    expect(await layer.features.read([file], [])).toEqual(none)
  })

  it('reads months in order of time, however they are named, and whatever other features they have', async () => {
    const inApril = { month: '2025-04', ids: ['a', 'b'], placedAtMs: Float64Array.of(APRIL_MS, APRIL_MS + 1) }
    const inMay = { month: '2025-05', ids: ['0'], placedAtMs: Float64Array.of(Date.UTC(2025, 4, 1)) }
    const march = await layer.features.writeMonth(month({ x: [1, 2, 3], y: [4, 5, 6] }))
    const april = await layer.features.writeMonth(month({ y: [7, 8], z: [0, 0], x: [9, 10] }, inApril))
    const may = await layer.features.writeMonth(month({ x: [11], y: [12] }, inMay))
    const expected = {
      ids: ['bet-00000', 'bet-00001', 'bet-00002', 'a', 'b', '0'],
      names: ['y', 'x'],
      columns: [Float32Array.of(4, 5, 6, 7, 8, 12), Float32Array.of(1, 2, 3, 9, 10, 11)],
    }
    for (const files of [
      [march, april, may],
      [may, april, march],
      [april, march, may],
    ]) {
      expect(await layer.features.read(files, ['y', 'x'])).toEqual(expected)
    }
  })

  it('keeps bets of one instant in their order, and ids in any script', async () => {
    const ids = ['', 'a"b', "o'hurling", 'Ünïcode', '日本', '🎲', '🎲🎲 and a text that is not short']
    const placedAtMs = Float64Array.from(ids, () => MARCH_MS)
    const march = await layer.features.writeMonth(month({ a: ids.map((_, r) => r) }, { ids, placedAtMs }))
    const before = { month: '2025-02', ids: ['z'], placedAtMs: Float64Array.of(Date.UTC(2025, 1, 1)) }
    const february = await layer.features.writeMonth(month({ a: [9] }, before))
    expect(await layer.features.read([march, february], ['a'])).toEqual({
      ids: ['z', ...ids],
      names: ['a'],
      columns: [Float32Array.of(9, 0, 1, 2, 3, 4, 5, 6)],
    })
  })

  it('bears an id that no encoding has: half a surrogate pair becomes the mark for what cannot be read', async () => {
    const file = await layer.features.writeMonth(month({ a: [1] }, { ids: ['a\ud83d'] }))
    expect((await layer.features.read([file], [])).ids).toEqual(['a\ufffd'])
  })

  it('takes bets from before the epoch and long after it', async () => {
    const placedAtMs = Float64Array.of(Date.UTC(1901, 0, 1), -1, Date.UTC(9999, 11, 31))
    const file = await layer.features.writeMonth(month({ a: [1, 2, 3] }, { placedAtMs }))
    const { ids, columns } = await layer.features.read([file], ['a'])
    expect([ids, columns]).toEqual([['bet-00000', 'bet-00001', 'bet-00002'], [Float32Array.of(1, 2, 3)]])
  })

  it('writes several months at the same time', async () => {
    const months = ['2025-01', '2025-02', '2025-03'].map((name, m) => {
      const placedAtMs = Float64Array.of(Date.UTC(2025, m, 1), Date.UTC(2025, m, 2))
      return month({ a: [m, m + 0.5] }, { month: name, ids: [`${m}a`, `${m}b`], placedAtMs })
    })
    const files = await Promise.all(months.map((each) => layer.features.writeMonth(each)))
    const { ids, columns } = await layer.features.read(files, ['a'])
    expect(ids).toEqual(['0a', '0b', '1a', '1b', '2a', '2b'])
    expect(columns).toEqual([Float32Array.of(0, 0.5, 1, 1.5, 2, 2.5)])
  })

  it('has nothing of no months', async () => {
    const nothing = { ids: [], names: ['a', 'b'], columns: [new Float32Array(0), new Float32Array(0)] }
    expect(await layer.features.read([], ['a', 'b'])).toEqual(nothing)
  })

  it.each<[string, FeatureMonth]>([
    ['without bets', month({ a: [] })],
    ['with a column too short', month({ a: [1, 2], b: [1] })],
    ['with a name too many', month({ a: [1] }, { names: ['a', 'b'] })],
    ['with a time too many', month({ a: [1] }, { placedAtMs: Float64Array.of(1, 2) })],
  ])('refuses a month %s', async (_, refused) => {
    await expect(layer.features.writeMonth(refused)).rejects.toBeInstanceOf(InvariantError)
    expect(await layer.objects.list('')).toEqual([])
  })

  it('refuses a file that is damaged, gone, or has taken the place of another', async () => {
    const inApril = { month: '2025-04', placedAtMs: Float64Array.of(APRIL_MS, APRIL_MS + 1) }
    const files = [
      await layer.features.writeMonth(month({ a: [1, 2] })),
      await layer.features.writeMonth(month({ a: [3, 4] }, inApril)),
    ]
    const [march, april] = files.map(({ key }) => key) as [string, string]
    const body = (await layer.objects.get(april)) ?? new Uint8Array()
    const flipped = Uint8Array.from(body)
    flipped[flipped.length >> 1] = (flipped[flipped.length >> 1] ?? 0) ^ 1
    const other = (await layer.objects.get(march)) ?? new Uint8Array()
    for (const bytes of [flipped, body.slice(0, -1), new Uint8Array(), other]) {
      await layer.objects.put(april, bytes)
      await expect(layer.features.read(files, ['a'])).rejects.toBeInstanceOf(UpstreamError)
    }
    await layer.objects.remove([april])
    await expect(layer.features.read(files, ['a'])).rejects.toBeInstanceOf(UpstreamError)
    await layer.objects.put(april, body)
    expect((await layer.features.read(files, ['a'])).columns).toEqual([Float32Array.of(1, 2, 3, 4)])
  })

  it('refuses a file that lacks a feature, and what is no feature', async () => {
    const file = await layer.features.writeMonth(month({ alpha: [1] }))
    for (const name of ['beta', 'Alpha', 'bet_id', 'placed_at', '']) {
      await expect(layer.features.read([file], ['alpha', name])).rejects.toMatchObject({
        name: 'UpstreamError',
        vendor: 'lake',
        retryable: false,
      })
    }
  })

  it.each([2, 4])('refuses a file of 3 rows that is said to have %d', async (rows) => {
    const file = await layer.features.writeMonth(month({ a: [1, 2, 3] }))
    await expect(layer.features.read([{ ...file, rows }], ['a'])).rejects.toBeInstanceOf(UpstreamError)
  })

  const TABLE: FeatureTable = {
    name: 'feature_sport_stats',
    key: ['sport'],
    columns: { sport: 'text', bets: 'integer', win_rate: 'number', updated_at: 'instant', names: 'list' },
  }
  const ROWS: TableRow[] = [
    { sport: 'Fußball 🎲', bets: 3, win_rate: 0.1, updated_at: '2025-03-01T00:00:00.123Z', names: ['a', '日本', ''] },
    { sport: '', bets: -9_007_199_254_740_991, win_rate: 1e-300, updated_at: '1969-12-31T23:59:59.999Z', names: [] },
    { sport: null, bets: null, win_rate: null, updated_at: null, names: null },
  ]

  it('writes the rows of a table in their order', async () => {
    const file = await layer.features.writeTable(FOLDER, TABLE, ROWS)
    const body = (await layer.objects.get(file.key)) ?? new Uint8Array()
    expect(file).toEqual({
      key: 'lake/runs/run-01/features/making-01/feature_sport_stats.parquet',
      rows: 3,
      bytes: body.length,
      sha256: await sha256Hex(body),
    })
    expect(await layer.rowsOf(body)).toEqual(ROWS)
  })

  it('writes a table that has no rows', async () => {
    const file = await layer.features.writeTable(FOLDER, TABLE, [])
    expect(file.rows).toBe(0)
    expect(await layer.rowsOf((await layer.objects.get(file.key)) ?? new Uint8Array())).toEqual([])
  })

  it('writes the same bytes for the same table', async () => {
    const first = await layer.features.writeTable(FOLDER, TABLE, ROWS)
    const second = await layer.features.writeTable('lake/runs/run-02/features/making-02/', TABLE, ROWS)
    expect(second.sha256).toBe(first.sha256)
  })
})

describe('a features layer of Parquet', () => {
  let objects: ObjectStore
  let features: FeatureLayer

  beforeEach(() => {
    const root = join(folder.path, `layer-${stores++}`)
    objects = fileObjectStore(root)
    features = duckdbFeatureLayer(fileTransfer(root))
  })

  const bodyOf = async (key: string) => (await objects.get(key)) ?? new Uint8Array()

  it('has 32-bit floats, null where there is none, and instants of UTC', async () => {
    const values = month({ first: [0.5, Number.NaN, -0], second: [Number.NaN, Number.NaN, Number.NaN] })
    const body = await bodyOf((await features.writeMonth(values)).key)
    const described = await query(body, 'select column_name, column_type from (describe t)')
    expect(described.map(({ column_name, column_type }) => [column_name, column_type])).toEqual([
      ['bet_id', 'VARCHAR'],
      ['placed_at', 'TIMESTAMP WITH TIME ZONE'],
      ['first', 'FLOAT'],
      ['second', 'FLOAT'],
    ])
    const shown = `select bet_id, epoch_ms(placed_at)::double as ms, first, signbit(first) as "isNegative", second from t`
    expect(await query(body, shown)).toEqual([
      { bet_id: 'bet-00000', ms: MARCH_MS, first: 0.5, isNegative: false, second: null },
      { bet_id: 'bet-00001', ms: MARCH_MS + 60_000, first: null, isNegative: null, second: null },
      { bet_id: 'bet-00002', ms: MARCH_MS + 120_000, first: -0, isNegative: true, second: null },
    ])
  })

  it('has the types of a table, rows or none', async () => {
    const table: FeatureTable = {
      name: 'stats',
      key: ['a'],
      columns: { a: 'text', b: 'integer', c: 'number', d: 'instant', e: 'list' },
    }
    const row: TableRow = { a: 'x', b: 1, c: 2, d: '2025-03-01T00:00:00.000Z', e: ['y'] }
    for (const rows of [[], [row]]) {
      const body = await bodyOf((await features.writeTable(FOLDER, table, rows)).key)
      const described = await query(body, 'select column_type from (describe t)')
      expect(described.map(({ column_type }) => column_type)).toEqual([
        ...['VARCHAR', 'BIGINT', 'DOUBLE', 'TIMESTAMP WITH TIME ZONE', 'VARCHAR[]'],
      ])
    }
  })

  it.each<[string, TableRow]>([
    ['a number as text', { a: 7 }],
    ['text as a whole number', { b: '7' }],
    ['half a number as a whole one', { b: 7.5 }],
    ['text as a number', { c: '7' }],
    ['a number as an instant', { d: 7 }],
    ['text as a list', { e: 'x' }],
  ])('refuses %s', async (_, row) => {
    const columns = { a: 'text', b: 'integer', c: 'number', d: 'instant', e: 'list' } as const
    const table: FeatureTable = { name: 'stats', key: ['a'], columns }
    await expect(features.writeTable(FOLDER, table, [row])).rejects.toBeInstanceOf(InvariantError)
    expect(await objects.list('')).toEqual([])
  })

  it('has copies of two files at most, and none afterwards', async () => {
    const bucket = memoryObjectStore()
    const transfer = memoryFileTransfer(bucket)
    const copies: string[] = []
    const standing: number[] = []
    const watched = duckdbFeatureLayer({
      ...transfer,
      localCopy: async (key, scratch) => {
        standing.push(copies.filter((path) => existsSync(path)).length)
        const path = await transfer.localCopy(key, scratch)
        copies.push(path)
        return path
      },
    })
    const files = await Promise.all(
      ['2025-01', '2025-02', '2025-03', '2025-04', '2025-05'].map((name) =>
        watched.writeMonth(month({ a: [1] }, { month: name })),
      ),
    )
    await watched.read(files, ['a'])
    expect(standing).toEqual([0, 1, 1, 1, 1])
    await expect(watched.read(files, ['b'])).rejects.toBeInstanceOf(UpstreamError)
    expect(copies).toHaveLength(7)
    expect(copies.filter((path) => existsSync(path))).toEqual([])
    expect(await bucket.list('')).toHaveLength(5)
  })

  it('says what DuckDB said of an instant that is none', async () => {
    const table: FeatureTable = { name: 'stats', key: ['d'], columns: { d: 'instant' } }
    await expect(features.writeTable(FOLDER, table, [{ d: 'yesterday' }])).rejects.toMatchObject({
      name: 'UpstreamError',
      vendor: 'DuckDB',
    })
    expect(await objects.list('')).toEqual([])
  })
})
