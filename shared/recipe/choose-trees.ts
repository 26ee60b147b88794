import { softplus } from '../kernel/numeric.ts'
import type { BoostingParams } from '../trees/boosting.ts'
import { boostTrees } from '../trees/boosting.ts'
import { addTreeScores } from '../trees/tree.ts'
import type { LearningRows } from './dataset.ts'
import { sliceRows } from './dataset.ts'
import { startFromMarket } from './market-calibration.ts'

/** How many trees are worth growing, and how far they are to be trusted. */
export interface TreeChoice {
  trees: number
  /** In [0, 1]; 0 exactly where `trees` is 0. */
  weight: number
}

/** Shares of the rows: learn before the first, judge between the two. */
const WINDOWS = [
  [0.4, 0.6],
  [0.6, 0.8],
  [0.8, 1],
] as const

const WEIGHTS = [0.25, 0.5, 0.75, 1]

/**
 * Chooses the number of trees and their weight on rows later than those the trees were grown on.
 *
 * Three boosting runs grow side by side, each on the rows before a window and judged on the window. After every round
 * the losses of the three windows are pooled for each weight; the least of all rounds and weights is chosen, and none
 * where the recalibrated market alone was never beaten. Stops when `earlyStoppingRounds` rounds brought nothing better.
 *
 * One later slice alone would choose a number that suits its own luck.
 *
 * @param rows     in time order
 * @param onRound  told the number of rounds grown
 */
export function chooseTrees(rows: LearningRows, params: BoostingParams, onRound: (done: number) => void): TreeChoice {
  const trials = WINDOWS.map(([from, to]) => openTrial(rows, from, to, params))
  const pooledLoss = (weight: number) => trials.reduce((sum, trial) => sum + trial.lossAt(weight), 0)
  let best: TreeChoice = { trees: 0, weight: 0 }
  let bestLoss = pooledLoss(0)
  for (let round = 1; round <= params.rounds; round++) {
    for (const trial of trials) trial.grow()
    for (const weight of WEIGHTS) {
      const loss = pooledLoss(weight)
      if (loss >= bestLoss) continue
      bestLoss = loss
      best = { trees: round, weight }
    }
    onRound(round)
    if (round - best.trees >= params.earlyStoppingRounds) break
  }
  return best
}

/** One boosting run and the rows that judge it. */
interface Trial {
  grow(): void
  /** Summed log loss of the window with the trees so far at a weight. */
  lossAt(weight: number): number
}

function openTrial(rows: LearningRows, from: number, to: number, params: BoostingParams): Trial {
  const [begin, end] = [Math.floor(rows.matrix.nRows * from), Math.floor(rows.matrix.nRows * to)]
  const { started, market } = startFromMarket(sliceRows(rows, 0, begin))
  const window = startFromMarket(sliceRows(rows, begin, end), market).started
  const grown = boostTrees(started, params)
  const contribution = new Float64Array(window.matrix.nRows)
  return {
    grow() {
      const { value: tree } = grown.next()
      if (tree !== undefined) addTreeScores(tree, window.matrix, contribution)
    },
    lossAt(weight) {
      let sum = 0
      for (let r = 0; r < contribution.length; r++) {
        const score = (window.initialScores[r] as number) + weight * (contribution[r] as number)
        sum += softplus(window.labels[r] === 1 ? -score : score)
      }
      return sum
    },
  }
}
