import { describe, expect, it } from 'vitest'
import { addValue, emptyMoments, mergeMoments, standardDeviation } from '../../../shared/quality/moments.ts'

function momentsOf(...values: number[]) {
  const moments = emptyMoments()
  for (const value of values) addValue(moments, value)
  return moments
}

describe('moments', () => {
  it('give the mean and sample standard deviation that NumPy gives', () => {
    // x = np.array([2.5, -1.25, 7, 0.5, 3.75]); x.mean(), x.std(ddof=1)
    const moments = momentsOf(2.5, -1.25, 7, 0.5, 3.75)
    expect(moments).toMatchObject({ n: 5, mean: 2.5 })
    expect(moments.m2).toBeCloseTo(39.875, 12)
    expect(standardDeviation(moments)).toBeCloseTo(3.1573327350787723, 14)
  })

  it('keep small deviations of large values', () => {
    // 10^9 + {4, 7, 13, 16}: mean 10^9 + 10, Σ of squares 36 + 9 + 9 + 36.
    const moments = momentsOf(1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16)
    expect(moments).toEqual({ n: 4, mean: 1e9 + 10, m2: 90 })
  })

  it('of parts merge to those of the whole', () => {
    const merged = mergeMoments([momentsOf(2.5, -1.25), emptyMoments(), momentsOf(7), momentsOf(0.5, 3.75)])
    expect(merged.n).toBe(5)
    expect(merged.mean).toBeCloseTo(2.5, 14)
    expect(merged.m2).toBeCloseTo(39.875, 12)
  })

  it('pass over what is not finite', () => {
    expect(momentsOf(1, Number.NaN, 3, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)).toEqual(momentsOf(1, 3))
  })

  it('of one value, or of none, have no standard deviation', () => {
    expect(standardDeviation(momentsOf(5))).toBeNaN()
    expect(standardDeviation(emptyMoments())).toBeNaN()
  })

  it('of equal values have a deviation of exactly zero, merged too', () => {
    const same = momentsOf(...new Array<number>(50).fill(0.1))
    expect(standardDeviation(mergeMoments([same, same, same]))).toBe(0)
  })
})
