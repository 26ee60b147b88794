import type { RoundParams } from './boosting-rounds.ts'
import { boostRounds } from './boosting-rounds.ts'
import { createEarlyStopping } from './early-stopping.ts'
import type { TreeEnsemble } from './ensemble.ts'
import { singleOutput } from './ensemble.ts'
import type { LabelledRows } from './labelled-rows.ts'
import { asScoredRows, assertUsable } from './labelled-rows.ts'
import type { FeatureMatrix } from './matrix.ts'
import type { ObjectiveName } from './objective.ts'
import { objectiveOf } from './objective.ts'
import type { Tree } from './tree.ts'
import { addTreeScores } from './tree.ts'

export type { LabelledRows } from './labelled-rows.ts'

/** Settings of a boosting run with one tree a round, named as in XGBoost. */
export interface BoostingParams extends RoundParams {
  /** What is minimised; log loss where left out. */
  objective?: ObjectiveName
}

/** Trees whose values add up, on top of each row's initial score, to a raw score (log-odds, under log loss). */
export interface BoostedTrees {
  trees: readonly Tree[]
  /** Mean loss on the validation rows after each round; empty without validation rows. */
  validationLoss: readonly number[]
}

/**
 * Gradient boosting of one output on histograms of quantile bins.
 *
 * Per round one tree is grown on the gradients and Hessians of the loss and added; under log loss g = p − y and
 * h = p(1 − p) with p = sigmoid(raw score). With validation rows, the trees after the best round are dropped again,
 * which may leave none: then the initial scores were best. Equal rows, settings and seed give equal trees.
 *
 * @param onRound  told the number of trees after each round
 * @throws {DomainError} `no_rows`, `label_not_binary` or `label_not_finite`, `initial_score_not_finite`,
 *   `weight_not_usable`, `weights_all_zero` of either set of rows; `one_class` or `constant_labels`, `too_few_rows`,
 *   `all_missing` of the training rows; `parameter_out_of_range`, `bins_out_of_range`, `monotone_length`,
 *   `monotone_direction` of the settings
 * @see J. H. Friedman, "Greedy function approximation: a gradient boosting machine", Ann. Statist. 29(5), 2001
 */
export function trainBoostedTrees(
  train: LabelledRows,
  params: BoostingParams,
  options: { validation?: LabelledRows; onRound?: (done: number) => void } = {},
): BoostedTrees {
  const objective = objectiveOf(params.objective ?? 'log_loss')
  const validation = options.validation && asScoredRows(options.validation)
  if (validation !== undefined) assertUsable(validation, objective)
  const watch = validation && createEarlyStopping(validation, objective, params.earlyStoppingRounds)
  const trees: Tree[] = []
  for (const tree of boostTrees(train, params)) {
    trees.push(tree)
    options.onRound?.(trees.length)
    if (watch?.afterRound([tree]) === 'stop') break
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
  const rounds = boostRounds(asScoredRows(train), params, objectiveOf(params.objective ?? 'log_loss'))
  for (const trees of rounds) yield* trees
}

/**
 * Raw scores of rows: the initial score plus the value of every tree.
 *
 * @param initialScores  raw scores, length nRows; zeros give the trees' contribution alone
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

/** A boosted model as an ensemble, its initial score being the same `baseScore` for all rows. */
export function boostedEnsemble(
  { trees }: { trees: readonly Tree[] },
  nFeatures: number,
  { objective = 'log_loss', baseScore = 0 }: { objective?: ObjectiveName; baseScore?: number } = {},
): TreeEnsemble {
  const { link } = objectiveOf(objective)
  return singleOutput(trees, nFeatures, { link: link === 'logistic' ? link : 'identity', baseScore })
}
