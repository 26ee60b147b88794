import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PAGE_ROWS, supabaseServiceClient } from '../../shared/adapters/supabase-client.ts'
import { supabaseFeatureTables } from '../../shared/adapters/supabase-feature-tables.ts'
import type { ColumnType, FeatureTable, TableRow } from '../../shared/features/tables.ts'
import {
  FEATURE_METADATA,
  FEATURE_TABLES,
  INSTITUTION_STATS,
  MARKET_PERFORMANCE,
  SPORT_MARKET_STATS,
  SPORT_STATS,
  WRITE_COLUMNS,
} from '../../shared/features/tables.ts'
import { InvariantError, UpstreamError } from '../../shared/kernel/errors.ts'
import type { FeatureTables } from '../../shared/usecases/feature-ports.ts'
import type { TestSupabase } from '../support/embedded-supabase.ts'
import { startTestSupabase, TEST_KEYS } from '../support/embedded-supabase.ts'
import { memoryFeatureTables } from '../support/memory-feature-tables.ts'

let supabase: TestSupabase

beforeAll(async () => {
  supabase = await startTestSupabase()
})

afterAll(() => supabase[Symbol.asyncDispose]())

const SAMPLES: Readonly<Record<ColumnType, TableRow[string]>> = {
  text: 'some text',
  integer: 7,
  number: 1 / 3,
  instant: '2025-03-01T12:34:56.789Z',
  list: ['placed_at', 'a, "b"', '(c)'],
}

/** A row with something in every column. */
function rowOf({ columns }: FeatureTable, changed: TableRow): TableRow {
  const sample = Object.fromEntries(Object.entries(columns).map(([column, type]) => [column, SAMPLES[type]]))
  const money = columns.currency === undefined ? {} : { currency: 'USD', total_amount: 1234.56, total_profit: -0.01 }
  return { ...sample, ...money, ...changed }
}

/** A row of a group of bets of which nothing is known but that one was placed. */
function barest(changed: TableRow): TableRow {
  const unknown = { win_rate: null, roi: null, residual: null, total_amount: null, total_profit: null }
  const none = { total_bets: 0, decided_bets: 0, wins: 0, priced_bets: 0, returned_bets: 0, money_bets: 0 }
  return rowOf(SPORT_STATS, { ...unknown, ...none, placed_bets: 1, currency: null, last_known_at: null, ...changed })
}

/** Every row of a table, in the table's own columns, instants as we write them. */
async function readRows({ name, key, columns }: FeatureTable): Promise<TableRow[]> {
  const rows: TableRow[] = []
  for (;;) {
    const query = supabase.client.from(name).select<string, Record<string, unknown>>(Object.keys(columns).join(','))
    const ordered = key.reduce((sorted, column) => sorted.order(column), query)
    const { data, error } = await ordered.range(rows.length, rows.length + PAGE_ROWS - 1)
    if (error !== null) throw new Error(error.message)
    rows.push(...data.map((row) => withInstants(columns, row)))
    if (data.length < PAGE_ROWS) return rows
  }
}

function withInstants(columns: FeatureTable['columns'], row: Record<string, unknown>): TableRow {
  const entries = Object.entries(row).map(([column, value]) => [
    column,
    columns[column] === 'instant' && typeof value === 'string' ? new Date(value).toISOString() : value,
  ])
  return Object.fromEntries(entries)
}

interface Opened {
  tables: FeatureTables
  read(table: FeatureTable): Promise<readonly TableRow[]>
}

const MAKERS: [name: string, open: () => Opened][] = [
  [
    'in memory',
    () => {
      const tables = memoryFeatureTables()
      return { tables, read: async ({ name }) => tables.rowsOf(name) }
    },
  ],
  ['in Supabase', () => ({ tables: supabaseFeatureTables(supabase.client), read: readRows })],
]

const AWKWARD_NAMES = [
  ...['a|b', 'a', 'b|', 'a"b', "a'b", 'a,b', '(a)', 'a(b', 'a.b', '{a}', '[a]', 'a\\b', '\\"', '%', '*', '_', 'a%20b'],
  ...['null', 'true', '7', ' leading', 'trailing ', '  ', '\ttab', 'new\nline', '🏀', '👨‍👩‍👧', 'Ü', 'U\u0308', '日本'],
]

