import { describe, expect, test } from 'vitest'
import { americanFromDecimal, decimalFromAmerican, impliedProbability } from '../../../shared/odds/convert.ts'

const outOfRange = expect.objectContaining({ name: 'DomainError', code: 'odds_out_of_range', field: 'odds' })

// American, decimal, implied: from /reference/odds.json of the project's reference vectors (Python, IEEE doubles).
const CONVERSIONS: [number, number, number][] = [
  [-10000, 1.01, 0.9900990099009901],
  [-450, 1.2222222222222223, 0.8181818181818181],
  [-150, 1.6666666666666665, 0.6000000000000001],
  [-110, 1.9090909090909092, 0.5238095238095238],
  [-101, 1.99009900990099, 0.5024875621890548],
  [100, 2.0, 0.5],
  [101, 2.01, 0.49751243781094534],
  [120, 2.2, 0.45454545454545453],
  [250, 3.5, 0.2857142857142857],
  [900, 10.0, 0.1],
  [10000, 101.0, 0.009900990099009901],
]

test.each(CONVERSIONS)('converts %d to %d and back, implied %d', (american, decimal, implied) => {
  expect(decimalFromAmerican(american)).toBeCloseTo(decimal, 14)
  expect(americanFromDecimal(decimal)).toBe(american)
  expect(impliedProbability(decimal)).toBeCloseTo(implied, 15)
})

describe('decimalFromAmerican', () => {
  test.each([0, 1, -1, 99, -99, 99.99, -99.99])('refuses %d, in the hole of the scale', (american) => {
    expect(() => decimalFromAmerican(american)).toThrow(outOfRange)
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses %d', (american) => {
    expect(() => decimalFromAmerican(american)).toThrow(outOfRange)
  })

  test('reads -100 as even money too', () => {
    expect(decimalFromAmerican(-100)).toBe(2)
  })

  test('says the offending price', () => {
    expect(() => decimalFromAmerican(55)).toThrow('55')
  })
})

describe('americanFromDecimal', () => {
  test.each([
    [2.05, 105],
    [2.0, 100],
    [1.999999, 100],
    [1.99, -101],
    [1.91, -110],
    [2.005, 101],
    [1.01, -10000],
  ])('quotes %d as %d', (decimal, american) => {
    expect(americanFromDecimal(decimal)).toBe(american)
  })

  test.each([1, 0.5, 0, -2, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', (decimal) => {
    expect(() => americanFromDecimal(decimal)).toThrow(outOfRange)
  })
})

test.each([1, 0, -1.5, Number.NaN, Number.POSITIVE_INFINITY])('impliedProbability refuses odds of %d', (decimal) => {
  expect(() => impliedProbability(decimal)).toThrow(outOfRange)
})
