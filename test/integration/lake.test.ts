import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withDuckdb } from '../../shared/adapters/duckdb-connection.ts'
import { duckdbLake } from '../../shared/adapters/duckdb-lake.ts'
import { readParquetRows } from '../../shared/adapters/duckdb-parquet-rows.ts'
import { fileObjectStore } from '../../shared/adapters/file-object-store.ts'
import { bet } from '../support/bets.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const SPORTS = ['Basketball', '日'.repeat(80), 'O\'Hurling / 50% = "odd"', null]

const BETS = SPORTS.map((sport, i) => bet({ id: `bet-${i}`, sport, stakeMinor: i === 0 ? null : 1000 + i }))

const FEATURES = {
  names: ['market_log_odds', 'form'],
  columns: [Float32Array.of(0, 1, 2, 3), new Float32Array(4).fill(Number.NaN)],
}

async function writtenLake() {
  const folder = await temporaryFolder()
  const objects = fileObjectStore(folder.path)
  const run = { runId: 'run-1', bets: BETS, featureNames: FEATURES.names, featureColumns: FEATURES.columns }
  const files = await duckdbLake(objects).write(run)
  const query = (sql: string) =>
    withDuckdb(async (connection) => {
      await connection.run("set timezone = 'UTC'")
      return (await connection.runAndReadAll(sql)).getRowsJson()
    })
  return { folder, objects, files, query, at: (path: string) => join(folder.path, 'lake/runs/run-1', path) }
}

describe('the lake', () => {
  it('has every bet in every layer, whatever its sport is called', async () => {
    const { folder, at, query } = await writtenLake()
    await using _ = folder
    const layers = ['raw/bets.parquet', 'processed/**/*.parquet', 'features/features.parquet']
    for (const layer of layers) expect(await query(`select count(*) from '${at(layer)}'`)).toEqual([['4']])
    const sports = await query(`select sport_name from '${at('processed/**/*.parquet')}' order by id`)
    expect(sports.flat()).toEqual(SPORTS)
  })

  it('keeps types: instants with zone, money whole, missing values missing', async () => {
    const { folder, at, query } = await writtenLake()
    await using _ = folder
    const columns = 'typeof(placed_at), typeof(stake_minor), typeof(is_live), stake_minor, placed_at'
    expect(await query(`select ${columns} from '${at('raw/bets.parquet')}' order by id limit 2`)).toEqual([
      ['TIMESTAMP WITH TIME ZONE', 'BIGINT', 'BOOLEAN', null, '2025-03-01 00:00:00+00'],
      ['TIMESTAMP WITH TIME ZONE', 'BIGINT', 'BOOLEAN', '1001', '2025-03-01 00:00:00+00'],
    ])
    expect(await query(`select market_log_odds, form from '${at('features/features.parquet')}' limit 1`)).toEqual([
      [0, null],
    ])
  })

  it('is found by the pointer that is written last', async () => {
    const { folder, objects, files } = await writtenLake()
    await using _ = folder
    const pointer = JSON.parse(new TextDecoder().decode(await objects.get('lake/current.json')))
    expect(pointer).toEqual({ runId: 'run-1', bets: 4, files })
    expect(files.every(({ key, bytes }) => key.startsWith('lake/runs/run-1/') && bytes > 0)).toBe(true)
  })
})

describe('a Parquet file of bets', () => {
  it('is read as text cells, instants as ISO 8601 and null as blank', async () => {
    const { folder, at } = await writtenLake()
    await using _ = folder
    const { columns, rows } = await readParquetRows(at('raw/bets.parquet'))
    expect(columns.slice(0, 3)).toEqual(['id', 'origin', 'state'])
    expect(rows).toHaveLength(4)
    expect(rows[0]).toMatchObject({
      line: 1,
      cells: { id: 'bet-0', placed_at: '2025-03-01T00:00:00.000Z', stake_minor: '' },
    })
  })

  it('is never another file that a pattern in its name would find', async () => {
    await expect(readParquetRows('b[1].parquet')).rejects.toMatchObject({ code: 'file_not_readable' })
    await expect(readParquetRows('absent.parquet')).rejects.toMatchObject({ code: 'file_not_readable' })
  })
})