describe.each(MAKERS)('tables of features %s', (_, open) => {
  /** What a table holds after rows have been written to it, in order of their keys. */
  async function held(table: FeatureTable, ...writes: TableRow[][]): Promise<TableRow[]> {
    const { tables, read } = open()
    for (const rows of writes) expect(await tables.replace(table, rows)).toBe(rows.length)
    return byKey(table, await read(table))
  }

  it.each(FEATURE_TABLES.map((table) => [table.name, table] as const))('keep rows of %s exactly', async (_, table) => {
    const rows = ['a', 'b'].map((name) => rowOf(table, Object.fromEntries(table.key.map((column) => [column, name]))))
    expect(await held(table, rows)).toEqual(rows)
  })

  it('keep what is not known as null, and numbers to the last bit', async () => {
    const rows = [
      barest({ sport: 'barest' }),
      rowOf(SPORT_STATS, { sport: 'figures', win_rate: 1, roi: 5e-324, residual: -1 / 7, total_amount: 0 }),
      rowOf(SPORT_STATS, {
        sport: 'large',
        roi: 100,
        total_amount: 90071992547409.91,
        total_profit: -90071992547409.9,
      }),
      rowOf(SPORT_STATS, { sport: 'lowest', win_rate: 0, roi: -1, residual: 2 ** -24 }),
    ]
    expect(await held(SPORT_STATS, rows)).toEqual(rows)
    const features = [rowOf(FEATURE_METADATA, { feature_name: 'f', ttl_seconds: null, entity_key: [] })]
    expect(await held(FEATURE_METADATA, features)).toEqual(features)
  })

  it('keep names apart whatever characters they are of', async () => {
    const sports = AWKWARD_NAMES.map((sport) => rowOf(SPORT_STATS, { sport }))
    expect(await held(SPORT_STATS, sports, sports)).toEqual(byKey(SPORT_STATS, sports))
    const triples = AWKWARD_NAMES.flatMap((name, i) => {
      const next = AWKWARD_NAMES[(i + 1) % AWKWARD_NAMES.length] as string
      return [
        rowOf(MARKET_PERFORMANCE, { sport: name, league: next, market: name }),
        rowOf(MARKET_PERFORMANCE, { sport: next, league: name, market: name }),
      ]
    })
    expect(await held(MARKET_PERFORMANCE, triples, triples)).toEqual(byKey(MARKET_PERFORMANCE, triples))
  })

  it('hold the rows of the last call alone', async () => {
    const of = (sport: string, market: string, wins: number) => rowOf(SPORT_MARKET_STATS, { sport, market, wins })
    const before = [of('Tennis', 'Moneyline', 1), of('Tennis', 'Total', 2), of('a"b', 'Total', 3)]
    const after = [of('Golf', 'Total', 4), of('Tennis', 'Total', 5)]
    expect(await held(SPORT_MARKET_STATS, before, after)).toEqual(after)
    expect(await held(SPORT_MARKET_STATS, after, after)).toEqual(after)
    expect(await held(SPORT_MARKET_STATS, after, [])).toEqual([])
  })

  it('leave the other tables alone', async () => {
    const { tables, read } = open()
    const row = rowOf(SPORT_STATS, { sport: 'Tennis' })
    await tables.replace(SPORT_STATS, [row])
    await tables.replace(INSTITUTION_STATS, [])
    expect(await read(SPORT_STATS)).toEqual([row])
  })

  it('hold more rows than one request does', async () => {
    const rows = Array.from({ length: 2500 }, (_, i) =>
      rowOf(MARKET_PERFORMANCE, { sport: `sport ${i % 7}`, league: `league ${i % 500}`, market: `market ${i}` }),
    )
    expect(await held(MARKET_PERFORMANCE, rows)).toEqual(byKey(MARKET_PERFORMANCE, rows))
    expect(await held(MARKET_PERFORMANCE, rows.slice(1200, 1300))).toHaveLength(100)
  })

  it('refuse two rows of one key, in one request and in two', async () => {
    const twice = rowOf(SPORT_STATS, { sport: 'Tennis' })
    const { tables } = open()
    await expect(tables.replace(SPORT_STATS, [twice, twice])).rejects.toBeInstanceOf(UpstreamError)
    const many = Array.from({ length: PAGE_ROWS }, (_, i) => rowOf(SPORT_STATS, { sport: `sport ${i}` }))
    await expect(tables.replace(SPORT_STATS, [twice, ...many, twice])).rejects.toBeInstanceOf(UpstreamError)
  })

  it('refuse a row that lacks a column of its table or has another', async () => {
    const { tables } = open()
    const row = rowOf(SPORT_STATS, { sport: 'Tennis' })
    const { roi: _, ...lacking } = row
    await expect(tables.replace(SPORT_STATS, [lacking])).rejects.toBeInstanceOf(InvariantError)
    await expect(tables.replace(SPORT_STATS, [{ ...row, clv: 1 }])).rejects.toBeInstanceOf(InvariantError)
  })
})

