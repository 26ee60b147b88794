import { DomainError } from '../kernel/errors.ts'
import type { Table, TableColumn } from './table.ts'

/** What is told of a column beside its bytes. */
export type ColumnHead =
  | { name: string; kind: 'numerical' }
  | { name: string; kind: 'categorical'; names: readonly string[] }

/**
 * A table as bytes: the days, then each column, four bytes a row in the order of the machine, which is little-endian
 * wherever this runs.
 */
export function encodeTable({ days, columns }: Table): { heads: ColumnHead[]; bytes: Uint8Array } {
  const width = 4 * days.length
  const bytes = new Uint8Array(width * (columns.length + 1))
  const parts = [days, ...columns.map((column) => (column.kind === 'numerical' ? column.values : column.codes))]
  for (const [i, part] of parts.entries()) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), i * width)
  }
  return { heads: columns.map(headOf), bytes }
}

/** @throws {DomainError} `corrupt_table` where the bytes are not of so many rows and columns */
export function decodeTable(bytes: Uint8Array, { rows, heads }: { rows: number; heads: readonly ColumnHead[] }): Table {
  const wanted = 4 * rows * (heads.length + 1)
  if (bytes.length !== wanted) {
    throw new DomainError(
      'corrupt_table',
      `${bytes.length} bytes of ${rows} rows and ${heads.length} columns: not ${wanted}`,
    )
  }
  // A copy begins on a boundary of four bytes, wherever the given one lies.
  const { buffer } = bytes.slice()
  const at = (i: number) => 4 * rows * i
  return {
    days: new Int32Array(buffer, 0, rows),
    columns: heads.map(
      (head, c): TableColumn =>
        head.kind === 'numerical'
          ? { ...head, values: new Float32Array(buffer, at(c + 1), rows) }
          : { ...head, codes: new Int32Array(buffer, at(c + 1), rows) },
    ),
  }
}

function headOf(column: TableColumn): ColumnHead {
  const { name } = column
  return column.kind === 'numerical' ? { name, kind: column.kind } : { name, kind: column.kind, names: column.names }
}
