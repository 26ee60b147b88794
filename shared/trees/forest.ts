import type { Rng } from '../kernel/random.ts'
import { createRng } from '../kernel/random.ts'
import type { BinnedMatrix } from './binned-matrix.ts'
import { binMatrix } from './binned-matrix.ts'
import { fitBins, MAX_BINS } from './binning.ts'
import type { TreeEnsemble } from './ensemble.ts'
import { singleOutput } from './ensemble.ts'
import type { GrowParams } from './grow.ts'
import { growTree } from './grow.ts'
import { assertGrowParams, assertSetting, SHARE, wholeFrom } from './grow-checks.ts'
import { assertLearnable, assertUsable } from './labelled-rows.ts'
import type { FeatureMatrix } from './matrix.ts'
import type { TargetRows } from './objective.ts'
import { objectiveOf } from './objective.ts'
import { drawRows, drawWithReplacement, firstIntegers } from './sampling.ts'
import type { Tree } from './tree.ts'
import { addBinnedTreeScores } from './tree.ts'

/** Settings of a random forest. */
export interface ForestParams {
  /** ≥ 1. */
  nTrees: number
  /** Levels of splits below the root, ≥ 1. */
  maxDepth: number
  /** Least weight of a leaf, ≥ 0: the number of rows, where they have no weights. */
  minChildWeight: number
  /** Most leaves of a tree, those of largest gain split first; no limit where left out. */
  numLeaves?: number
  /** Share of the features that each node may split on, in (0, 1]. */
  featuresPerNode: number
  /** `bootstrap` draws rows with replacement, `subsample` without. */
  sampling: 'bootstrap' | 'subsample'
  /** Rows drawn for each tree as a share of all, in (0, 1]. */
  sampleShare: number
  /** Whether a split may part rows that have a value from those that miss it; true where left out. */
  presenceSplits?: boolean
  seed: number
}

/** Rows of a forest: labels are 0 or 1, or any finite numbers. */
export interface ForestRows extends TargetRows {
  matrix: FeatureMatrix
}

/** A forest and what it says of rows that a tree has not seen. */
export interface Forest {
  /** Link identity: the sum of its trees is the mean of what each says. */
  ensemble: TreeEnsemble
  /** Per training row the mean of the trees that did not see it; NaN where all did. */
  outOfBag: Float64Array
}

/**
 * Random forest of regression trees; on labels 0 and 1 its sum is a probability.
 *
 * Each tree is grown on a sample of rows by squared error, which on labels 0 and 1 parts them as the Gini impurity
 * does; a leaf says the weighted mean label of its rows, divided by the number of trees. Depth and least weight alone
 * limit a tree. Equal rows, settings and seed give equal forests.
 *
 * @param onTree  told the number of trees after each
 * @throws {DomainError} `no_rows`, `label_not_finite`, `weight_not_usable`, `weights_all_zero`, `constant_labels`,
 *   `too_few_rows`, `all_missing` of the rows; `parameter_out_of_range` of the settings
 * @see L. Breiman, "Random forests", Machine Learning 45(1), 2001
 */
export function trainForest(train: ForestRows, params: ForestParams, onTree?: (done: number) => void): Forest {
  const objective = objectiveOf('squared_error')
  const scored = { ...train, initialScores: [new Float64Array(train.matrix.nRows)] }
  assertUsable(scored, objective)
  assertLearnable(scored, objective)
  const grow = growParams(params)
  assertForestParams(params, grow, train.matrix.columns.length)
  const bins = fitBins(train.matrix, MAX_BINS)
  const matrix = binMatrix(train.matrix, bins)
  const rng = createRng(params.seed)
  const centre = weightedMean(train)
  const outOfBag = createOutOfBag(train.matrix.nRows)
  const trees: Tree[] = []
  for (let t = 0; t < params.nTrees; t++) {
    const bag = drawBag(train, params, rng)
    const pairs = centredPairs(train.labels, bag.weights, centre)
    const features = firstIntegers(matrix.codes.length)
    const { tree, leaves } = growTree({ matrix, bins, pairs, rows: bag.rows, features, rng }, grow)
    for (const { node, begin, end } of leaves) {
      tree.value[node] = meanLabel(train.labels, bag, begin, end) ?? centre
    }
    outOfBag.add(tree, matrix, bag.others)
    for (let node = 0; node < tree.value.length; node++) tree.value[node] = (tree.value[node] as number) / params.nTrees
    trees.push(tree)
    onTree?.(trees.length)
  }
  const ensemble = singleOutput(trees, train.matrix.columns.length, { link: 'identity' })
  return { ensemble, outOfBag: outOfBag.means() }
}

