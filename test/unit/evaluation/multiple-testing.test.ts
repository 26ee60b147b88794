import { describe, expect, test } from 'vitest'
import { benjaminiHochberg } from '../../../shared/evaluation/multiple-testing.ts'

describe('benjaminiHochberg', () => {
  test('multiplies by the number of tests over the rank, never above the next', () => {
    // 0.01·4/1, 0.02·4/2, 0.03·4/3, 0.5·4/4, each at most what follows.
    const adjusted = benjaminiHochberg([0.03, 0.01, 0.5, 0.02])
    expect(Array.from(adjusted, (p) => p.toFixed(12))).toEqual([0.04, 0.04, 0.5, 0.04].map((p) => p.toFixed(12)))
  })

  test('adjusts as the reference does: p.adjust of R on 0.01 … 0.05', () => {
    expect(Array.from(benjaminiHochberg([0.01, 0.02, 0.03, 0.04, 0.05]), (p) => p.toFixed(12))).toEqual(
      new Array(5).fill('0.050000000000'),
    )
    expect(Array.from(benjaminiHochberg([0.001, 0.3, 0.9]), (p) => p.toFixed(12))).toEqual([
      '0.003000000000',
      '0.450000000000',
      '0.900000000000',
    ])
  })

  test('never exceeds 1 and gives ties alike', () => {
    expect(Array.from(benjaminiHochberg([1, 1, 1]))).toEqual([1, 1, 1])
    expect(Array.from(benjaminiHochberg([0.2, 0.2]))).toEqual([0.2, 0.2])
    expect(Array.from(benjaminiHochberg([0.04]))).toEqual([0.04])
  })

  test('has nothing to adjust in nothing', () => {
    expect(benjaminiHochberg([])).toHaveLength(0)
  })

  test.each([Number.NaN, -0.01, 1.01])('refuses a p-value of %d', (p) => {
    expect(() => benjaminiHochberg([0.5, p])).toThrow(expect.objectContaining({ code: 'p_value_out_of_range' }))
  })
})
