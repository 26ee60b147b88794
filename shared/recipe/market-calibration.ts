import { fitLogistic } from '../calibration/logistic.ts'
import type { LabelledRows } from '../trees/boosting.ts'
import type { FeatureMatrix } from '../trees/matrix.ts'
import { columnOf } from '../trees/matrix.ts'
import type { LearningRows } from './dataset.ts'
import { MARKET_LOG_ODDS_INDEX } from './inputs.ts'

/** Logistic recalibration of the price: logit p = intercept + slope · market log-odds. */
export interface MarketCalibration {
  slope: number
  intercept: number
}

/** Fits the recalibrated market: two numbers, by maximum likelihood. */
export function fitMarketCalibration(rows: LearningRows): MarketCalibration {
  const model = fitLogistic([Float64Array.from(columnOf(rows.matrix, MARKET_LOG_ODDS_INDEX))], rows.labels)
  return { slope: model.coefficients[0] as number, intercept: model.intercept }
}

/** Log-odds that the recalibrated market gives to each row; NaN where the price is missing. */
export function marketScores(market: MarketCalibration, matrix: FeatureMatrix): Float64Array {
  return Float64Array.from(columnOf(matrix, MARKET_LOG_ODDS_INDEX), (x) => market.intercept + market.slope * x)
}

/**
 * Rows to boost from the recalibrated market.
 *
 * @param market  a calibration fitted elsewhere; fitted on these rows where it is not given
 */
export function startFromMarket(
  rows: LearningRows,
  market: MarketCalibration = fitMarketCalibration(rows),
): { started: LabelledRows; market: MarketCalibration } {
  const { matrix, labels } = rows
  return { started: { matrix, labels, initialScores: marketScores(market, matrix) }, market }
}
