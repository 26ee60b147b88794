import { describe, expect, test } from 'vitest'
import { meanAbsoluteError, rootMeanSquaredError, rSquared } from '../../../shared/evaluation/regression.ts'

const refusal = (code: string) => expect.objectContaining({ name: 'DomainError', code })

test('the errors of a hand example: off by 1, −2 and 2', () => {
  const input = [
    [3, 1, 4],
    [2, 3, 2],
  ] as const
  expect(meanAbsoluteError(...input)).toBeCloseTo(5 / 3, 14)
  expect(rootMeanSquaredError(...input)).toBeCloseTo(Math.sqrt(3), 14)
  // Squares 9 around the predictions, 14/3 around the mean 8/3.
  expect(rSquared(...input)).toBeCloseTo(1 - 9 / (14 / 3), 13)
})

test('rSquared is one where exact and zero at the mean', () => {
  expect(rSquared([1, 2, 6], [1, 2, 6])).toBe(1)
  expect(rSquared([1, 2, 6], [3, 3, 3])).toBe(0)
})

test.each([0.1, 5])('rSquared refuses values that are all %d', (value) => {
  expect(() => rSquared([value, value, value], [1, 2, 3])).toThrow(refusal('constant_values'))
})

describe.each([
  ['meanAbsoluteError', meanAbsoluteError],
  ['rootMeanSquaredError', rootMeanSquaredError],
  ['rSquared', rSquared],
])('%s refuses', (_, score) => {
  test('nothing, unequal lengths, what is missing or infinite', () => {
    expect(() => score([], [])).toThrow(refusal('no_rows'))
    expect(() => score([1, 2], [1])).toThrow(refusal('length_mismatch'))
    expect(() => score([1, Number.NaN], [1, 2])).toThrow(refusal('value_not_finite'))
    expect(() => score([1, 2], [1, Number.NaN])).toThrow(refusal('value_not_finite'))
    expect(() => score([1, 2], [1, Number.POSITIVE_INFINITY])).toThrow(refusal('value_not_finite'))
  })
})
