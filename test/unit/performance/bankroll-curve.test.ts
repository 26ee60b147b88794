import { describe, expect, it } from 'vitest'
import { curveOf, MOST_POINTS, maxDrawdown, thinned } from '../../../shared/performance/bankroll-curve.ts'

/** A curve that ends its days at these heights. */
function curve(...heights: number[]) {
  return heights.map((units, day) => ({ day, units, profitMinor: -units }))
}

describe('curveOf', () => {
  it('adds days up', () => {
    const days = [
      { day: 3, units: 1, profitMinor: -50 },
      { day: 9, units: -0.5, profitMinor: 20 },
    ]
    expect(curveOf(days)).toEqual([
      { day: 3, units: 1, profitMinor: -50 },
      { day: 9, units: 0.5, profitMinor: -30 },
    ])
  })
})

describe('maxDrawdown', () => {
  it('is the deepest fall, not the lowest point nor the last fall', () => {
    expect(maxDrawdown(curve(5, 1, 9, 3, 8, 4), 'units')).toEqual({ depth: 6, from: 2, to: 3, recovered: null })
  })

  it('begins at nothing where the first day is a loss', () => {
    expect(maxDrawdown(curve(-2, -3, 1), 'units')).toEqual({ depth: 3, from: null, to: 1, recovered: 2 })
  })

  it('tells the first day at the height again', () => {
    expect(maxDrawdown(curve(4, 1, 3, 4, 9), 'units')).toEqual({ depth: 3, from: 0, to: 1, recovered: 3 })
  })

  it('counts from the last day at a height that was reached twice', () => {
    expect(maxDrawdown(curve(4, 4, 1), 'units')).toMatchObject({ from: 1 })
  })

  it('is undefined where the curve never falls', () => {
    expect(maxDrawdown(curve(0, 1, 1, 2), 'units')).toBeUndefined()
    expect(maxDrawdown([], 'units')).toBeUndefined()
  })

  it('is asked of money apart', () => {
    expect(maxDrawdown(curve(0, 1, 2), 'profitMinor')).toMatchObject({ depth: 2, to: 2 })
  })
})

describe('thinned', () => {
  it('leaves a short curve as it is', () => {
    const short = curve(...Array.from({ length: MOST_POINTS }, (_, i) => i))
    expect(thinned(short)).toEqual(short)
  })

  it('spreads at most 400 points, both ends and the days to keep among them', () => {
    const long = curve(...Array.from({ length: 2001 }, (_, i) => i))
    const points = thinned(long, [7, 1993])
    expect(points.length).toBeLessThanOrEqual(MOST_POINTS)
    expect(points.length).toBeGreaterThan(MOST_POINTS - 3)
    expect(points.map(({ day }) => day)).toEqual(expect.arrayContaining([0, 7, 1993, 2000]))
    const gaps = points.slice(1).map(({ day }, i) => day - (points[i]?.day ?? 0))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(6)
    expect(Math.min(...gaps)).toBeGreaterThan(0)
  })
})
