import type { BoostingParams } from '../trees/boosting.ts'
import type { ForestParams } from '../trees/forest.ts'

/** Counts changes of what is learned from equal bets, so that a start after an update trains again. */
export const RECIPE_REVISION = 2

/** How the members of a win probability are grown. */
export interface Recipe {
  boosting: BoostingParams
  forest: ForestParams
  /** λ of each standardised input of the logistic regression. */
  linearPenalty: number
}

/** Settings chosen on the earliest 60 % of a real ledger: shallow and slow, since the price leaves little to find. */
export const RECIPE: Recipe = {
  boosting: {
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
  },
  forest: {
    nTrees: 100,
    maxDepth: 8,
    minChildWeight: 100,
    featuresPerNode: 0.3,
    sampling: 'subsample',
    sampleShare: 0.5,
    seed: 20261121,
  },
  linearPenalty: 500,
}
