import type { DuckDBConnection } from '@duckdb/node-api'
import { DuckDBInstance } from '@duckdb/node-api'
import { messageOf, UpstreamError } from '../kernel/errors.ts'

/** An open database, and how to let go of it. */
export interface DuckdbSession {
  connection: DuckDBConnection
  close(): void
}

/**
 * Opens a database that thinks in UTC.
 *
 * @param options.path         file in which large tables are kept; in memory where absent
 * @param options.memoryLimit  beyond it DuckDB writes to `spillDir`, where one is given
 */
export async function openDuckdb(
  options: { path?: string; memoryLimit?: string; spillDir?: string } = {},
): Promise<DuckdbSession> {
  const { path = ':memory:', memoryLimit = '400MB', spillDir = '' } = options
  const settings = { memory_limit: memoryLimit, threads: '2', temp_directory: spillDir }
  const instance = await DuckDBInstance.create(path, settings)
  const connection = await instance.connect()
  await connection.run("set timezone = 'UTC'")
  return {
    connection,
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/** Runs work on a database in memory that lives no longer than the work. */
export async function withDuckdb<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const session = await openDuckdb()
  try {
    return await work(session.connection)
  } finally {
    session.close()
  }
}

/** Runs work whose failures are DuckDB's. @throws {UpstreamError} */
export async function blamingDuckdb<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof UpstreamError) throw cause
    throw new UpstreamError('DuckDB', messageOf(cause), { retryable: false, cause })
  }
}

/** A text as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A name as SQL has it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A scan of Parquet files by their paths; the folders' names say nothing that the rows do not. */
export function parquetScan(paths: readonly string[], options: { byName?: boolean } = {}): string {
  // A path is taken for a pattern otherwise, and would find other files too.
  const plain = paths.map((path) => path.replace(/[*?[]/g, '[$&]'))
  // Otherwise the first file alone says which columns there are.
  const columns = options.byName ? ', union_by_name = true' : ''
  return `read_parquet([${plain.map(literal).join(', ')}], hive_partitioning = false${columns})`
}

/** Bytes of the longest line read; buffers are twice as long, so more would keep the second core idle. */
export const LONGEST_LINE = 4 << 20

/** A scan of text lines whose cells a character parts that no cell can hold, so that nothing needs quotes. */
export function linesScan(path: string, separator: string, columns: Readonly<Record<string, string>>): string {
  const typed = Object.entries(columns).map(([name, type]) => `"${name}": ${literal(type)}`)
  const plain = `delim = ${literal(separator)}, quote = '', escape = '', header = false, auto_detect = false`
  return `read_csv(${literal(path)}, ${plain}, nullstr = '', max_line_size = ${LONGEST_LINE}, columns = {${typed.join(', ')}})`
}

/** A scan of a file of JSON lines with the columns named. */
export function jsonLinesScan(path: string, columns: Readonly<Record<string, string>>): string {
  const typed = Object.entries(columns).map(([name, type]) => `"${name}": ${literal(type)}`)
  return `read_json(${literal(path)}, format = 'newline_delimited', columns = {${typed.join(', ')}}, maximum_object_size = ${LONGEST_LINE})`
}

export const PARQUET_OPTIONS = 'format parquet, compression zstd'
