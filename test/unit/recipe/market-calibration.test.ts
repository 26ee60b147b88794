import { expect, test } from 'vitest'
import { fitMarketCalibration, marketScores, startFromMarket } from '../../../shared/recipe/market-calibration.ts'
import { pricedRows } from '../../support/learning-rows.ts'

test('fitMarketCalibration recovers how the market is bent', () => {
  const { slope, intercept } = fitMarketCalibration(pricedRows(40_000, (x) => 0.8 * x - 0.2))
  expect(Math.abs(slope - 0.8)).toBeLessThan(0.05)
  expect(Math.abs(intercept + 0.2)).toBeLessThan(0.04)
})

test('marketScores bends every price and leaves a missing one missing', () => {
  const matrix = { nRows: 3, columns: [Float32Array.of(0, 2, Number.NaN)] }
  expect(Array.from(marketScores({ slope: 0.5, intercept: 0.25 }, matrix))).toEqual([0.25, 1.25, Number.NaN])
})

test('startFromMarket takes a calibration fitted elsewhere as it is', () => {
  const rows = pricedRows(500, (x) => x)
  const { started, market } = startFromMarket(rows, { slope: 2, intercept: 1 })
  expect(market).toEqual({ slope: 2, intercept: 1 })
  expect(Array.from(started.initialScores)).toEqual(Array.from(marketScores(market, rows.matrix)))
})
