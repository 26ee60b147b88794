import { DomainError } from '../kernel/errors.ts'
import { sigmoid, softplus } from '../kernel/numeric.ts'
import type { Rng } from '../kernel/random.ts'
import { createRng } from '../kernel/random.ts'
import { binMatrix, fitBins, MAX_BINS } from './binning.ts'
import type { GrowParams } from './grow.ts'
import { growTree } from './grow.ts'
import type { FeatureMatrix } from './matrix.ts'
import type { Tree } from './tree.ts'
import { addBinnedTreeScores, addTreeScores } from './tree.ts'

/** Settings of a boosting run, named as in XGBoost. */
export interface BoostingParams extends GrowParams {
  /** Most trees, ≥ 1. */
  rounds: number
  /** Share of rows that each tree sees, in (0, 1]. */
  subsample: number
  /** Share of features that each tree may use, in (0, 1]. */
  colsample: number
  /** Stop when the validation loss has not improved for this many rounds; needs a validation set. */
  earlyStoppingRounds: number
  seed: number
}

/** Rows with labels, and for each row the raw score (log-odds) from which boosting starts. */
export interface LabelledRows {
  matrix: FeatureMatrix
  /** 0 or 1, length nRows. */
  labels: Float64Array
  /** Log-odds, finite, length nRows. */
  initialScores: Float64Array
}

/** Trees whose values add up, on top of each row's initial score, to a raw score (log-odds). */
export interface BoostedTrees {
  trees: readonly Tree[]
  /** Mean log loss on the validation rows after each round; empty without validation rows. */
  validationLoss: readonly number[]
}

/**
 * Gradient boosting for a binary outcome by log loss, on histograms of quantile bins.
 *
 * Per round: g = p − y, h = p(1 − p) with p = sigmoid(raw score); one tree is grown on them and added. With validation
 * rows, the trees after the best round are dropped again, which may leave none: then the initial scores were best.
 *
 * @param onRound  told the number of trees after each round
 * @throws {DomainError} `no_rows`, `label_not_binary`, `initial_score_not_finite` of either set of rows; `one_class` of
 *   the training rows
 * @see J. H. Friedman, "Greedy function approximation: a gradient boosting machine", Ann. Statist. 29(5), 2001
 */
export function trainBoostedTrees(
  train: LabelledRows,
  params: BoostingParams,
  options: { validation?: LabelledRows; onRound?: (done: number) => void } = {},
): BoostedTrees {
  const { validation } = options
  if (validation !== undefined) assertUsable(validation)
  const watch = validation === undefined ? undefined : createEarlyStopping(validation, params.earlyStoppingRounds)
  const trees: Tree[] = []
  for (const tree of boostTrees(train, params)) {
    trees.push(tree)
    options.onRound?.(trees.length)
    if (watch?.afterRound(tree) === 'stop') break
  }
  return {
    trees: watch === undefined ? trees : trees.slice(0, watch.bestRounds()),
    validationLoss: watch?.losses ?? [],
  }
}

/**
 * The trees of a boosting run one by one, each grown when it is asked for, `params.rounds` at the most.
 *
 * @throws {DomainError} as {@link trainBoostedTrees}, at the first tree
 */
export function* boostTrees(train: LabelledRows, params: BoostingParams): Generator<Tree, void> {
  assertUsable(train)
  assertTwoClasses(train.labels)
  const bins = fitBins(train.matrix, MAX_BINS)
  const matrix = binMatrix(train.matrix, bins)
  const rng = createRng(params.seed)
  const scores = Float64Array.from(train.initialScores)
  const pairs = new Float64Array(2 * matrix.nRows)
  for (let round = 0; round < params.rounds; round++) {
    fillGradients(pairs, scores, train.labels)
    const rows = sampleRows(matrix.nRows, params.subsample, rng)
    const features = sampleFeatures(train.matrix.columns.length, params.colsample, rng)
    const tree = growTree({ matrix, bins, pairs, rows, features }, params)
    addBinnedTreeScores(tree, matrix, scores)
    yield tree
  }
}

