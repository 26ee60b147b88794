import { describe, expect, test } from 'vitest'
import { drawdownOf } from '../../../shared/backtest/drawdown.ts'

const curve = (...points: [day: number, bankroll: number][]) =>
  points.map(([day, bankroll]) => ({ day, bankroll, openStakes: 0 }))

describe('drawdownOf', () => {
  test('finds the deepest fall and the longest time below a high, which need not be the same', () => {
    const points = curve([1, 100], [2, 120], [3, 60], [4, 130], [5, 125], [9, 129], [12, 131])
    // From 120 to 60 is half, over days 2 to 4; below 130 from day 4 to day 12.
    expect(drawdownOf(points, 100)).toEqual({ depth: 0.5, fromDay: 2, lowDay: 3, longestDays: 8 })
  })

  test('counts a fall from the start, and one that goes on at the end', () => {
    expect(drawdownOf(curve([5, 90], [7, 80], [11, 85]), 100)).toEqual({
      ...{ fromDay: 5, lowDay: 7, longestDays: 6 },
      depth: expect.closeTo(0.2, 12),
    })
  })

  test('is nothing where a bankroll never falls, however long it stands still', () => {
    const none = { depth: 0, fromDay: undefined, lowDay: undefined, longestDays: 0 }
    expect(drawdownOf(curve([1, 100], [50, 100], [60, 110]), 100)).toEqual(none)
    expect(drawdownOf([], 100)).toEqual(none)
  })

  test('is everything where everything is lost', () => {
    expect(drawdownOf(curve([1, 100], [2, 0]), 100).depth).toBe(1)
  })
})
