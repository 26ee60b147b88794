import { describe, expect, test } from 'vitest'
import { clusteredRatio } from '../../../shared/backtest/clustered.ts'

describe('clusteredRatio', () => {
  test('gives the hand example', () => {
    // Profits 4 of stakes 10: 0.4. Day one: 3 − 0.4·5 = 1; day two: 1 − 0.4·5 = −1. Error √(2/1·2)/10 = 0.2.
    const result = clusteredRatio([2, 1, 1], [2, 3, 5], [1, 1, 2])
    expect(result).toMatchObject({ ratio: 0.4, clusters: 2, n: 3 })
    expect(result?.interval?.low).toBeCloseTo(0.4 - 1.959963984540054 * 0.2, 12)
    expect(result?.interval?.high).toBeCloseTo(0.4 + 1.959963984540054 * 0.2, 12)
  })

  test('has no interval over one cluster, and no ratio over nothing', () => {
    expect(clusteredRatio([1, 2], [1, 1], [3, 3])).toEqual({ ratio: 1.5, interval: undefined, clusters: 1, n: 2 })
    expect(clusteredRatio([], [], [])).toBeUndefined()
    expect(clusteredRatio([1], [0], [1])).toBeUndefined()
  })

  test('refuses columns of different lengths', () => {
    expect(() => clusteredRatio([1], [1, 2], [1])).toThrow(expect.objectContaining({ code: 'length_mismatch' }))
    expect(() => clusteredRatio([1], [1], [])).toThrow(expect.objectContaining({ code: 'length_mismatch' }))
  })
})
