import { describe, expect, test } from 'vitest'
import { expectedValue, kellyFraction, stakeShare } from '../../../shared/odds/value.ts'

// p, decimal odds, Kelly fraction, expected value per unit: the project's reference vectors (odds.json).
const REFERENCE: [number, number, number, number][] = [
  [0.3, 1.5, 0, -0.55],
  [0.3, 3.5, 0.02, 0.05],
  [0.5, 1.91, 0, -0.045],
  [0.5, 2.1, 0.04545454545454549, 0.05],
  [0.5, 3.5, 0.3, 0.75],
  [0.55, 1.91, 0.055494505494505485, 0.0505],
  [0.55, 3.5, 0.37, 0.925],
  [0.7, 1.5, 0.1, 0.05],
  [0.7, 2.1, 0.4272727272727272, 0.47],
  [0.7, 3.5, 0.58, 1.45],
]

test.each(REFERENCE)('at p = %d and odds %d, Kelly is %d and the expected value %d', (p, decimal, kelly, ev) => {
  expect(kellyFraction(p, decimal)).toBeCloseTo(kelly, 13)
  expect(expectedValue(p, decimal)).toBeCloseTo(ev, 13)
})

describe('kellyFraction', () => {
  test('stakes a quarter of the bankroll on 55 % at +150', () => {
    expect(kellyFraction(0.55, 2.5)).toBeCloseTo(0.25, 14)
  })

  test('stakes a tenth on 55 % at even money', () => {
    expect(kellyFraction(0.55, 2)).toBeCloseTo(0.1, 14)
  })

  test('stakes nothing where the price is fair or worse', () => {
    expect(kellyFraction(0.5, 2)).toBe(0)
    expect(kellyFraction(0.2, 3)).toBe(0)
    expect(kellyFraction(0, 50)).toBe(0)
  })

  test('stakes all on a certainty', () => {
    expect(kellyFraction(1, 1.05)).toBe(1)
  })
})

describe.each([
  ['expectedValue', expectedValue],
  ['kellyFraction', kellyFraction],
])('%s', (_, f) => {
  test.each([-0.01, 1.01, 55, Number.NaN])('refuses a probability of %d', (p) => {
    expect(() => f(p, 2)).toThrow(expect.objectContaining({ code: 'probability_out_of_range' }))
  })

  test.each([1, 0.9, -110, Number.NaN])('refuses odds of %d', (decimal) => {
    expect(() => f(0.5, decimal)).toThrow(expect.objectContaining({ code: 'odds_out_of_range' }))
  })
})

describe('stakeShare', () => {
  test('advises a quarter of Kelly', () => {
    expect(stakeShare(0.1)).toBeCloseTo(0.025, 15)
  })

  test('never advises more than five per cent of the bankroll', () => {
    expect(stakeShare(0.2)).toBeCloseTo(0.05, 15)
    expect(stakeShare(0.25)).toBe(0.05)
    expect(stakeShare(1)).toBe(0.05)
  })

  test('advises nothing without an edge', () => {
    expect(stakeShare(0)).toBe(0)
  })
})
