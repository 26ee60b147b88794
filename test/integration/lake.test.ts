import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withDuckdb } from '../../shared/adapters/duckdb-connection.ts'
import { duckdbFeatureLayer } from '../../shared/adapters/duckdb-feature-layer.ts'
import { duckdbLakeStore } from '../../shared/adapters/duckdb-lake-store.ts'
import { readParquetRows } from '../../shared/adapters/duckdb-parquet-rows.ts'
import { fileObjectStore } from '../../shared/adapters/file-object-store.ts'
import { fileTransfer } from '../../shared/adapters/file-transfer.ts'
import { FEATURE_NAMES } from '../../shared/features/registry.ts'
import { DEFAULT_THRESHOLDS } from '../../shared/quality/thresholds.ts'
import { updateLake } from '../../shared/usecases/update-lake.ts'
import { bet } from '../support/bets.ts'
import type { MemoryPipelineDeps } from '../support/pipeline-deps.ts'
import { currentState, memoryPipelineDeps, RUN_AT_MS } from '../support/pipeline-deps.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const CHANGED_US = (RUN_AT_MS - 86_400_000) * 1000 + 123_456

const SPORTS = ['Basketball', 'a/b', '..', '%2F', '日'.repeat(100), '🎲', '__HIVE_DEFAULT_PARTITION__', null]

const BETS = SPORTS.map((sport, i) =>
  bet({ id: `bet-${i}`, sport, stakeMinor: i === 0 ? null : 1000 + i, decimalOdds: i === 0 ? null : 1.91 }),
)

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let deps: MemoryPipelineDeps

beforeAll(async () => {
  folder = await temporaryFolder()
  const transfer = fileTransfer(folder.path)
  deps = memoryPipelineDeps({
    objects: fileObjectStore(folder.path),
    lake: duckdbLakeStore(transfer),
    features: duckdbFeatureLayer(transfer),
  })
  deps.source.save([...BETS, bet({ id: 'bet-9', placedAtMs: Date.UTC(2025, 3, 10), settledAtMs: null })], CHANGED_US)
  deps.source.remove(['gone'], CHANGED_US + 1)
  const command = { trigger: 'test', mode: 'incremental' as const, sport: null, thresholds: DEFAULT_THRESHOLDS }
  await updateLake(deps, command)
})

afterAll(() => folder[Symbol.asyncDispose]())

const inRun = (path: string) => join(folder.path, 'lake/runs/run-01', path)

const query = (sql: string) =>
  withDuckdb(async (connection) => (await connection.runAndReadAll(sql)).getRowsJson() as unknown[][])

/** Names and types of a file's columns, as a reader sees them that knows nothing of us. */
const typesIn = async (path: string) => {
  const columns = await query(`select column_name, column_type from (describe select * from '${inRun(path)}')`)
  return Object.fromEntries(columns) as Record<string, unknown>
}

const INSTANT = 'TIMESTAMP WITH TIME ZONE'

