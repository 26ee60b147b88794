import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { ObjectStore } from '../../shared/kernel/ports.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** Rows of the Parquet objects of these keys, all together, as DuckDB reads them. */
export async function parquetRows(objects: ObjectStore, keys: readonly string[]): Promise<number> {
  if (keys.length === 0) return 0
  await using folder = await temporaryFolder()
  for (const [i, key] of keys.entries()) {
    const body = await objects.get(key)
    if (body === undefined) throw new Error(`${key} is gone`)
    await writeFile(join(folder.path, `${i}.parquet`), body)
  }
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const files = join(folder.path, '*.parquet').replaceAll("'", "''")
    const result = await connection.runAndReadAll(
      `select count(*)::integer from read_parquet('${files}', union_by_name = true)`,
    )
    return Number(result.getRows()[0]?.[0])
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** Keys below a prefix that end in `.parquet`. */
export async function parquetKeys(objects: ObjectStore, prefix: string): Promise<string[]> {
  return (await objects.list(prefix)).filter((key) => key.endsWith('.parquet'))
}
