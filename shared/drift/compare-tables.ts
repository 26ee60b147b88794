import { InvariantError } from '../kernel/errors.ts'
import type { ColumnDrift, ColumnSamples, ColumnWindow } from './column-drift.ts'
import { compareColumn } from './column-drift.ts'
import type { Table, TableColumn } from './table.ts'
import { assertApart, columnNamed, MISSING } from './table.ts'

/** Windows of the past that comparisons are calibrated by, and whether the reference is but one of them. */
export interface TableCalibration {
  windows: readonly Table[]
  single: boolean
  /** Days of the past, each a table. */
  days?: readonly Table[]
  /** Columns of which only a rise of the missing share is a change. */
  onlyMoreMissing?: ReadonlySet<string>
}

/**
 * Compares every column of two tables that share no day.
 *
 * @param current  with the columns of the reference, in any order
 * @returns        in the order of the reference's columns
 * @throws {DomainError} `windows_overlap`, and those of the tests
 */
export function compareTables(reference: Table, current: Table, calibration: TableCalibration): ColumnDrift[] {
  assertApart(reference, current)
  const concentration = concentrationOf(current)
  return reference.columns.map((column) => {
    const samples = samplesOf(column, columnNamed(current, column.name))
    const windows = calibration.windows.map((window) => windowOf(columnNamed(window, column.name)))
    const days = (calibration.days ?? []).map((day) => windowOf(columnNamed(day, column.name)))
    const onlyMoreMissing = calibration.onlyMoreMissing?.has(column.name) ?? false
    return compareColumn(samples, { windows, single: calibration.single, days, concentration, onlyMoreMissing })
  })
}

function samplesOf(reference: TableColumn, current: TableColumn): ColumnSamples {
  const [before, now] = [windowOf(reference), windowOf(current)]
  const missing = { reference: before.missing, current: now.missing }
  if (before.kind === 'numerical' && now.kind === 'numerical') {
    return { kind: 'numerical', reference: before.values.sort(), current: now.values.sort(), missing }
  }
  if (before.kind === 'categorical' && now.kind === 'categorical') {
    return { kind: 'categorical', reference: before.counts, current: now.counts, missing }
  }
  throw new InvariantError(`column ${reference.name} is ${before.kind} in the reference and ${now.kind} now`)
}

/** Σ n_d²/n² over the days of a table: 1 where all rows came on one day, 1/days where each brought as many. */
function concentrationOf({ days }: Table): number {
  const rows = new Map<number, number>()
  for (const day of days) rows.set(day, (rows.get(day) ?? 0) + 1)
  return [...rows.values()].reduce((sum, n) => sum + (n / days.length) ** 2, 0)
}

/** What a table holds of a column, rows that it does not apply to left out. */
function windowOf(column: TableColumn): ColumnWindow {
  return column.kind === 'numerical' ? windowOfNumbers(column.values) : windowOfCategories(column)
}

function windowOfNumbers(values: Float32Array): ColumnWindow {
  const known = new Float64Array(values.length)
  let count = 0
  let missing = 0
  for (let r = 0; r < values.length; r++) {
    const value = values[r] as number
    if (Number.isFinite(value)) known[count++] = value
    else if (Number.isNaN(value)) missing++
  }
  return { kind: 'numerical', values: known.subarray(0, count), missing }
}

function windowOfCategories({ codes, names }: TableColumn & { kind: 'categorical' }): ColumnWindow {
  const byCode = new Int32Array(names.length)
  let missing = 0
  for (let r = 0; r < codes.length; r++) {
    const code = codes[r] as number
    if (code >= 0) byCode[code] = (byCode[code] as number) + 1
    else if (code === MISSING) missing++
  }
  const counts = new Map<string, number>()
  for (const [code, count] of byCode.entries()) if (count > 0) counts.set(names[code] as string, count)
  return { kind: 'categorical', counts, missing }
}
