import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { DOUBLE, DuckDBDataChunk, FLOAT, VARCHAR } from '@duckdb/node-api'
import { featuresKey } from '../lake/layout.ts'
import type { FileTransfer } from '../lake/transfer.ts'
import type { FeatureRows, FeatureWriter } from '../usecases/materialize-features.ts'
import { blamingDuckdb, literal, PARQUET_OPTIONS, withDuckdb } from './duckdb-connection.ts'

/** Rows that the binding takes at once. */
const CHUNK_ROWS = 2048

/** A {@link FeatureWriter} that makes Parquet with DuckDB and moves it with a {@link FileTransfer}. */
export function duckdbFeatureWriter(transfer: FileTransfer): FeatureWriter {
  return {
    async write(rows) {
      const scratch = await mkdtemp(join(tmpdir(), 'closeline-features-'))
      try {
        const path = join(scratch, 'features.parquet')
        await blamingDuckdb(() => withDuckdb((connection) => writeFeatures(connection, rows, path)))
        const body = await readFile(path)
        const key = featuresKey(rows.runId)
        await transfer.upload(path, key)
        const sha256 = createHash('sha256').update(body).digest('hex')
        return { key, rows: rows.bets.length, bytes: body.length, sha256 }
      } finally {
        await rm(scratch, { recursive: true, force: true })
      }
    },
  }
}

async function writeFeatures(connection: DuckDBConnection, rows: FeatureRows, path: string): Promise<void> {
  const { bets, names, columns } = rows
  const features = names.map((name) => `"${name}" float`).join(', ')
  await connection.run(`create table features (bet_id varchar, placed_at_ms double, ${features})`)
  const appender = await connection.createAppender('features')
  const types = [VARCHAR, DOUBLE, ...names.map(() => FLOAT)]
  for (let begin = 0; begin < bets.length; begin += CHUNK_ROWS) {
    const part = bets.slice(begin, begin + CHUNK_ROWS)
    const chunk = DuckDBDataChunk.create(types, part.length)
    chunk.setColumns([
      part.map(({ id }) => id),
      part.map(({ placedAtMs }) => placedAtMs),
      ...columns.map((column) => Array.from(column.subarray(begin, begin + part.length), nullIfNaN)),
    ])
    appender.appendDataChunk(chunk)
  }
  appender.closeSync()
  const instant = 'make_timestamptz(cast(placed_at_ms as bigint) * 1000) as placed_at'
  await connection.run(
    `copy (select bet_id, ${instant}, * exclude (bet_id, placed_at_ms) from features) to ${literal(path)} (${PARQUET_OPTIONS})`,
  )
}

function nullIfNaN(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
