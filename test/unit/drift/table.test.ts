import { describe, expect, test } from 'vitest'
import { compareTables } from '../../../shared/drift/compare-tables.ts'
import { judgeDrift } from '../../../shared/drift/judge-drift.ts'
import type { Table } from '../../../shared/drift/table.ts'
import { assertApart, daysOf, NOT_APPLICABLE, pickRows, windowsOf } from '../../../shared/drift/table.ts'
import { decodeTable, encodeTable } from '../../../shared/drift/table-bytes.ts'
import { createRng } from '../../../shared/kernel/random.ts'
import { categoryColumn, drawnTable } from '../../support/drift-tables.ts'

function daysTable(days: readonly number[]): Table {
  return {
    days: Int32Array.from(days),
    columns: [{ name: 'row', kind: 'numerical', values: Float32Array.from(days, (_, r) => r) }],
  }
}

const valuesOf = ({ columns }: Table) =>
  columns.map((column) => [...(column.kind === 'numerical' ? column.values : column.codes)])

describe('a table', () => {
  test('gives the rows of a window, its last day left out', () => {
    const table = daysTable([1, 1, 2, 4, 4, 7])
    expect(valuesOf(daysOf(table, 2, 7))).toEqual([[2, 3, 4]])
    expect(valuesOf(daysOf(table, 5, 5))).toEqual([[]])
    expect(valuesOf(daysOf(table, Number.NEGATIVE_INFINITY, 2))).toEqual([[0, 1]])
    expect(valuesOf(pickRows(table, Int32Array.of(0, 5)))).toEqual([[0, 5]])
  })

  test('is cut into windows counted back from its end', () => {
    const table = daysTable(Array.from({ length: 100 }, (_, r) => r))
    const days = windowsOf(table, { days: 30, least: 1, most: 40 }).map((window) => [
      window.days[0],
      window.days.at(-1),
    ])
    expect(days).toEqual([
      [10, 39],
      [40, 69],
      [70, 99],
    ])
    expect(windowsOf(table, { days: 30, least: 8, most: 40 }).map((window) => window.days.length)).toEqual(
      new Array(8).fill(12),
    )
    expect(windowsOf(table, { days: 1, least: 8, most: 40 }).map((window) => window.days.length)).toEqual(
      new Array(33).fill(3),
    )
    expect(windowsOf(daysTable([]), { days: 1, least: 8, most: 40 })).toEqual([])
  })

  test('refuses to be compared with rows of the same day', () => {
    expect(() => assertApart(daysTable([1, 5]), daysTable([5, 9]))).toThrow(
      expect.objectContaining({ code: 'windows_overlap' }),
    )
    expect(() => compareTables(daysTable([1, 5]), daysTable([5]), { windows: [], single: false })).toThrow(
      /overlap|day 5/,
    )
    expect(() => assertApart(daysTable([1, 4]), daysTable([5, 9]))).not.toThrow()
    expect(() => assertApart(daysTable([]), daysTable([5]))).not.toThrow()
  })

  test('is the same after its bytes', () => {
    const table: Table = {
      days: Int32Array.of(-3, 0, 20_000),
      columns: [
        { name: 'x', kind: 'numerical', values: Float32Array.of(1.5, Number.NaN, Number.POSITIVE_INFINITY) },
        { name: 'y', kind: 'categorical', codes: Int32Array.of(0, -1, NOT_APPLICABLE), names: ['ü,"'] },
      ],
    }
    const { heads, bytes } = encodeTable(table)
    expect(decodeTable(bytes, { rows: 3, heads })).toEqual(table)
    expect(() => decodeTable(bytes.subarray(4), { rows: 3, heads })).toThrow(
      expect.objectContaining({ code: 'corrupt_table' }),
    )
    const beside = new Uint8Array(bytes.length + 1)
    beside.set(bytes, 1)
    expect(decodeTable(beside.subarray(1), { rows: 3, heads })).toEqual(table)
  })
})

