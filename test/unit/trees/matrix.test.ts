import { expect, test } from 'vitest'
import { columnOf, rowRange, toRowMajor } from '../../../shared/trees/matrix.ts'

const matrix = { nRows: 3, columns: [Float32Array.of(1, 2, 3), Float32Array.of(10, 20, 30)] }

test('toRowMajor lays rows one after the other', () => {
  expect(Array.from(toRowMajor(matrix))).toEqual([1, 10, 2, 20, 3, 30])
})

test('rowRange shows the same memory', () => {
  const range = rowRange(matrix, 1, 3)
  expect(range.nRows).toBe(2)
  expect(Array.from(columnOf(range, 1))).toEqual([20, 30])
  expect(columnOf(range, 0).buffer).toBe(columnOf(matrix, 0).buffer)
})

test('columnOf refuses a column that is not there', () => {
  expect(() => columnOf(matrix, 2)).toThrow('feature 2 of 2')
})
