import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { literal, withDuckdb } from '../../shared/adapters/duckdb-connection.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Rows of a Parquet file's bytes as DuckDB reads them, and the types of its columns. */
export async function parquetRowsOf(
  bytes: Uint8Array,
): Promise<{ rows: Record<string, unknown>[]; types: Record<string, string> }> {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'file.parquet')
  await writeFile(path, bytes)
  return await withDuckdb(async (connection) => {
    const read = await connection.runAndReadAll(`select * from read_parquet(${literal(path)})`)
    const types = read.columnNames().map((name, i) => [name, String(read.columnType(i))])
    return { rows: read.getRowObjectsJS(), types: Object.fromEntries(types) }
  })
}