describe('the Parquet of a run', () => {
  it('has typed columns in the processed layer, and two more in the names of its folders', async () => {
    expect(await typesIn('processed/*/*/*.parquet')).toEqual({
      ...{ sport: 'VARCHAR', month: 'VARCHAR' },
      ...{ id: 'VARCHAR', origin: 'VARCHAR', state: 'VARCHAR', bet_type: 'VARCHAR', sport_name: 'VARCHAR' },
      ...{ league: 'VARCHAR', market: 'VARCHAR', book: 'VARCHAR', selection: 'VARCHAR' },
      ...{ is_live: 'BOOLEAN', is_free_bet: 'BOOLEAN', is_settled: 'BOOLEAN' },
      ...{ decimal_odds: 'DOUBLE', implied_probability: 'DOUBLE', return_per_unit: 'DOUBLE' },
      ...{ closing_line_value: 'DOUBLE', stake: 'DECIMAL(18,2)', profit: 'DECIMAL(18,2)', currency: 'VARCHAR' },
      ...{ placed_at: INSTANT, settled_at: INSTANT, result_known_at: INSTANT, updated_at: INSTANT },
    })
  })

  it('has typed columns in the other layers', async () => {
    expect(await typesIn('raw/*.parquet')).toEqual({
      ...{ id: 'VARCHAR', updated_at: INSTANT, is_deleted: 'BOOLEAN', record: 'VARCHAR' },
    })
    expect(await typesIn('keys/*.parquet')).toEqual({
      ...{ id: 'VARCHAR', updated_at: INSTANT, is_deleted: 'BOOLEAN', sport: 'VARCHAR', month: 'VARCHAR' },
    })
    const features = await typesIn('features/*/month=2025-03/*.parquet')
    expect(features).toMatchObject({ bet_id: 'VARCHAR', placed_at: INSTANT })
    expect(FEATURE_NAMES.map((name) => features[name])).toEqual(FEATURE_NAMES.map(() => 'FLOAT'))
  })

  it('is compressed with Zstandard throughout', async () => {
    const files = inRun('**/*.parquet')
    expect(await query(`select distinct compression from parquet_metadata('${files}')`)).toEqual([['ZSTD']])
  })

  it('has money to the cent, instants to the microsecond in UTC, and null where nothing is known', async () => {
    const columns = 'stake, profit, decimal_odds, round(implied_probability, 6), is_settled, placed_at, updated_at'
    const rows = `select ${columns} from '${inRun('processed/*/*/*.parquet')}' where id in ('bet-0', 'bet-1') order by id`
    const instants = ['2025-03-01 00:00:00+00', '2025-04-29 00:00:00.123456+00']
    expect(await query(rows)).toEqual([
      [null, '10.00', null, null, true, ...instants],
      ['10.01', '10.00', 1.91, 0.52356, true, ...instants],
    ])
  })

  it('opens as one Hive-partitioned table, the sports by their names and null as null', async () => {
    const table = `read_parquet('${inRun('processed/**/*.parquet')}', hive_partitioning = true, hive_types_autocast = false)`
    const short = SPORTS.filter((sport) => sport?.length !== 100)
    const rows = await query(`select id, sport, month, sport_name from ${table} order by id`)
    expect(rows).toHaveLength(9)
    for (const [id, sport, month, name] of rows) {
      expect(month).toBe(id === 'bet-9' ? '2025-04' : '2025-03')
      if (short.includes(name as string | null)) expect(sport).toBe(name)
      else expect(sport).toMatch(/^日+~[0-9a-f]{16}$/)
    }
    expect(rows.slice(0, 8).map(([, , , name]) => name)).toEqual(SPORTS)
    const march = `select count(*) from ${table} where month = '2025-03' and sport is null`
    expect(await query(march)).toEqual([['1']])
  })

  it('has a folder of its own for each partition, safe in URLs', async () => {
    const { partitions } = await currentState(deps.objects)
    const folders = partitions.map(({ file }) => file.key.split('/').slice(0, -1).join('/'))
    expect(new Set(folders).size).toBe(9)
    expect(folders.every((each) => /^lake\/runs\/run-01\/processed\/sport=[^/]+\/month=2025-0[34]$/.test(each))).toBe(
      true,
    )
  })

  it('keeps what the source said, deletions too', async () => {
    const raw = `select id, is_deleted, record ->> 'sport' from '${inRun('raw/*.parquet')}' order by id`
    expect(await query(raw)).toEqual([
      ...SPORTS.map((sport, i) => [`bet-${i}`, false, sport]),
      ['bet-9', false, 'Basketball'],
      ['gone', true, null],
    ])
  })

  it('has the features of every bet, missing ones as null', async () => {
    const files = inRun('features/*/month=*/*.parquet')
    expect(await query(`select count(*), count(market_log_odds) from '${files}'`)).toEqual([['9', '8']])
  })
})

describe('a Parquet file of bets', () => {
  it('is read as text cells, instants as ISO 8601 and null as blank', async () => {
    const { partitions } = await currentState(deps.objects)
    const key = partitions.find(({ sport, month }) => sport === 'Basketball' && month === '2025-03')?.file.key ?? ''
    const { columns, rows } = await readParquetRows(join(folder.path, key))
    expect(columns.slice(0, 3)).toEqual(['id', 'origin', 'state'])
    expect(rows).toMatchObject([
      { line: 1, cells: { id: 'bet-0', placed_at: '2025-03-01T00:00:00.000Z', stake: '', profit: '10.00' } },
    ])
  })

  it('is never another file that a pattern in its name would find', async () => {
    await expect(readParquetRows('b[1].parquet')).rejects.toMatchObject({ code: 'file_not_readable' })
    await expect(readParquetRows('absent.parquet')).rejects.toMatchObject({ code: 'file_not_readable' })
  })
})
