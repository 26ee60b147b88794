import { expect, test } from 'vitest'
import { MISSING_BIN } from '../../../shared/trees/binning.ts'
import { createHistogram, fillHistogram, slotOffset, subtractHistogram } from '../../../shared/trees/histogram.ts'

const matrix = { nRows: 4, codes: [Uint8Array.of(0, 0, 0, 0), Uint8Array.of(0, 1, 1, MISSING_BIN)] }
// Gradient and Hessian of rows 0 to 3.
const pairs = Float64Array.of(0.5, 0.25, -0.5, 0.5, -1, 1, 2, 4)
const features = Int32Array.of(1)

function histogramOf(rows: number[], begin: number, end: number) {
  const out = createHistogram(1)
  fillHistogram(out, matrix, features, Int32Array.from(rows), { begin, end }, pairs)
  const at = (bin: number) => Array.from(out.subarray(slotOffset(0) + 2 * bin, slotOffset(0) + 2 * bin + 2))
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
