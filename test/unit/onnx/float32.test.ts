import { describe, expect, test } from 'vitest'
import { floorFloat32, nextFloat32, previousFloat32 } from '../../../shared/onnx/float32.ts'

const LEAST = 2 ** -149
const GREATEST = (2 - 2 ** -23) * 2 ** 127

test.each([
  [1, 1 + 2 ** -23],
  [-1, -1 + 2 ** -24],
  [0, LEAST],
  [-0, LEAST],
  [-LEAST, -0],
  [GREATEST, Number.POSITIVE_INFINITY],
  [Number.NEGATIVE_INFINITY, -GREATEST],
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
])('the float above %d is %d', (x, above) => {
  expect(nextFloat32(x)).toBe(above)
})

test.each([
  [1, 1 - 2 ** -24],
  [-1, -1 - 2 ** -23],
  [0, -LEAST],
  [Number.POSITIVE_INFINITY, GREATEST],
  [-GREATEST, Number.NEGATIVE_INFINITY],
])('the float below %d is %d', (x, below) => {
  expect(previousFloat32(x)).toBe(below)
})

test('nothing is beside NaN', () => {
  expect(nextFloat32(Number.NaN)).toBeNaN()
  expect(previousFloat32(Number.NaN)).toBeNaN()
})

describe('floorFloat32', () => {
  test.each([
    // 0.1 lies between 13421772·2^−27 and 13421773·2^−27, nearer to the upper.
    [0.1, 13421772 * 2 ** -27],
    [-0.1, -13421773 * 2 ** -27],
    [0.5, 0.5],
    [1e300, GREATEST],
    [-1e300, Number.NEGATIVE_INFINITY],
  ])('of %d is %d', (x, floor) => {
    expect(floorFloat32(x)).toBe(floor)
  })
})