function byKey({ key }: FeatureTable, rows: readonly TableRow[]): TableRow[] {
  const textOf = (row: TableRow) => JSON.stringify(key.map((column) => row[column]))
  return [...rows].sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1))
}

describe('tables of features in Supabase', () => {
  it.each(FEATURE_TABLES.map((table) => [table.name, table] as const))(
    'have in %s the columns that are defined, and those of their writing',
    async (name, table) => {
      await supabaseFeatureTables(supabase.client).replace(table, [rowOf(table, {})])
      const { data } = await supabase.client.from(name).select<'*', Record<string, unknown>>('*')
      const [row = {}] = data ?? []
      expect(Object.keys(row).sort()).toEqual([...Object.keys(table.columns), ...Object.keys(WRITE_COLUMNS)].sort())
    },
  )

  it('tell of all rows of a call alike when they were written', async () => {
    const beginMs = Date.now()
    const rows = Array.from({ length: PAGE_ROWS + 1 }, (_, i) => rowOf(SPORT_STATS, { sport: `sport ${i}` }))
    await supabaseFeatureTables(supabase.client).replace(SPORT_STATS, rows)
    const ends = [true, false].map((ascending) =>
      supabase.client
        .from(SPORT_STATS.name)
        .select('computed_at,write_id')
        .order('computed_at', { ascending })
        .limit(1),
    )
    const [first, last] = (await Promise.all(ends)).map(({ data }) => data)
    expect(first).toEqual(last)
    const computedAtMs = Date.parse(String(first?.[0]?.computed_at))
    expect(computedAtMs).toBeGreaterThanOrEqual(beginMs)
    expect(computedAtMs).toBeLessThanOrEqual(Date.now())
  })

  it('show nothing to whoever holds the publishable key, and take nothing from them', async () => {
    const stranger = createClient(supabase.url, TEST_KEYS.publishableKey, { auth: { persistSession: false } })
    for (const table of FEATURE_TABLES) {
      await supabaseFeatureTables(supabase.client).replace(table, [rowOf(table, {})])
      expect((await stranger.from(table.name).select()).data ?? []).toEqual([])
      expect((await stranger.from(table.name).insert(rowOf(table, {}))).error).toMatchObject({ code: '42501' })
      await stranger
        .from(table.name)
        .delete()
        .neq(table.key[0] as string, '')
      expect(await readRows(table)).toHaveLength(1)
    }
    expect((await supabase.client.from('market_performance').select()).data).toHaveLength(1)
    expect((await stranger.from('market_performance').select()).data ?? []).toEqual([])
  })

  it('are an upstream error that may pass where nothing answers', async () => {
    const nowhere = supabaseFeatureTables(supabaseServiceClient('http://127.0.0.1:9', 'sb_secret_test'))
    const failure = nowhere.replace(SPORT_STATS, [rowOf(SPORT_STATS, {})])
    await expect(failure).rejects.toMatchObject({ name: 'UpstreamError', retryable: true })
  })
})