describe('compareTables', () => {
  const independent = { windows: [], single: false }

  test('compares by name, missing values apart and those that do not apply left out', () => {
    const reference: Table = {
      days: Int32Array.from({ length: 200 }, () => 1),
      columns: [
        categoryColumn(
          'name',
          Array.from({ length: 200 }, (_, r) => (r < 40 ? null : r % 2 === 0 ? 'a' : 'b')),
        ),
      ],
    }
    const codes = Int32Array.from({ length: 200 }, (_, r) => (r < 100 ? NOT_APPLICABLE : r < 150 ? 0 : 1))
    const current: Table = {
      days: Int32Array.from({ length: 200 }, () => 2),
      columns: [{ name: 'name', kind: 'categorical', codes, names: ['b', 'a'] }],
    }
    const [column] = compareTables(reference, current, independent)
    expect(column?.rows).toEqual({ reference: 200, current: 100 })
    expect(column?.missing).toMatchObject({ reference: 0.2, current: 0 })
    expect(column?.values).toMatchObject({ kind: 'categorical', psi: 0, pValue: 1 })
  })

  test('counts only a rise of the missing share where histories begin without values', () => {
    const share = (missing: number, day: number): Table => ({
      days: Int32Array.from({ length: 400 }, () => day),
      columns: [
        {
          name: 'h',
          kind: 'numerical',
          values: Float32Array.from({ length: 400 }, (_, r) => (r < missing ? Number.NaN : r % 7)),
        },
      ],
    })
    const judged = (before: number, now: number) =>
      judgeDrift(compareTables(share(before, 1), share(now, 2), { ...independent, onlyMoreMissing: new Set(['h']) }))[0]
        ?.moved
    expect(judged(200, 0)).toEqual([])
    expect(judged(0, 200)).toEqual(['missing'])
  })

  test('calls a change none that is no larger than those of the windows before, and one that is', () => {
    const rng = createRng(5)
    const past = Array.from({ length: 12 }, (_, w) =>
      drawnTable(rng, {
        rows: 400,
        firstDay: 20 * w,
        share: w % 2 === 0 ? 0.35 : 0.65,
        shift: w % 2 === 0 ? -0.4 : 0.4,
      }),
    )
    const reference = joined(past)
    const verdicts = (share: number, shift: number) => {
      const current = drawnTable(rng, { rows: 400, firstDay: 240, share, shift })
      const plain = judgeDrift(compareTables(reference, current, independent))
      const calibrated = judgeDrift(compareTables(reference, current, { windows: past, single: false }))
      return { plain: plain.map(({ status }) => status), calibrated: calibrated.map(({ status }) => status) }
    }
    expect(verdicts(0.65, 0.4)).toEqual({ plain: ['drifted', 'drifted'], calibrated: ['stable', 'stable'] })
    expect(verdicts(0.99, 4)).toEqual({ plain: ['drifted', 'drifted'], calibrated: ['drifted', 'drifted'] })
  })

  test('says of too few rows that they are too few, of none too', () => {
    const rng = createRng(6)
    const reference = drawnTable(rng, { rows: 400 })
    for (const rows of [0, 99]) {
      const current = drawnTable(rng, { rows, firstDay: 100 })
      const statuses = judgeDrift(compareTables(reference, current, independent)).map(({ status }) => status)
      expect(statuses).toEqual(['insufficient_data', 'insufficient_data'])
    }
  })
})

function joined(tables: readonly Table[]): Table {
  const first = tables[0] as Table
  return {
    days: Int32Array.from(tables.flatMap(({ days }) => [...days])),
    columns: first.columns.map((column, c) => {
      if (column.kind === 'numerical') {
        const values = Float32Array.from(tables.flatMap((table) => valuesOf(table)[c] ?? []))
        return { ...column, values }
      }
      const names = tables.flatMap(({ columns }) => {
        const own = columns[c]
        return own?.kind === 'categorical' ? Array.from(own.codes, (code) => own.names[code] ?? null) : []
      })
      return categoryColumn(column.name, names)
    }),
  }
}
