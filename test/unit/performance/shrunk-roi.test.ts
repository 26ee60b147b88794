import { describe, expect, it } from 'vitest'
import { shrinkRoi, varianceBetween } from '../../../shared/performance/shrunk-roi.ts'

describe('varianceBetween', () => {
  it('is what the groups differ from the whole by beyond their errors', () => {
    // Σ w(m − 0)² = 100·0.04 + 25·0.04 = 5, K = 2, Σw = 125: τ² = 3/125.
    const groups = [
      { mean: 0.2, variance: 0.01 },
      { mean: -0.2, variance: 0.04 },
    ]
    expect(varianceBetween(groups, 0)).toBeCloseTo(0.024, 12)
  })

  it('is 0 where groups differ by no more than their errors', () => {
    expect(
      varianceBetween(
        [
          { mean: 0.05, variance: 0.01 },
          { mean: -0.05, variance: 0.01 },
        ],
        0,
      ),
    ).toBe(0)
  })

  it('is 0 of one group, which cannot differ, and of none', () => {
    expect(varianceBetween([{ mean: 9, variance: 0.01 }], 0)).toBe(0)
    expect(varianceBetween([], Number.NaN)).toBe(0)
  })
})

describe('shrinkRoi', () => {
  it('draws a group to the whole by the share of its variance that is error', () => {
    // B = 0.03/(0.03 + 0.01) = 3/4: −0.1 + 0.75·0.4 = 0.2, ± 1.96·√0.0075.
    const shrunk = shrinkRoi({ mean: 0.3, variance: 0.01 }, -0.1, 0.03)
    expect(shrunk.value).toBeCloseTo(0.2, 12)
    expect(shrunk.high - shrunk.value).toBeCloseTo(1.959963984540054 * Math.sqrt(0.0075), 12)
    expect(shrunk.value - shrunk.low).toBeCloseTo(shrunk.high - shrunk.value, 12)
  })

  it('is the whole where groups do not differ', () => {
    expect(shrinkRoi({ mean: 0.3, variance: 0.01 }, -0.1, 0)).toEqual({ value: -0.1, low: -0.1, high: -0.1 })
  })
})