/** Newton steps on ½(s − y)² from the mean label: gains are sums of squares that splits take away. */
function growParams(params: ForestParams): GrowParams {
  const { maxDepth, minChildWeight, numLeaves, featuresPerNode, presenceSplits = true } = params
  const limits = { maxDepth, minChildWeight, ...(numLeaves === undefined ? {} : { numLeaves }) }
  return { ...limits, presenceSplits, colsamplePerNode: featuresPerNode, learningRate: 1, lambdaL2: 0, gamma: 0 }
}

function assertForestParams(params: ForestParams, grow: GrowParams, nFeatures: number): void {
  assertSetting('nTrees', params.nTrees, wholeFrom(1))
  assertSetting('sampleShare', params.sampleShare, SHARE)
  assertSetting('featuresPerNode', params.featuresPerNode, SHARE)
  assertGrowParams(grow, nFeatures)
}

/** The rows that a tree is grown on, those that it is not, and how often each counts. */
interface Bag {
  rows: Int32Array
  others: Int32Array
  weights: Float64Array
}

function drawBag({ matrix: { nRows }, weights: own }: ForestRows, params: ForestParams, rng: Rng): Bag {
  const order = new Int32Array(nRows)
  let drawn = 0
  let weights: Float64Array = new Float64Array(nRows).fill(1)
  if (params.sampling === 'subsample') drawn = drawRows(order, params.sampleShare, rng)
  else {
    weights = drawWithReplacement(nRows, Math.max(1, Math.round(params.sampleShare * nRows)), rng)
    let others = nRows
    for (let r = 0; r < nRows; r++) {
      if ((weights[r] as number) > 0) order[drawn++] = r
      else order[--others] = r
    }
  }
  if (own !== undefined) for (let r = 0; r < nRows; r++) weights[r] = (weights[r] as number) * (own[r] as number)
  return { rows: order.subarray(0, drawn), others: order.subarray(drawn), weights }
}

/** Gradients from the mean label rather than 0, so that sums of squares keep their digits. */
function centredPairs(labels: Float64Array, weights: Float64Array, centre: number): Float64Array {
  const pairs = new Float64Array(2 * labels.length)
  for (let r = 0; r < labels.length; r++) {
    const weight = weights[r] as number
    pairs[2 * r] = weight * (centre - (labels[r] as number))
    pairs[2 * r + 1] = weight
  }
  return pairs
}

/** Weighted mean label of a leaf; undefined of one without weight. */
function meanLabel(labels: Float64Array, { rows, weights }: Bag, begin: number, end: number): number | undefined {
  let sum = 0
  let total = 0
  for (let i = begin; i < end; i++) {
    const r = rows[i] as number
    sum += (weights[r] as number) * (labels[r] as number)
    total += weights[r] as number
  }
  return total > 0 ? sum / total : undefined
}

function weightedMean({ labels, weights }: ForestRows): number {
  let sum = 0
  let total = 0
  for (let r = 0; r < labels.length; r++) {
    const weight = weights === undefined ? 1 : (weights[r] as number)
    sum += weight * (labels[r] as number)
    total += weight
  }
  return sum / total
}

function createOutOfBag(nRows: number) {
  const sums = new Float64Array(nRows)
  const counts = new Int32Array(nRows)
  return {
    add(tree: Tree, matrix: BinnedMatrix, rows: Int32Array): void {
      addBinnedTreeScores(tree, matrix, sums, rows)
      for (const r of rows) counts[r] = (counts[r] as number) + 1
    },
    /** NaN, 0/0, where no tree had a say. */
    means: () => sums.map((sum, r) => sum / (counts[r] as number)),
  }
}
