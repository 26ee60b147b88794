import { createRng } from '../kernel/random.ts'
import type { BinnedMatrix } from './binned-matrix.ts'
import { binMatrix } from './binned-matrix.ts'
import { fitBins, MAX_BINS } from './binning.ts'
import type { GrownTree, GrowParams } from './grow.ts'
import { growTree } from './grow.ts'
import { assertGrowParams, assertSetting, SHARE, wholeFrom } from './grow-checks.ts'
import type { ScoredRows } from './labelled-rows.ts'
import { assertLearnable, assertUsable } from './labelled-rows.ts'
import type { Objective } from './objective.ts'
import { drawFeatures, drawRows, firstIntegers } from './sampling.ts'
import type { Tree } from './tree.ts'
import { addBinnedTreeScores } from './tree.ts'

/** Settings of a boosting run, named as in XGBoost. */
export interface RoundParams extends GrowParams {
  /** Most rounds, each of one tree for each output, ≥ 1. */
  rounds: number
  /** Share of rows that each tree sees, in (0, 1]. */
  subsample: number
  /** Share of features that each tree may use, in (0, 1]. */
  colsample: number
  /** Stop when the validation loss has not improved for this many rounds, ≥ 1; needs a validation set. */
  earlyStoppingRounds: number
  /** Most bins of a feature, 2 … 255; 255 where left out. */
  maxBins?: number
  seed: number
}

/**
 * Boosting under any loss: each round's trees, one for each output, grown when they are asked for.
 *
 * Per round the gradients and Hessians of all outputs are taken at the scores before it.
 *
 * @throws {DomainError} as {@link assertUsable}, {@link assertLearnable} and {@link assertGrowParams}, at the first round
 */
export function* boostRounds(train: ScoredRows, params: RoundParams, objective: Objective): Generator<Tree[], void> {
  assertUsable(train, objective)
  assertLearnable(train, objective)
  assertRoundParams(params, train.matrix.columns.length)
  const bins = fitBins(train.matrix, params.maxBins ?? MAX_BINS)
  const matrix = binMatrix(train.matrix, bins)
  const rng = createRng(params.seed)
  const scores = train.initialScores.map((initial) => Float64Array.from(initial))
  const pairs = scores.map(() => new Float64Array(2 * matrix.nRows))
  const order = new Int32Array(matrix.nRows)
  for (let round = 0; round < params.rounds; round++) {
    objective.fillPairs(pairs, scores, train)
    yield scores.map((score, k) => {
      const rows = order.subarray(0, drawRows(order, params.subsample, rng))
      const features = drawFeatures(firstIntegers(matrix.codes.length), params.colsample, rng)
      const grown = growTree({ matrix, bins, pairs: pairs[k] as Float64Array, rows, features, rng }, params)
      if (objective.leafValue !== undefined) refitLeaves(grown, rows, score, { train, objective, params })
      addGrownTree(grown, order, rows.length, matrix, score)
      return grown.tree
    })
  }
}

/** @throws {DomainError} as {@link assertGrowParams} */
function assertRoundParams(params: RoundParams, nFeatures: number): void {
  assertGrowParams(params, nFeatures)
  assertSetting('rounds', params.rounds, wholeFrom(1))
  assertSetting('subsample', params.subsample, SHARE)
  assertSetting('colsample', params.colsample, SHARE)
  assertSetting('earlyStoppingRounds', params.earlyStoppingRounds, wholeFrom(1))
}

/** Gives every leaf the value that the loss itself says. */
function refitLeaves(
  { tree, leaves }: GrownTree,
  rows: Int32Array,
  score: Float64Array,
  { train, objective, params }: { train: ScoredRows; objective: Objective; params: RoundParams },
): void {
  for (const { node, begin, end } of leaves) {
    const value = objective.leafValue?.(score, train, rows.subarray(begin, end)) ?? Number.NaN
    // A leaf that a small sample left without rows or weight knows nothing.
    tree.value[node] = Number.isNaN(value) ? 0 : value * params.learningRate
  }
}

/** Adds the tree's values: to the rows it was grown on by leaf, to the others, after `drawn` in `order`, by walking. */
function addGrownTree(
  { tree, leaves }: GrownTree,
  order: Int32Array,
  drawn: number,
  matrix: BinnedMatrix,
  score: Float64Array,
): void {
  for (const { node, begin, end } of leaves) {
    const value = tree.value[node] as number
    for (let i = begin; i < end; i++) {
      const r = order[i] as number
      score[r] = (score[r] as number) + value
    }
  }
  if (drawn < order.length) addBinnedTreeScores(tree, matrix, score, order.subarray(drawn))
}
