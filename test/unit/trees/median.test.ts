import { expect, test } from 'vitest'
import { weightedMedian } from '../../../shared/trees/median.ts'

test.each([
  [[3], 3],
  [[3, 1], 2],
  [[5, 1, 3], 3],
  [[4, 1, 3, 2], 2.5],
  [[-1, 1e9, -2], -1],
])('the median of %j is %d', (values, expected) => {
  expect(weightedMedian(Float64Array.from(values))).toBe(expected)
})

test.each([
  [[1, 2, 3], [1, 1, 1], 2],
  [[3, 1, 2], [5, 1, 1], 3],
  // Half the weight is reached at the first of two alike.
  [[1, 2], [1, 1], 1],
  [[1, 2, 3], [0, 0, 1], 3],
])('the median of %j with weights %j is %d', (values, weights, expected) => {
  expect(weightedMedian(Float64Array.from(values), Float64Array.from(weights))).toBe(expected)
})

test('nothing has no median', () => {
  expect(weightedMedian(new Float64Array())).toBeNaN()
  expect(weightedMedian(Float64Array.of(1, 2), new Float64Array(2))).toBeNaN()
})
