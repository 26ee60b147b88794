import { DomainError } from '../kernel/errors.ts'
import type { RoundParams } from './boosting-rounds.ts'
import { boostRounds } from './boosting-rounds.ts'
import { createEarlyStopping } from './early-stopping.ts'
import type { TreeEnsemble } from './ensemble.ts'
import type { ScoredRows } from './labelled-rows.ts'
import { assertUsable } from './labelled-rows.ts'
import { softmaxObjective } from './objective.ts'
import type { Tree } from './tree.ts'

export interface MulticlassParams extends RoundParams {
  /** Number of classes k, ≥ 2; labels are 0 … k − 1. */
  nClasses: number
}

/** Boosted trees for several classes. */
export interface MulticlassTrees {
  /** The classes' trees, link softmax, base scores 0: initial scores of rows come on top. */
  ensemble: TreeEnsemble
  /** Mean log loss on the validation rows after each round; empty without validation rows. */
  validationLoss: readonly number[]
}

/**
 * Gradient boosting for one of several classes by softmax: each round one tree for each class, all grown on the scores
 * before the round.
 *
 * With validation rows, the rounds after the best are dropped again.
 *
 * @param train      labels are class numbers; one array of initial scores for each class
 * @param onRound    told the number of rounds after each
 * @throws {DomainError} as `trainBoostedTrees`, `label_not_class` in place of `label_not_binary`; `classes_out_of_range`
 * @see J. H. Friedman, "Greedy function approximation: a gradient boosting machine", Ann. Statist. 29(5), 2001
 */
export function trainMulticlassTrees(
  train: ScoredRows,
  params: MulticlassParams,
  options: { validation?: ScoredRows; onRound?: (done: number) => void } = {},
): MulticlassTrees {
  const { nClasses } = params
  if (!(Number.isInteger(nClasses) && nClasses >= 2)) {
    throw new DomainError('classes_out_of_range', `${nClasses} classes: must be a whole number of at least 2`)
  }
  const objective = softmaxObjective(nClasses)
  const { validation } = options
  if (validation !== undefined) assertUsable(validation, objective)
  const watch = validation && createEarlyStopping(validation, objective, params.earlyStoppingRounds)
  const rounds: Tree[][] = []
  for (const trees of boostRounds(train, params, objective)) {
    rounds.push(trees)
    options.onRound?.(rounds.length)
    if (watch?.afterRound(trees) === 'stop') break
  }
  const kept = watch === undefined ? rounds : rounds.slice(0, watch.bestRounds())
  return {
    ensemble: toEnsemble(kept.flat(), train.matrix.columns.length, nClasses),
    validationLoss: watch?.losses ?? [],
  }
}

function toEnsemble(trees: readonly Tree[], nFeatures: number, nOutputs: number): TreeEnsemble {
  const outputOf = Int32Array.from(trees, (_, t) => t % nOutputs)
  return { nFeatures, nOutputs, link: 'softmax', trees, outputOf, baseScores: new Float64Array(nOutputs) }
}
