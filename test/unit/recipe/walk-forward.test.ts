import { describe, expect, test } from 'vitest'
import { createRng } from '../../../shared/kernel/random.ts'
import { learningRows } from '../../../shared/recipe/dataset.ts'
import { predictWinProbabilities } from '../../../shared/recipe/market-model.ts'
import { runFold } from '../../../shared/recipe/walk-forward.ts'
import { bet, LEDGER_START_MS } from '../../support/bets.ts'
import { modelRows } from '../../support/learning-rows.ts'

const FOLD = { testBegin: 1800, testEnd: 2100 }

/** 3,000 bets, six a day, that win seven times of ten at even money in tennis and three times in baseball. */
const rng = createRng(1)
const rows = learningRows(
  modelRows(
    Array.from({ length: 3000 }, (_, i) => {
      const sport = rng.next() < 0.5 ? 'Tennis' : 'Baseball'
      return bet({
        id: `bet-${i}`,
        sport,
        decimalOdds: 1.8 + 0.4 * rng.next(),
        state: rng.next() < (sport === 'Tennis' ? 0.7 : 0.3) ? 'won' : 'lost',
        placedAtMs: LEDGER_START_MS + i * 14_400_000,
        settledAtMs: LEDGER_START_MS + i * 14_400_000 + 1,
      })
    }),
  ),
)
const { model, scores } = runFold(rows, FOLD)

describe('runFold', () => {
  test('scores the test rows and no other', () => {
    expect([scores.model.n, scores.implied.n, scores.recalibratedImplied.n]).toEqual([300, 300, 300])
    // At six bets a day.
    expect(scores.modelMinusRecalibrated.clusters).toBe(50)
  })

  test('finds the plain edge of this ledger beside two baselines that cannot', () => {
    expect(model.trees.length).toBeGreaterThan(0)
    expect(scores.model.auc).toBeGreaterThan(0.6)
    expect(scores.implied.auc).toBeLessThan(0.6)
    expect(scores.modelMinusRecalibrated.mean).toBeCloseTo(
      scores.model.logLoss - scores.recalibratedImplied.logLoss,
      12,
    )
    expect(scores.modelMinusRecalibrated.high).toBeLessThan(0)
  })

  test('learns nothing from the test rows or from later ones', () => {
    const future = {
      ...rows,
      labels: rows.labels.map((label, r) => (r < FOLD.testBegin ? label : 1 - label)),
      matrix: {
        ...rows.matrix,
        columns: rows.matrix.columns.map((column) => column.map((x, r) => (r < FOLD.testBegin ? x : -x))),
      },
    }
    const other = runFold(future, FOLD)
    expect(other.model).toEqual(model)
    expect(other.scores.model).not.toEqual(scores.model)
  })

  test('learns from every row before', () => {
    const past = { ...rows, labels: rows.labels.with(FOLD.testBegin - 1, 1 - (rows.labels[FOLD.testBegin - 1] ?? 0)) }
    expect(predictWinProbabilities(runFold(past, FOLD).model, rows.matrix)).not.toEqual(
      predictWinProbabilities(model, rows.matrix),
    )
  })
})
