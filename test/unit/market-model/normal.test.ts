import { expect, test } from 'vitest'
import { normalCdf, Z_80 } from '../../../shared/market-model/normal.ts'

test.each([
  // scipy.stats.norm.cdf
  [-37, 5.7255712225239266e-300],
  [-10, 7.61985302416047e-24],
  [-7.1, 6.237844463331586e-13],
  [-3, 0.0013498980316300933],
  [-1, 0.15865525393145707],
  [-0.3, 0.3820885778110474],
  [0, 0.5],
  [0.5, 0.6914624612740131],
  [Z_80, 0.9],
  [2.5, 0.9937903346742238],
  [8, 0.9999999999999993],
])('the normal distribution function at %d is %d', (x, expected) => {
  expect(Math.abs(normalCdf(x) / expected - 1)).toBeLessThan(Math.abs(x) < 7 ? 1e-13 : 1e-8)
})

test('the normal distribution function ends at 0 and 1 and has no value at no number', () => {
  expect([normalCdf(-Infinity), normalCdf(-40), normalCdf(40), normalCdf(Infinity)]).toEqual([0, 0, 1, 1])
  expect(normalCdf(Number.NaN)).toBeNaN()
})
