import { describe, expect, test } from 'vitest'
import { predictBlend } from '../../../shared/blend/predict.ts'
import { sliceRows } from '../../../shared/recipe/dataset.ts'
import { fitBlend } from '../../../shared/recipe/fit-blend.ts'
import { joinPredictions } from '../../../shared/recipe/join-predictions.ts'
import { scoreboardOf } from '../../../shared/recipe/scoreboard.ts'
import { runFold } from '../../../shared/recipe/walk-forward.ts'
import { drawnRows, QUICK_RECIPE, tamperedRows } from '../../support/learning-rows.ts'

const FOLD = { testBegin: 1800, testEnd: 2040 }
const recipe = QUICK_RECIPE

/** A bet an hour, won more often by the signal than its price says. */
const rows = drawnRows(2400, { winLogOdds: (x, signal) => x + 1.5 * signal })
const { fitted, learned, predictions } = runFold(rows, FOLD, { recipe })
const numbers = (of: Int32Array) => Array.from(of)

describe('runFold', () => {
  test('learns from the rows whose result was known when the first test row was made', () => {
    // Known three hours after placement.
    expect(numbers(learned.ledgerRows)).toEqual(Array.from({ length: 1797 }, (_, r) => r))
    expect(fitted).toEqual(fitBlend(learned, recipe))
  })

  test('leaves out a row that was placed before and settled during the test', () => {
    const knownAtMs = rows.knownAtMs.with(7, rows.placedAtMs[FOLD.testBegin] ?? 0)
    const without = runFold({ ...rows, knownAtMs }, FOLD, { recipe }).learned
    expect(numbers(without.ledgerRows)).toEqual(numbers(learned.ledgerRows).filter((r) => r !== 7))
  })

  test('predicts the test rows and no other', () => {
    expect(numbers(predictions.test.ledgerRows)).toEqual(Array.from({ length: 240 }, (_, i) => 1800 + i))
    expect(predictions.model).toEqual(predictBlend(fitted.blend, sliceRows(rows, 1800, 2040).matrix))
    const { model, implied, recalibratedImplied, baseRate } = predictions
    for (const said of [model, implied, recalibratedImplied, baseRate]) expect(said).toHaveLength(240)
  })

  test('sets the price as it is and the share of learned rows that won beside it', () => {
    expect(predictions.implied).toEqual(rows.impliedProbabilities.slice(1800, 2040))
    const won = learned.labels.filter((label) => label === 1).length
    for (const said of predictions.baseRate) expect(said).toBeCloseTo(won / 1797, 14)
  })

  test('finds the plain edge of these rows beside baselines that cannot', () => {
    const scores = scoreboardOf(predictions)
    expect(scores.model.auc).toBeGreaterThan(scores.implied.auc)
    expect(scores.modelMinusRecalibrated.mean).toBeCloseTo(
      scores.model.logLoss - scores.recalibratedImplied.logLoss,
      12,
    )
    expect(scores.modelMinusImplied.mean).toBeCloseTo(scores.model.logLoss - scores.implied.logLoss, 12)
    expect(scores.modelMinusRecalibrated.high).toBeLessThan(0)
    // At a bet an hour.
    expect(scores.modelMinusRecalibrated.clusters).toBe(10)
    expect([scores.model.n, scores.implied.n, scores.recalibratedImplied.n, scores.baseRate.n]).toEqual([
      240, 240, 240, 240,
    ])
  })

  test('learns nothing from the test rows or from later ones', () => {
    const other = runFold(
      tamperedRows(rows, (r) => r >= FOLD.testBegin),
      FOLD,
      { recipe },
    )
    expect(other.fitted).toEqual(fitted)
    expect(other.predictions.model).not.toEqual(predictions.model)
  })

  test('learns nothing from rows whose result was not known', () => {
    const other = runFold(
      tamperedRows(rows, (r) => r >= 1797),
      FOLD,
      { recipe },
    )
    expect(other.fitted).toEqual(fitted)
  })

  test('learns from the last row that was known', () => {
    const other = runFold(
      tamperedRows(rows, (r) => r === 1796),
      FOLD,
      { recipe },
    )
    expect(predictBlend(other.fitted.blend, rows.matrix)).not.toEqual(predictBlend(fitted.blend, rows.matrix))
  })

  test.each([0, 1])('refuses learning rows that all have the label %d', (label) => {
    const labels = rows.labels.map((own, r) => (r < FOLD.testBegin ? label : own))
    expect(() => runFold({ ...rows, labels }, FOLD)).toThrow(expect.objectContaining({ code: 'one_class' }))
  })

  test('refuses a fold before which nothing was known', () => {
    const knownAtMs = rows.knownAtMs.map(() => Number.POSITIVE_INFINITY)
    expect(() => runFold({ ...rows, knownAtMs }, FOLD)).toThrow(expect.objectContaining({ name: 'DomainError' }))
  })
})

describe('scoreboardOf', () => {
  test('refuses test rows of one day, of which no interval can be told', () => {
    const { predictions: few } = runFold(rows, { testBegin: 1800, testEnd: 1810 }, { recipe })
    expect(() => scoreboardOf(few)).toThrow(expect.objectContaining({ code: 'too_few_clusters' }))
  })
})

describe('joinPredictions', () => {
  const later = runFold(rows, { testBegin: 2040, testEnd: 2400 }, { recipe }).predictions
  const joined = joinPredictions([predictions, later])

  test('puts folds one after the other in all their columns', () => {
    expect(numbers(joined.test.ledgerRows)).toEqual(Array.from({ length: 600 }, (_, i) => 1800 + i))
    for (const name of ['labels', 'impliedProbabilities', 'returns', 'placedAtMs', 'knownAtMs'] as const) {
      expect(joined.test[name]).toEqual(rows[name].slice(1800, 2400))
    }
    for (const name of ['model', 'implied', 'recalibratedImplied', 'baseRate'] as const) {
      expect(joined[name]).toEqual(Float64Array.of(...predictions[name], ...later[name]))
    }
    expect(joined.test.matrix).toEqual({ nRows: 600, columns: [] })
  })

  test('is nothing where there is nothing', () => {
    expect(joinPredictions([]).test.matrix.nRows).toBe(0)
    expect(joinPredictions([]).model).toHaveLength(0)
  })
})
