import type { Table, TableColumn } from '../../shared/drift/table.ts'
import type { Rng } from '../../shared/kernel/random.ts'

/** Rows of a number and a category, so many a day from a first day on. */
export function drawnTable(
  rng: Rng,
  options: { rows: number; rowsADay?: number; firstDay?: number; shift?: number; share?: number },
): Table {
  const { rows, rowsADay = 20, firstDay = 0, shift = 0, share = 0.5 } = options
  return {
    days: Int32Array.from({ length: rows }, (_, r) => firstDay + Math.floor(r / rowsADay)),
    columns: [
      { name: 'number', kind: 'numerical', values: Float32Array.from({ length: rows }, () => rng.normal() + shift) },
      categoryColumn(
        'name',
        Array.from({ length: rows }, () => (rng.next() < share ? 'a' : 'b')),
      ),
    ],
  }
}

/** A column of these names; null where missing. */
export function categoryColumn(name: string, values: readonly (string | null)[]): TableColumn {
  const names = [...new Set(values.filter((value) => value !== null))]
  const codes = Int32Array.from(values, (value) => (value === null ? -1 : names.indexOf(value)))
  return { name, kind: 'categorical', codes, names }
}
