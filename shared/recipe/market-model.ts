import { sigmoid } from '../kernel/numeric.ts'
import type { BoostingParams } from '../trees/boosting.ts'
import { rawScores, trainBoostedTrees } from '../trees/boosting.ts'
import type { FeatureMatrix } from '../trees/matrix.ts'
import type { Tree } from '../trees/tree.ts'
import { chooseTrees } from './choose-trees.ts'
import type { LearningRows } from './dataset.ts'
import type { MarketCalibration } from './market-calibration.ts'
import { marketScores, startFromMarket } from './market-calibration.ts'

/**
 * A win probability that starts from the market:
 * logit p = intercept + slope · market log-odds + treeWeight · Σ trees.
 *
 * Without trees it is the recalibrated market itself.
 */
export interface MarketModel {
  market: MarketCalibration
  trees: readonly Tree[]
  /** In [0, 1]: 0 where trees did not help on later rows, 1 where they are taken at their word. */
  treeWeight: number
}

/** Counts changes of what is learned from equal bets, so that a start after an update trains again. */
export const RECIPE_REVISION = 1

/** Settings of the boosted part: shallow and slow, since the price leaves little to find. */
export const RECIPE: BoostingParams = {
  rounds: 400,
  learningRate: 0.03,
  maxDepth: 3,
  minChildWeight: 60,
  lambdaL2: 50,
  gamma: 0,
  subsample: 0.7,
  colsample: 0.3,
  earlyStoppingRounds: 40,
  seed: 20261121,
}

/**
 * Learns a model from rows in time order; nothing but these rows steers it.
 *
 * The number of trees and their weight are chosen on later rows ({@link chooseTrees}); then the market is recalibrated
 * and that many trees are grown on all rows.
 *
 * @param onRound  told the number of rounds grown, over all boosting runs
 */
export function fitMarketModel(
  rows: LearningRows,
  params: BoostingParams = RECIPE,
  onRound: (done: number) => void = () => {},
): MarketModel {
  let tried = 0
  const choice = chooseTrees(rows, params, (done) => {
    tried = done
    onRound(tried)
  })
  const { started, market } = startFromMarket(rows)
  if (choice.trees === 0) return { market, trees: [], treeWeight: 0 }
  const { trees } = trainBoostedTrees(
    started,
    { ...params, rounds: choice.trees },
    { onRound: (done) => onRound(tried + done) },
  )
  return { market, trees, treeWeight: choice.weight }
}

/** Win probabilities of rows; NaN where the price is missing. */
export function predictWinProbabilities(model: MarketModel, matrix: FeatureMatrix): Float64Array {
  const market = marketScores(model.market, matrix)
  const trees = rawScores(model, matrix, new Float64Array(matrix.nRows))
  return market.map((score, r) => sigmoid(score + model.treeWeight * (trees[r] as number)))
}
