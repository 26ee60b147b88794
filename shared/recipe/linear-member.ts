import type { Member } from '../blend/blend.ts'
import { fitRidge } from '../blend/ridge.ts'
import type { LearningRows } from './dataset.ts'
import { isCode, MARKET_LOG_ODDS_INDEX } from './inputs.ts'

/**
 * Logistic regression on everything but price and codes on top of the base's log-odds: what it adds to them.
 *
 * Inputs are standardised, missing values stand at the mean, columns without two values are left out.
 *
 * @param base     log-odds of each row
 * @param penalty  λ of each standardised input
 */
export function linearMember(rows: LearningRows, base: Float64Array, penalty: number): Member {
  const inputs = rows.matrix.columns.flatMap((column, f) => {
    const standard = f === MARKET_LOG_ODDS_INDEX || isCode(f) ? undefined : standardised(column)
    return standard === undefined ? [] : [{ column: f, ...standard }]
  })
  const { intercept, coefficients } = fitRidge(
    inputs.map(({ values }) => values),
    rows.labels,
    { offset: base, penalties: inputs.map(() => penalty) },
  )
  return {
    kind: 'linear',
    score: {
      columns: inputs.map(({ column }) => column),
      means: inputs.map(({ mean }) => mean),
      scales: inputs.map(({ scale }) => scale),
      coefficients,
      intercept,
    },
  }
}

/** A column less its mean, over its standard deviation, 0 where it is missing; undefined where it has not two values. */
function standardised(column: Float32Array): { values: Float64Array; mean: number; scale: number } | undefined {
  const present = column.filter((value) => !Number.isNaN(value))
  const mean = present.reduce((sum, value) => sum + value, 0) / present.length
  const variance = present.reduce((sum, value) => sum + (value - mean) ** 2, 0) / present.length
  // Missing altogether, or one value but for rounding.
  if (!(variance > 1e-12 * (1 + mean * mean))) return undefined
  const scale = Math.sqrt(variance)
  return { mean, scale, values: Float64Array.from(column, (x) => (Number.isNaN(x) ? 0 : (x - mean) / scale)) }
}
