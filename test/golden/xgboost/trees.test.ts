import { expect, test } from 'vitest'
import { rawScores, trainBoostedTrees } from '../../../shared/trees/boosting.ts'
import type { ObjectiveName } from '../../../shared/trees/objective.ts'
import { BOOSTING } from '../../support/trees.ts'
import { expectSameSplits, matrixOf } from './expect-trees.ts'
import golden from './trees.json' with { type: 'json' }

const OBJECTIVE: Record<string, ObjectiveName> = {
  'binary:logistic': 'log_loss',
  'reg:squarederror': 'squared_error',
  'reg:absoluteerror': 'absolute_error',
}

const matrix = matrixOf(golden.rows)
const initialScores = Float64Array.from(golden.margin)

/** XGBoost's settings in ours. */
function paramsOf(theirs: Record<string, number | string>) {
  const { monotone_constraints: monotone, max_leaves: numLeaves, max_delta_step: maxDeltaStep } = theirs
  return {
    ...{
      ...BOOSTING,
      rounds: 2,
      maxDepth: Number(theirs.max_depth ?? 4),
      learningRate: Number(theirs.eta ?? 0.3),
      presenceSplits: true,
    },
    ...{ lambdaL2: Number(theirs.lambda ?? 1), alphaL1: Number(theirs.alpha ?? 0), gamma: Number(theirs.gamma ?? 0) },
    minChildWeight: Number(theirs.min_child_weight ?? 1),
    ...(monotone === undefined ? {} : { monotone: String(monotone).slice(1, -1).split(',').map(Number) }),
    ...(numLeaves === undefined ? {} : { numLeaves: Number(numLeaves) }),
    ...(maxDeltaStep === undefined ? {} : { maxDeltaStep: Number(maxDeltaStep) }),
  }
}

test.each(golden.cases)(
  'trees with $name are those of XGBoost',
  ({ objective, settings, weighted, trees, margins }) => {
    const labels = Float64Array.from(objective === 'binary:logistic' ? golden.binary : golden.real)
    const rows = { matrix, labels, initialScores, ...(weighted ? { weights: Float64Array.from(golden.weight) } : {}) }
    const model = trainBoostedTrees(rows, {
      ...paramsOf(settings),
      rounds: trees.length,
      objective: OBJECTIVE[objective] ?? 'log_loss',
    })
    const splits = trees.map((tree, t) => {
      const ours = model.trees[t]
      return ours === undefined ? 0 : expectSameSplits(ours, tree, matrix)
    })
    expect(Math.min(...splits)).toBeGreaterThanOrEqual(4)
    const scores = rawScores(model, matrix, initialScores)
    expect(Math.max(...margins.map((margin, r) => Math.abs(margin - (scores[r] ?? Number.NaN))))).toBeLessThan(2e-5)
  },
)
