import { describe, expect, it } from 'vitest'
import { normalMass } from '../../../shared/tuning/normal.ts'

describe('normalMass', () => {
  // scipy.stats.norm of SciPy 1.10: cdf(b) − cdf(a), in the upper tail sf(a) − sf(b).
  it.each([
    [-1, 1, 0.6826894921370859],
    [0, 2.5, 0.49379033467422384],
    [2, 3, 0.0214002339165491],
    [-0.5, 30, 0.6914624612740131],
  ])('between %d and %d is what SciPy says, within 1e-14', (a, b, mass) => {
    expect(Math.abs(normalMass(a, b) - mass)).toBeLessThan(1e-14)
  })

  it.each([
    [6, 8, 9.865870229416372e-10],
    [-8, -6, 9.865870229416372e-10],
    [7.5, 9, 3.1908803870268246e-14],
    [10, 11, 7.61966195820302e-24],
  ])('keeps eight digits between %d and %d, far out in a tail', (a, b, mass) => {
    expect(Math.abs(normalMass(a, b) / mass - 1)).toBeLessThan(1e-8)
  })

  it('is 1 in all, and nothing where no double is left', () => {
    expect(normalMass(-50, 50)).toBe(1)
    expect(normalMass(-60, -50)).toBe(0)
  })
})
