import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DOUBLE, FLOAT, VARCHAR } from '@duckdb/node-api'
import { invariant } from '../kernel/errors.ts'
import type { LakeFile } from '../lake/file.ts'
import { featureMonthKey, featureTableKey } from '../lake/layout.ts'
import type { FileTransfer } from '../lake/transfer.ts'
import type { FeatureLayer, FeatureMonth } from '../usecases/feature-ports.ts'
import { blamingDuckdb, withDuckdb } from './duckdb-connection.ts'
import type { MemoryColumn } from './duckdb-feature-columns.ts'
import { copyColumns, nullIfNaN } from './duckdb-feature-columns.ts'
import { readFeatures } from './duckdb-feature-reading.ts'
import { tableColumns } from './duckdb-feature-tables.ts'
import { measureFile } from './duckdb-lake-files.ts'

/**
 * A {@link FeatureLayer} that makes and reads Parquet with DuckDB and moves files with a {@link FileTransfer}. Months may
 * be written at the same time: each has a database of its own, which opens in little time beside what the rows take.
 */
export function duckdbFeatureLayer(transfer: FileTransfer): FeatureLayer {
  /** Writes columns of so many rows as one file of the lake. */
  function write(columns: readonly MemoryColumn[], rows: number, key: string): Promise<LakeFile> {
    return withScratch(async (scratch) => {
      const path = join(scratch, 'columns.parquet')
      await blamingDuckdb(() => withDuckdb((connection) => copyColumns(connection, columns, path)))
      const measured = await measureFile(path)
      await transfer.upload(path, key)
      return { key, rows, ...measured }
    })
  }

  return {
    async writeMonth(month) {
      return write(monthColumns(month), month.ids.length, featureMonthKey(month.folder, month.month))
    },
    async writeTable(folder, table, rows) {
      return write(tableColumns(table, rows), rows.length, featureTableKey(folder, table.name))
    },
    read: (files, names) =>
      withScratch((scratch) =>
        blamingDuckdb(() => withDuckdb((connection) => readFeatures(connection, { transfer, files, scratch }, names))),
      ),
  }
}

async function withScratch<T>(work: (scratch: string) => Promise<T>): Promise<T> {
  const scratch = await mkdtemp(join(tmpdir(), 'closeline-features-'))
  try {
    return await work(scratch)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** @throws {InvariantError} where there are no rows, or lengths differ */
function monthColumns({ month, ids, placedAtMs, names, columns }: FeatureMonth): MemoryColumn[] {
  invariant(ids.length > 0, `there are no bets of ${month}, so there is no file of their features`)
  invariant(names.length === columns.length, `${columns.length} columns bear ${names.length} names`)
  for (const { length } of [placedAtMs, ...columns]) {
    invariant(length === ids.length, `${ids.length} bets of ${month} have a column of ${length} rows`)
  }
  const placedAt = (ms: string) => `make_timestamptz(cast(${ms} as bigint) * 1000)`
  return [
    { name: 'bet_id', type: VARCHAR, values: ids },
    { name: 'placed_at', type: DOUBLE, values: placedAtMs, stored: placedAt },
    ...columns.map((values, f) => ({ name: names[f] ?? '', type: FLOAT, values, stored: nullIfNaN })),
  ]
}
