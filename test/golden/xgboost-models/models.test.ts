import { describe, expect, test } from 'vitest'
import { importModel } from '../../../shared/interchange/import-model.ts'
import { importXgboost } from '../../../shared/interchange/xgboost-json.ts'
import { ensembleScores } from '../../../shared/trees/ensemble.ts'
import { checkTrees } from '../../verify/golden-trees.ts'
import absolute from './absolute.json' with { type: 'json' }
import binary from './binary.json' with { type: 'json' }
import dart from './dart.json' with { type: 'json' }
import earlyStopped from './early-stopped.json' with { type: 'json' }
import parallel from './parallel.json' with { type: 'json' }
import pseudoHuber from './pseudo-huber.json' with { type: 'json' }
import regLogistic from './reg-logistic.json' with { type: 'json' }
import softmax from './softmax.json' with { type: 'json' }
import softprob from './softprob.json' with { type: 'json' }
import squared from './squared.json' with { type: 'json' }

describe.each([
  ['binary:logistic', binary],
  ['reg:logistic with pruned nodes', regLogistic],
  ['multi:softprob', softprob],
  ['multi:softmax with two trees a class and round', softmax],
  ['reg:squarederror with a base score of its own', squared],
  ['reg:absoluteerror with an estimated base score', absolute],
  ['reg:pseudohubererror', pseudoHuber],
  ['dart, whose trees are weighted', dart],
  ['three trees a round', parallel],
])('%s', (_, file) => {
  const { comparisons, unknown } = checkTrees(file)

  test('is understood as a whole', () => {
    expect(unknown).toEqual([])
    expect(comparisons).toHaveLength(7)
  })

  test.each(comparisons)('gives its $quantity as XGBoost does', ({ numbers, ok }) => {
    expect(numbers).toBeGreaterThanOrEqual(20)
    expect(ok).toBe(true)
  })
})

describe('an imported file', () => {
  test('keeps what it says of itself', () => {
    const { library, version, objective, featureNames, rounds } = importModel(JSON.stringify(binary.model))
    expect({ library, version, objective, rounds }).toEqual({
      library: 'xgboost',
      version: '1.7.4',
      objective: 'binary:logistic',
      rounds: 6,
    })
    expect(featureNames).toEqual(['price', 'form', 'rest_days', 'legs', 'hour'])
  })

  test('counts rounds, not trees', () => {
    expect(importXgboost(parallel.model).rounds).toBe(3)
    expect(importXgboost(softmax.model).rounds).toBe(2)
  })
})

describe('an early-stopped run', () => {
  const rows = earlyStopped.rows.map((row) => Float32Array.from(row, (x) => x ?? Number.NaN))
  const columns = Array.from({ length: 5 }, (_, f) => Float32Array.from(rows, (row) => row[f] ?? Number.NaN))

  test.each([
    ['all its rounds', {}, 5, earlyStopped.margin],
    ['those up to the best', { upToBest: true }, 3, earlyStopped.margin_up_to_best],
  ])('is read with %s', (_, options, rounds, margin) => {
    const model = importXgboost(earlyStopped.model, options)
    expect(model.bestRound).toBe(2)
    expect(model.rounds).toBe(rounds)
    const [scores = []] = ensembleScores(model.ensemble, { nRows: rows.length, columns })
    for (const [r, score] of Array.from(scores).entries()) {
      expect(Math.abs(score - (margin[r] ?? Number.NaN))).toBeLessThan(1e-5)
    }
  })
})
