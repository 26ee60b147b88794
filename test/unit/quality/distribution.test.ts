import { describe, expect, it } from 'vitest'
import { InvariantError } from '../../../shared/kernel/errors.ts'
import {
  createBinning,
  distributionSchema,
  mergeDistributions,
  quantile,
} from '../../../shared/quality/distribution.ts'

function distributionOf(width: number, values: Iterable<number>) {
  const binning = createBinning(width)
  for (const value of values) binning.add(value)
  return binning.distribution()
}

/** 200 values (37·i mod 101) / 7. */
const VALUES = Array.from({ length: 200 }, (_, i) => ((i * 37) % 101) / 7)

describe('distribution', () => {
  it('lists the bins that hold something, nearest multiples of the width', () => {
    const values = [0.04, -0.04, 0.06, 1, -0.31, 0.1, Number.NaN, Number.NEGATIVE_INFINITY]
    expect(distributionOf(0.1, values)).toEqual({ width: 0.1, bins: [-3, 1, 0, 2, 1, 2, 10, 1] })
  })

  it('counts values however far from zero', () => {
    const values = [5000, -5000, 1024.4, 1025, -1025, 0, 5000]
    expect(distributionOf(1, values).bins).toEqual([-5000, 1, -1025, 1, 0, 1, 1024, 1, 1025, 1, 5000, 2])
  })

  it.each([
    // np.quantile([(i * 37 % 101) / 7 for i in range(200)], p)
    [0, 0],
    [0.1, 1.4142857142857146],
    [0.25, 3.5357142857142856],
    [0.5, 7.142857142857143],
    [0.9, 12.871428571428572],
    [0.99, 14.144285714285713],
    [1, 14.285714285714286],
  ])('gives the %f quantile within half a bin of NumPy’s', (p, expected) => {
    for (const width of [0.05, 0.3, 1]) {
      expect(Math.abs(quantile(distributionOf(width, VALUES), p) - expected)).toBeLessThanOrEqual(width / 2)
    }
    expect(quantile(distributionOf(1e-9, VALUES), p)).toBeCloseTo(expected, 8)
  })

  it('reads between two values in proportion', () => {
    expect(quantile(distributionOf(1, [0, 10]), 0.3)).toBeCloseTo(3, 12)
    expect(quantile(distributionOf(1, [4]), 0.99)).toBe(4)
  })

  it('of nothing has no quantile', () => {
    expect(quantile(distributionOf(1, []), 0.5)).toBeNaN()
  })

  it('of parts merges to that of the whole, and refuses another width', () => {
    const parts = [VALUES.slice(0, 3), VALUES.slice(3, 90), [], VALUES.slice(90)]
    const merged = mergeDistributions(
      0.5,
      parts.map((part) => distributionOf(0.5, part)),
    )
    expect(merged).toEqual(distributionOf(0.5, VALUES))
    expect(() => mergeDistributions(0.5, [distributionOf(0.25, VALUES)])).toThrow(InvariantError)
  })

  it('survives JSON and is refused with half a bin', () => {
    const distribution = distributionOf(0.5, VALUES)
    expect(distributionSchema.parse(JSON.parse(JSON.stringify(distribution)))).toEqual(distribution)
    expect(distributionSchema.safeParse({ width: 0.5, bins: [1, 2, 3] }).success).toBe(false)
  })
})
