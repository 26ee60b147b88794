import { describe, expect, test } from 'vitest'
import { gaussLegendre } from '../../../shared/trees/shap-quadrature.ts'

test('one point is the middle', () => {
  const { points, weights } = gaussLegendre(1)
  expect([points[0], weights[0]]).toEqual([0.5, 1])
})

test('three points are those of the tables', () => {
  // ½ ± ½·√0.6, weights 5/18, 8/18, 5/18 (Abramowitz and Stegun, 25.4.30, moved to [0, 1]).
  const { points, weights } = gaussLegendre(3)
  expect(points[0]).toBeCloseTo(0.5 - Math.sqrt(0.6) / 2, 15)
  expect(points[2]).toBeCloseTo(0.5 + Math.sqrt(0.6) / 2, 15)
  expect(weights[0]).toBeCloseTo(5 / 18, 15)
  expect(weights[1]).toBeCloseTo(8 / 18, 15)
})

describe.each([1, 2, 5, 16, 50, 200])('%d points', (n) => {
  const { points, complements, weights } = gaussLegendre(n)

  test('integrate powers below twice their number exactly', () => {
    for (const power of [0, 1, n - 1, n, 2 * n - 1]) {
      const sum = points.reduce((total, t, k) => total + t ** power * (weights[k] ?? Number.NaN), 0)
      expect(sum * (power + 1)).toBeCloseTo(1, 11)
    }
  })

  test('lie inside the interval, ascending, each with its complement', () => {
    for (const [k, t] of points.entries()) {
      expect(t).toBeGreaterThan(points[k - 1] ?? 0)
      expect(t).toBeLessThan(1)
      expect(t + (complements[k] ?? Number.NaN)).toBeCloseTo(1, 15)
      expect(weights[k]).toBeGreaterThan(0)
    }
  })
})
