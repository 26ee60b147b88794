import { expect, test } from 'vitest'
import { createRng } from '../../../shared/kernel/random.ts'
import { binMatrix } from '../../../shared/trees/binned-matrix.ts'
import { MISSING_BIN } from '../../../shared/trees/binning.ts'
import {
  createHistogram,
  createHistogramFiller,
  slotOffset,
  subtractHistogram,
} from '../../../shared/trees/histogram.ts'
import { plainKernel } from '../../../shared/trees/sum-kernel.ts'

/** Six features of four rows; each has a bin for 0, 1, 2 and what is above. */
const columns = [
  [0, 0, 0, 0],
  [0, 1, 1, Number.NaN],
  [2, 0, 2, 1],
  [3, 3, 0, Number.NaN],
  [1, 2, 3, 0],
  [0, 0, 3, 3],
]
const matrix = binMatrix(
  { nRows: 4, columns: columns.map((column) => Float32Array.from(column)) },
  { edges: columns.map(() => Float32Array.of(0, 1, 2)) },
)
// Gradient and Hessian of rows 0 to 3.
const pairs = Float64Array.of(0.5, 0.25, -0.5, 0.5, -1, 1, 2, 4)

function histogramOf(rows: number[], begin: number, end: number, features = [1]) {
  const out = createHistogram(features.length).fill(7)
  const ordered = Float64Array.from(rows.flatMap((r) => [pairs[2 * r] ?? Number.NaN, pairs[2 * r + 1] ?? Number.NaN]))
  createHistogramFiller(matrix, Int32Array.from(features))(out, {
    rows: Int32Array.from(rows),
    begin,
    end,
    pairs: ordered,
  })
  const at = (bin: number, slot = 0) =>
    Array.from(out.subarray(slotOffset(slot) + 2 * bin, slotOffset(slot) + 2 * bin + 2))
  return { out, at }
}

test('sums gradients and Hessians by bin, missing values in their own', () => {
  const { at } = histogramOf([0, 1, 2, 3], 0, 4)
  expect([at(0), at(1), at(2), at(MISSING_BIN)]).toEqual([
    [0.5, 0.25],
    [-1.5, 1.5],
    [0, 0],
    [2, 4],
  ])
})

test('sums only the rows of its range, whatever their order', () => {
  const { at } = histogramOf([3, 2, 0, 1], 1, 3)
  expect([at(0), at(1), at(MISSING_BIN)]).toEqual([
    [0.5, 0.25],
    [-1, 1],
    [0, 0],
  ])
})

test('a parent minus one child is the other child', () => {
  const parent = histogramOf([0, 1, 2, 3], 0, 4).out
  const left = histogramOf([0, 1, 2, 3], 0, 2).out
  const right = histogramOf([0, 1, 2, 3], 2, 4).out
  subtractHistogram(parent, parent, left)
  expect(parent).toEqual(right)
})

/** The same sums, feature by feature and row by row. */
function slowly(feature: number, bin: number): [number, number] {
  const codes = columns[feature] ?? []
  const rows = codes.flatMap((x, r) => ((Number.isNaN(x) ? MISSING_BIN : x) === bin ? [r] : []))
  const sum = (offset: number) => rows.reduce((total, r) => total + (pairs[2 * r + offset] ?? Number.NaN), 0)
  return [sum(0), sum(1)]
}

test.each([[[0, 1, 2, 3, 4, 5]], [[0, 1, 2]], [[1, 3, 4]], [[2, 5]], [[0, 1, 2, 3]], [[3]]])(
  'features %j have their sums, however many share a word',
  (features) => {
    const { at } = histogramOf([0, 1, 2, 3], 0, 4, features)
    for (const [slot, feature] of features.entries()) {
      for (const bin of [0, 1, 2, 3, MISSING_BIN]) expect(at(bin, slot)).toEqual(slowly(feature, bin))
    }
  },
)

test('sums more rows than are gathered at once', () => {
  const nRows = 5000
  const column = Float32Array.from({ length: nRows }, (_, r) => r % 3)
  const large = binMatrix({ nRows, columns: [column] }, { edges: [Float32Array.of(0, 1)] })
  const out = createHistogram(1)
  const rows = Int32Array.from({ length: nRows }, (_, r) => r)
  const ones = new Float64Array(2 * nRows).fill(1)
  createHistogramFiller(large, Int32Array.of(0))(out, { rows, begin: 0, end: nRows, pairs: ones })
  expect([out[1], out[3], out[5]]).toEqual([1667, 1667, 1666])
})

test('rows far apart, drawn from more than one chunk, have the sums of rows that lie together', () => {
  const rng = createRng(8)
  const nRows = 9000
  const column = () => Float32Array.from({ length: nRows }, () => rng.integer(200))
  const wide = { nRows, columns: Array.from({ length: 11 }, column) }
  const edges = wide.columns.map(() => Float32Array.from({ length: 199 }, (_, i) => i))
  const rows = Int32Array.from({ length: 3000 }, (_, i) => 3 * i + rng.integer(3))
  const ordered = Float64Array.from({ length: 6000 }, () => rng.normal())
  const together = {
    nRows: 3000,
    columns: wide.columns.map((values) => Float32Array.from(rows, (r) => values[r] ?? 0)),
  }
  const features = Int32Array.of(0, 1, 2, 3, 4, 6, 7, 8, 9, 10)
  const [apart, close] = [createHistogram(10), createHistogram(10)]
  createHistogramFiller(binMatrix(wide, { edges }), features)(apart, { rows, begin: 0, end: 3000, pairs: ordered })
  const all = Int32Array.from({ length: 3000 }, (_, r) => r)
  const closely = createHistogramFiller(binMatrix(together, { edges }), features, plainKernel())
  closely(close, { rows: all, begin: 0, end: 3000, pairs: ordered })
  expect(apart.some((sum) => sum !== 0)).toBe(true)
  expect(apart).toEqual(close)
})

test('no rows have no sums', () => {
  expect(histogramOf([0, 1, 2, 3], 2, 2).out.every((sum) => sum === 0)).toBe(true)
})
