import { DomainError, invariant } from '../kernel/errors.ts'

/** Code of a category that is missing. */
export const MISSING = -1

/** Code of a row that the column does not apply to, such as a result that is not due; Infinity among numbers. */
export const NOT_APPLICABLE = -2

/** One column of rows that are compared. */
export type TableColumn = { name: string } & (
  | {
      kind: 'numerical'
      /** NaN where missing, Infinity where the column does not apply. */
      values: Float32Array
    }
  | {
      kind: 'categorical'
      /** Positions in `names`, {@link MISSING} or {@link NOT_APPLICABLE}. */
      codes: Int32Array
      names: readonly string[]
    }
)

/** Rows by column, with the day on which each came. */
export interface Table {
  /** Days since the epoch, ascending. */
  days: Int32Array
  columns: readonly TableColumn[]
}

/** The rows of the days [fromDay, toDay), sharing memory. */
export function daysOf(table: Table, fromDay: number, toDay: number): Table {
  const begin = firstFrom(table.days, fromDay)
  return rowsOf(table, begin, Math.max(begin, firstFrom(table.days, toDay)))
}

/** Rows [begin, end), sharing memory. */
export function rowsOf(table: Table, begin: number, end: number): Table {
  return {
    days: table.days.subarray(begin, end),
    columns: table.columns.map((column) =>
      column.kind === 'numerical'
        ? { ...column, values: column.values.subarray(begin, end) }
        : { ...column, codes: column.codes.subarray(begin, end) },
    ),
  }
}

/** The rows of these numbers, copied; ascending numbers keep the order of days. */
export function pickRows(table: Table, rows: Int32Array): Table {
  return {
    days: pick(table.days, rows, new Int32Array(rows.length)),
    columns: table.columns.map((column) =>
      column.kind === 'numerical'
        ? { ...column, values: pick(column.values, rows, new Float32Array(rows.length)) }
        : { ...column, codes: pick(column.codes, rows, new Int32Array(rows.length)) },
    ),
  }
}

/** The columns of these names. */
export function pickColumns(table: Table, names: ReadonlySet<string>): Table {
  return { days: table.days, columns: table.columns.filter(({ name }) => names.has(name)) }
}

function pick<T extends Int32Array | Float32Array>(values: T, rows: Int32Array, into: T): T {
  for (let i = 0; i < rows.length; i++) into[i] = values[rows[i] as number] as number
  return into
}

/**
 * A table cut into windows of equal numbers of days, counted back from its end; the days left over at its beginning are in
 * none. Windows are as long as asked, longer where there would be more than `most`, shorter where fewer than `least`.
 */
export function windowsOf(table: Table, { days, least, most }: { days: number; least: number; most: number }): Table[] {
  const first = table.days[0]
  const last = table.days.at(-1)
  if (first === undefined || last === undefined) return []
  const span = last - first + 1
  const length = Math.max(1, Math.ceil(span / most), Math.min(days, Math.floor(span / least)))
  const count = Math.floor(span / length)
  const begin = last + 1 - count * length
  return Array.from({ length: count }, (_, w) => daysOf(table, begin + w * length, begin + (w + 1) * length))
}

/** Days of a table with so many rows at least, each as a table; evenly spaced where there are more than `most`. */
export function largeDaysOf(table: Table, { rows, most }: { rows: number; most: number }): Table[] {
  const ends: [number, number][] = []
  for (let begin = 0, r = 1; r <= table.days.length; r++) {
    if (table.days[r] === table.days[begin]) continue
    if (r - begin >= rows) ends.push([begin, r])
    begin = r
  }
  const count = Math.min(most, ends.length)
  return Array.from({ length: count }, (_, i) => {
    const [begin, end] = ends[Math.floor((i * ends.length) / count)] as [number, number]
    return rowsOf(table, begin, end)
  })
}

/**
 * Refuses samples that share a day: a row on both sides would hide what moved.
 *
 * @throws {DomainError} `windows_overlap`
 */
export function assertApart(reference: Table, current: Table): void {
  const [last, first] = [reference.days.at(-1), current.days[0]]
  if (last === undefined || first === undefined || last < first) return
  throw new DomainError(
    'windows_overlap',
    `the reference goes to day ${last}, the current window begins on day ${first}`,
  )
}

/** The column of a name. */
export function columnNamed(table: Table, name: string): TableColumn {
  const column = table.columns.find((each) => each.name === name)
  invariant(column !== undefined, `the table has no column ${name}`)
  return column
}

function firstFrom(days: Int32Array, day: number): number {
  let low = 0
  let high = days.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((days[middle] as number) < day) low = middle + 1
    else high = middle
  }
  return low
}