describe('two calls for one table in Supabase', () => {
  /** So long that a request holds one row alone. */
  const description = 'x'.repeat(600_000)
  const named = (...names: string[]) =>
    names.map((name) => rowOf(FEATURE_METADATA, { feature_name: name, description }))
  const slow = named('both', 'slow')
  const quick = named('both', 'quick')

  /** Writes the rows of the slow call; the quick one runs as a whole before its n-th request. */
  async function race(n: number): Promise<{ error: unknown; requests: number }> {
    let requests = 0
    const client = createClient(supabase.url, TEST_KEYS.secretKey, {
      auth: { persistSession: false },
      global: {
        async fetch(input, init) {
          requests += 1
          if (requests === n) await supabaseFeatureTables(supabase.client).replace(FEATURE_METADATA, quick)
          return fetch(input, init)
        },
      },
    })
    const outcome = supabaseFeatureTables(client).replace(FEATURE_METADATA, slow)
    const error = await outcome.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    return { error, requests }
  }

  async function namesHeld(): Promise<unknown[]> {
    return (await readRows(FEATURE_METADATA)).map(({ feature_name }) => feature_name)
  }

  it('leave the later one whole where they do not overlap', async () => {
    expect(await race(1)).toEqual({ error: undefined, requests: 5 })
    expect(await namesHeld()).toEqual(['both', 'slow'])
  })

  it.each([
    [2, 'between its pages', ['slow']],
    [3, 'before it deletes', []],
    [4, 'before it counts', ['both', 'quick']],
    [5, 'before it counts its own', ['both', 'quick']],
  ])('fail the one that the other overtook before its request %i, %s', async (n, _, left) => {
    const { error } = await race(n)
    expect(error).toBeInstanceOf(UpstreamError)
    expect(error).toMatchObject({ retryable: true, message: expect.stringMatching(/^feature_metadata has \d rows/) })
    expect(await namesHeld()).toEqual(left)
    await supabaseFeatureTables(supabase.client).replace(FEATURE_METADATA, slow)
    expect(await namesHeld()).toEqual(['both', 'slow'])
  })

  it('leave a whole table of one of them, or one fails', async () => {
    const tables = supabaseFeatureTables(supabase.client)
    for (let round = 0; round < 10; round++) {
      const calls = [slow, quick].map((rows) => tables.replace(FEATURE_METADATA, rows))
      const outcomes = await Promise.allSettled(calls)
      const [first, second, ...others] = await namesHeld()
      const isWhole = first === 'both' && (second === 'slow' || second === 'quick') && others.length === 0
      expect(isWhole || outcomes.some(({ status }) => status === 'rejected')).toBe(true)
    }
  })
})

describe('the view market_performance', () => {
  const market = { sport: 'a|b', league: 'NBA', market: 'Total "Points"' }
  const known = { decided_bets: 20, total_bets: 20, placed_bets: 20, returned_bets: 25 }

  async function viewed(changed: TableRow): Promise<Record<string, unknown>> {
    const rows = [rowOf(MARKET_PERFORMANCE, { ...market, ...known, ...changed })]
    await supabaseFeatureTables(supabase.client).replace(MARKET_PERFORMANCE, rows)
    const { data } = await supabase.client.from('market_performance').select<'*', Record<string, unknown>>('*')
    return data?.[0] ?? {}
  }

  it('shows every column of the table, and a key for people', async () => {
    const shown = await viewed({})
    expect(Object.keys(shown)).toEqual(expect.arrayContaining(Object.keys(MARKET_PERFORMANCE.columns)))
    expect(shown).toMatchObject({ market_key: 'a|b|NBA|Total "Points"', win_rate: 1 / 3 })
  })

  it.each([
    ['has_adequate_sample', { decided_bets: 20 }, { decided_bets: 19 }],
    ['is_hot', { win_rate_momentum: 0.051 }, { win_rate_momentum: 0.05 }],
    ['is_cold', { win_rate_momentum: -0.051 }, { win_rate_momentum: -0.05 }],
    ['is_on_hot_streak', { streak: 3 }, { streak: 2 }],
    ['is_on_cold_streak', { streak: -3 }, { streak: -2 }],
    ['is_roi_improving', { roi_momentum: 0.011 }, { roi_momentum: 0.01 }],
    ['is_roi_declining', { roi_momentum: -0.011 }, { roi_momentum: -0.01 }],
    // 1.96 · 0.5 / √25 = 0.196.
    ['is_significantly_profitable', { roi: 0.2, roi_deviation: 0.5 }, { roi: 0.19, roi_deviation: 0.5 }],
    ['is_significantly_unprofitable', { roi: -0.2, roi_deviation: 0.5 }, { roi: -0.19, roi_deviation: 0.5 }],
    [
      'is_significantly_profitable',
      { roi: 1, roi_deviation: 0, returned_bets: 20 },
      { roi: 1, roi_deviation: 0, returned_bets: 19 },
    ],
  ])('raises %s as it should and no sooner', async (flag, raised: TableRow, not: TableRow) => {
    expect((await viewed(raised))[flag]).toBe(true)
    expect((await viewed(not))[flag]).toBe(false)
  })

  it('has no flag where what it is made from is not known', async () => {
    const unknown = { win_rate_momentum: null, roi_momentum: null, roi: null, roi_deviation: null, returned_bets: 0 }
    expect(await viewed(unknown)).toMatchObject({
      ...{ is_hot: null, is_cold: null, is_roi_improving: null, is_roi_declining: null },
      ...{ is_significantly_profitable: false, is_significantly_unprofitable: false },
    })
  })
})
