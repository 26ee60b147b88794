import type { DuckDBConnection, DuckDBDataChunk, DuckDBType, DuckDBValue, DuckDBVector } from '@duckdb/node-api'
import { DuckDBTableFunction } from '@duckdb/node-api'
import { literal, PARQUET_OPTIONS, quoted } from './duckdb-connection.ts'

/** A column that is in memory, on its way into a Parquet file. */
export interface MemoryColumn {
  name: string
  /** As what DuckDB is handed the values. */
  type: DuckDBType
  values: ArrayLike<DuckDBValue>
  /** SQL of what the file holds, made of the column as it was handed over; that itself where absent. */
  stored?: (column: string) => string
}

/** Rows that DuckDB takes at once. */
const CHUNK_ROWS = 2048

/**
 * A dictionary takes the two zeros for one value, so that a negative one could come back positive.
 *
 * @see https://github.com/duckdb/duckdb/issues/25781
 */
const FEATURE_OPTIONS = `${PARQUET_OPTIONS}, dictionary_size_limit 0`

/**
 * Writes columns of equal length to a Parquet file, rows in their order. A table function hands them over chunk by chunk
 * as the file is written: a table would first take in all rows once more.
 *
 * @param connection  one that nothing else writes with
 */
export async function copyColumns(
  connection: DuckDBConnection,
  columns: readonly MemoryColumn[],
  path: string,
): Promise<void> {
  connection.registerTableFunction(columnScan(columns))
  const stored = columns.map(({ name, stored = itself }, c) => `${stored(`c${c}`)} as ${quoted(name)}`)
  await connection.run(
    `copy (select ${stored.join(', ')} from memory_columns()) to ${literal(path)} (${FEATURE_OPTIONS})`,
  )
}

function columnScan(columns: readonly MemoryColumn[]): DuckDBTableFunction {
  const nRows = columns[0]?.values.length ?? 0
  let begin = 0
  return DuckDBTableFunction.create({
    name: 'memory_columns',
    bindFunction(bind) {
      for (const [c, { type }] of columns.entries()) bind.addResultColumn(`c${c}`, type)
      bind.setCardinality(nRows, true)
    },
    initFunction() {
      begin = 0
    },
    mainFunction(_, chunk) {
      chunk.rowCount = Math.min(CHUNK_ROWS, nRows - begin)
      if (chunk.rowCount > 0) for (const [c, { values }] of columns.entries()) fill(chunk, c, values, begin)
      begin += chunk.rowCount
    },
  })
}

function fill(chunk: DuckDBDataChunk, column: number, values: ArrayLike<DuckDBValue>, begin: number): void {
  const vector = chunk.getColumnVector(column)
  if (values instanceof Float32Array) fillFloats(vector, values, begin)
  else for (let i = 0; i < vector.itemCount; i++) vector.setItem(i, values[begin + i] ?? null)
  vector.flush()
}

/** A loop that meets one kind of column alone takes half the time. */
function fillFloats(vector: DuckDBVector, values: Float32Array, begin: number): void {
  const { itemCount } = vector
  for (let i = 0; i < itemCount; i++) vector.setItem(i, values[begin + i] ?? null)
}

function itself(column: string): string {
  return column
}

/** SQL of a column of floating-point numbers, with null where there is none: values are handed over far faster than nulls. */
export function nullIfNaN(column: string): string {
  return `case when isnan(${column}) then null else ${column} end`
}
