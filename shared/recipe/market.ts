import type { ColumnScore } from '../blend/blend.ts'
import { fitLogistic } from '../calibration/logistic.ts'
import { DomainError } from '../kernel/errors.ts'
import type { FeatureMatrix } from '../trees/matrix.ts'
import { columnOf } from '../trees/matrix.ts'
import type { LearningRows } from './dataset.ts'
import { MARKET_LOG_ODDS_INDEX } from './inputs.ts'

/**
 * Logistic recalibration of the price, two numbers by maximum likelihood: logit p = intercept + slope · market log-odds.
 *
 * @throws {DomainError} `label_not_binary` (NaN included), and as {@link fitLogistic}
 */
export function fitMarket(rows: LearningRows): ColumnScore {
  const label = rows.labels.find((value) => value !== 0 && value !== 1)
  if (label !== undefined) throw new DomainError('label_not_binary', `label ${label}: must be 1 (won) or 0 (lost)`)
  const model = fitLogistic([Float64Array.from(columnOf(rows.matrix, MARKET_LOG_ODDS_INDEX))], rows.labels)
  return { column: MARKET_LOG_ODDS_INDEX, slope: model.coefficients[0] as number, intercept: model.intercept }
}

/** Log-odds that the recalibrated market gives to each row; NaN where the price is missing. */
export function marketScores({ column, slope, intercept }: ColumnScore, matrix: FeatureMatrix): Float64Array {
  return Float64Array.from(columnOf(matrix, column), (x) => intercept + slope * x)
}