/**
 * Raw scores (log-odds) of rows: the initial score plus the value of every tree.
 *
 * @param initialScores  log-odds, length nRows; zeros give the trees' contribution alone
 */
export function rawScores(
  model: { trees: readonly Tree[] },
  matrix: FeatureMatrix,
  initialScores: Float64Array,
): Float64Array {
  const scores = Float64Array.from(initialScores)
  for (const tree of model.trees) addTreeScores(tree, matrix, scores)
  return scores
}

function fillGradients(pairs: Float64Array, scores: Float64Array, labels: Float64Array): void {
  for (let r = 0; r < scores.length; r++) {
    const p = sigmoid(scores[r] as number)
    pairs[2 * r] = p - (labels[r] as number)
    pairs[2 * r + 1] = Math.max(p * (1 - p), 1e-16)
  }
}

interface EarlyStopping {
  afterRound(tree: Tree): 'continue' | 'stop'
  /** Number of trees with the lowest loss; 0 where the initial scores were never beaten. */
  bestRounds(): number
  readonly losses: number[]
}

function createEarlyStopping(validation: LabelledRows, patience: number): EarlyStopping {
  const scores = Float64Array.from(validation.initialScores)
  const losses: number[] = []
  let best = 0
  let bestLoss = meanLogLoss(scores, validation.labels)
  return {
    losses,
    bestRounds: () => best,
    afterRound(tree) {
      addTreeScores(tree, validation.matrix, scores)
      const loss = meanLogLoss(scores, validation.labels)
      losses.push(loss)
      if (loss < bestLoss) {
        bestLoss = loss
        best = losses.length
      }
      return losses.length - best >= patience ? 'stop' : 'continue'
    },
  }
}

/** Mean of −ln p(label) from raw scores, without rounding p to 0 or 1. */
function meanLogLoss(scores: Float64Array, labels: Float64Array): number {
  let sum = 0
  for (let r = 0; r < scores.length; r++)
    sum += softplus(labels[r] === 1 ? -(scores[r] as number) : (scores[r] as number))
  return sum / scores.length
}

function sampleRows(nRows: number, share: number, rng: Rng): Int32Array {
  const rows = new Int32Array(nRows)
  let n = 0
  for (let r = 0; r < nRows; r++) if (share >= 1 || rng.next() < share) rows[n++] = r
  return rows.subarray(0, n)
}

function sampleFeatures(nFeatures: number, share: number, rng: Rng): Int32Array {
  const features = Int32Array.from({ length: nFeatures }, (_, f) => f)
  const wanted = Math.max(1, Math.round(share * nFeatures))
  for (let i = 0; i < wanted; i++) {
    const j = i + rng.integer(nFeatures - i)
    const chosen = features[j] as number
    features[j] = features[i] as number
    features[i] = chosen
  }
  return features.subarray(0, wanted).sort()
}

function assertUsable({ matrix, labels, initialScores }: LabelledRows): void {
  if (matrix.nRows === 0) throw new DomainError('no_rows', 'boosting needs rows, and there are none')
  for (let r = 0; r < matrix.nRows; r++) {
    const label = labels[r]
    if (label !== 0 && label !== 1)
      throw new DomainError('label_not_binary', `label ${label} of row ${r}: must be 0 or 1`)
    if (!Number.isFinite(initialScores[r])) {
      throw new DomainError('initial_score_not_finite', `initial score ${initialScores[r]} of row ${r}`)
    }
  }
}

function assertTwoClasses(labels: Float64Array): void {
  const first = labels[0]
  if (labels.every((label) => label === first)) {
    throw new DomainError(
      'one_class',
      `all ${labels.length} training rows have the label ${first}: nothing to tell apart`,
    )
  }
}
