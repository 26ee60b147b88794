import { expect, test } from 'vitest'
import { ensembleScores } from '../../../shared/trees/ensemble.ts'
import { trainMulticlassTrees } from '../../../shared/trees/multiclass.ts'
import { BOOSTING } from '../../support/trees.ts'
import { expectSameSplits, matrixOf } from './expect-trees.ts'
import golden from './multiclass.json' with { type: 'json' }

const matrix = matrixOf(golden.rows)
const initialScores = [0, 1, 2].map((k) => Float64Array.from(golden.margin, (row) => row[k] ?? Number.NaN))
const params = { ...BOOSTING, rounds: 2, learningRate: 0.3, minChildWeight: 1, maxDepth: 3, nClasses: 3 }
const { ensemble } = trainMulticlassTrees({ matrix, labels: Float64Array.from(golden.label), initialScores }, params)

test('two rounds of three trees are those of XGBoost', () => {
  expect(ensemble.trees).toHaveLength(6)
  const splits = ensemble.trees.map((tree, t) => {
    const theirs = golden.trees[t]
    return theirs === undefined ? 0 : expectSameSplits(tree, theirs, matrix)
  })
  expect(Math.min(...splits)).toBeGreaterThanOrEqual(3)
  expect(Array.from(ensemble.outputOf)).toEqual([0, 1, 2, 0, 1, 2])
})

test('the probabilities are those of XGBoost', () => {
  const scores = ensembleScores(ensemble, matrix).map((trees, k) =>
    trees.map((score, r) => Math.exp(score + (initialScores[k]?.[r] ?? Number.NaN))),
  )
  for (const [r, theirs] of golden.probabilities.entries()) {
    const own = scores.map((score) => score[r] ?? Number.NaN)
    const sum = own.reduce((total, share) => total + share, 0)
    for (const [k, p] of theirs.entries()) expect(Math.abs((own[k] ?? Number.NaN) / sum - p)).toBeLessThan(1e-6)
  }
})
