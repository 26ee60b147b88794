import { describe, expect, test } from 'vitest'
import { studentQuantile, twoSidedNormal } from '../../../shared/evaluation/distributions.ts'

describe('twoSidedNormal', () => {
  // SciPy 1.10: 2 · norm.sf(z).
  test.each([
    [0, 1],
    [0.5, 0.6170750774519738],
    [1, 0.31731050786291415],
    [1.959963984540054, 0.05],
    [2.8, 0.005110260660855864],
    [2.83, 0.004654800413463103],
    [3, 0.0026997960632601866],
    [5, 5.733031437583866e-7],
    [10, 1.523970604832094e-23],
    [30, 9.813427854295816e-198],
  ])('of %d is %d', (z, p) => {
    expect(Math.abs(twoSidedNormal(z) / p - 1)).toBeLessThan(1e-11)
    expect(twoSidedNormal(-z)).toBe(twoSidedNormal(z))
  })

  test('is 0 far out and not a number for none', () => {
    expect(twoSidedNormal(Number.POSITIVE_INFINITY)).toBe(0)
    expect(twoSidedNormal(Number.NEGATIVE_INFINITY)).toBe(0)
    expect(twoSidedNormal(Number.NaN)).toBeNaN()
  })
})

describe('studentQuantile', () => {
  // SciPy 1.10: t.ppf(0.975, degrees), good to about 1e−9; one degree of freedom is tan(0.475·π).
  test.each([
    [1, Math.tan(0.475 * Math.PI)],
    [2, 4.302652729911275],
    [3, 3.182446305284263],
    [4, 2.7764451051977987],
    [5, 2.5705818366147395],
    [10, 2.2281388519649385],
    [11, 2.200985160082949],
    [30, 2.0422724563012373],
    [99, 1.9842169515086827],
    [1000, 1.9623390808264074],
    [27_000, 1.9600518503093425],
  ])('with %d degrees of freedom is %d', (degrees, quantile) => {
    expect(Math.abs(studentQuantile(degrees) - quantile)).toBeLessThan(2e-9)
  })

  test.each([0, 1.5, -3, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d degrees of freedom', (degrees) => {
    expect(() => studentQuantile(degrees)).toThrow(expect.objectContaining({ code: 'degrees_out_of_range' }))
  })
})
