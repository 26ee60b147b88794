import { expect, test } from 'vitest'
import { fitMarket, marketScores } from '../../../shared/recipe/market.ts'
import { pricedRows } from '../../support/learning-rows.ts'

test('fitMarket recovers how the market is bent', () => {
  const { slope, intercept } = fitMarket(pricedRows(40_000, (x) => 0.8 * x - 0.2))
  expect(Math.abs(slope - 0.8)).toBeLessThan(0.05)
  expect(Math.abs(intercept + 0.2)).toBeLessThan(0.04)
})

test('marketScores bends every price and leaves a missing one missing', () => {
  const matrix = { nRows: 3, columns: [Float32Array.of(0, 2, Number.NaN)] }
  const market = { column: 0, slope: 0.5, intercept: 0.25 }
  expect(Array.from(marketScores(market, matrix))).toEqual([0.25, 1.25, Number.NaN])
})
