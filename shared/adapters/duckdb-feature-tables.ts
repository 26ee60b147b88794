import type { DuckDBValue } from '@duckdb/node-api'
import { BIGINT, DOUBLE, LIST, listValue, VARCHAR } from '@duckdb/node-api'
import type { ColumnType, FeatureTable, TableRow } from '../features/tables.ts'
import { invariant } from '../kernel/errors.ts'
import type { MemoryColumn } from './duckdb-feature-columns.ts'
import { nullIfNaN } from './duckdb-feature-columns.ts'

type CellValue = NonNullable<TableRow[string]>

interface CellType extends Pick<MemoryColumn, 'type' | 'stored'> {
  /** The value as DuckDB takes it; undefined where it is of another type. */
  toDuckdb: (value: CellValue) => DuckDBValue | undefined
}

const asText = (value: CellValue) => (typeof value === 'string' ? value : undefined)

const CELL_TYPES: Readonly<Record<ColumnType, CellType>> = {
  text: { type: VARCHAR, toDuckdb: asText },
  integer: {
    type: BIGINT,
    toDuckdb: (value) => (typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : undefined),
  },
  number: { type: DOUBLE, toDuckdb: (value) => (typeof value === 'number' ? value : undefined), stored: nullIfNaN },
  instant: { type: VARCHAR, toDuckdb: asText, stored: (column) => `cast(${column} as timestamptz)` },
  list: { type: LIST(VARCHAR), toDuckdb: (value) => (typeof value === 'object' ? listValue([...value]) : undefined) },
}

/**
 * The columns of a table's rows; null where a row has nothing.
 *
 * @throws {InvariantError} where a value is not of its column's type
 */
export function tableColumns({ name: table, columns }: FeatureTable, rows: readonly TableRow[]): MemoryColumn[] {
  return Object.entries(columns).map(([name, columnType]) => {
    const { toDuckdb, ...handed } = CELL_TYPES[columnType]
    const values = rows.map(({ [name]: value = null }) => {
      const taken = value === null ? null : toDuckdb(value)
      invariant(taken !== undefined, `${table}.${name} is of type ${columnType}, which ${value} is not`)
      return taken
    })
    return { name, ...handed, values }
  })
}
