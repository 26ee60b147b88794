import { describe, expect, test } from 'vitest'
import { clamp, logit, mean, round, sigmoid, Z_95 } from '../../../shared/kernel/numeric.ts'

describe('sigmoid', () => {
  test('gives known values', () => {
    expect(sigmoid(0)).toBe(0.5)
    expect(sigmoid(Math.log(3))).toBeCloseTo(0.75, 15)
    expect(sigmoid(-Math.log(3))).toBeCloseTo(0.25, 15)
  })

  test('neither overflows nor loses small probabilities', () => {
    expect(sigmoid(-700) / Math.exp(-700)).toBeCloseTo(1, 12)
    expect(sigmoid(1000)).toBe(1)
    expect(sigmoid(-1000)).toBe(0)
    expect(sigmoid(Number.NEGATIVE_INFINITY)).toBe(0)
  })

  test('leaves NaN as it is', () => {
    expect(sigmoid(Number.NaN)).toBeNaN()
  })
})

describe('logit', () => {
  test('is the inverse of the sigmoid, also near zero', () => {
    for (const p of [1e-12, 0.01, 0.25, 0.5, 0.9, 0.999]) expect(sigmoid(logit(p)) / p).toBeCloseTo(1, 12)
  })

  test('is infinite at the ends', () => {
    expect(logit(0)).toBe(Number.NEGATIVE_INFINITY)
    expect(logit(1)).toBe(Number.POSITIVE_INFINITY)
  })
})

test('clamp keeps NaN and moves the rest into the interval', () => {
  expect([-2, 0.5, 7].map((x) => clamp(x, 0, 1))).toEqual([0, 0.5, 1])
  expect(clamp(Number.NaN, 0, 1)).toBeNaN()
})

test('mean of nothing is NaN, not zero', () => {
  expect(mean([])).toBeNaN()
  expect(mean(Float32Array.of(1, 2, 6))).toBe(3)
})

describe('round', () => {
  test.each([
    [1.005, 2, 1.01],
    [-1.005, 2, -1.01],
    [2.5, 0, 3],
    [-2.5, 0, -3],
    [0.285, 2, 0.29],
    [0.2849, 2, 0.28],
    [1234.5, -2, 1200],
  ])('rounds %d to %d decimals as %d, halves away from zero', (x, digits, expected) => {
    expect(round(x, digits)).toBe(expected)
  })

  test('never shows a minus zero', () => {
    expect(Object.is(round(-0.001, 2), 0)).toBe(true)
  })

  test('leaves NaN as it is', () => {
    expect(round(Number.NaN, 2)).toBeNaN()
  })
})

test('Z_95 is the tabled normal quantile', () => {
  expect(Z_95).toBeCloseTo(1.959964, 6)
})
