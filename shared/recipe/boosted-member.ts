import type { Member } from '../blend/blend.ts'
import { softplus } from '../kernel/numeric.ts'
import type { BoostingParams } from '../trees/boosting.ts'
import { boostTrees, trainBoostedTrees } from '../trees/boosting.ts'
import { singleOutput } from '../trees/ensemble.ts'
import { addTreeScores } from '../trees/tree.ts'
import type { LearningRows } from './dataset.ts'
import { MARKET_LOG_ODDS_INDEX } from './inputs.ts'
import { withoutCodes } from './learned-columns.ts'
import type { Window } from './windows.ts'

/** How many rounds of boosting are worth growing, and what they added on rows they were not grown on. */
export interface BoostingChoice {
  /** 0 where trees never beat the base. */
  rounds: number
  /** How far the trees are to be trusted, in (0, 1]; 0 exactly where `rounds` is 0. */
  weight: number
  /** Per window the sum of the trees on each row that judges; empty where `rounds` is 0. */
  leads: readonly Float64Array[]
}

/** Weights at which the trees are tried: few rounds at full weight, or more at a part of it. */
const WEIGHTS = [0.25, 0.5, 0.75, 1]

/**
 * Chooses the number of rounds on rows later than those the trees were grown on.
 *
 * One boosting run a window grows side by side with the others. After every round the losses of all windows are pooled
 * for each weight; the least of all rounds and weights is chosen. Stops when `earlyStoppingRounds` rounds brought
 * nothing better.
 *
 * @param onRound  told the number of rounds grown
 */
export function chooseRounds(
  windows: readonly Window[],
  params: BoostingParams,
  onRound: (done: number) => void,
): BoostingChoice {
  const trials = windows.map((window) => openTrial(window, params))
  const pooledLoss = (weight: number) => trials.reduce((sum, trial) => sum + trial.lossAt(weight), 0)
  let best: BoostingChoice = { rounds: 0, weight: 0, leads: [] }
  let bestLoss = pooledLoss(0)
  for (let round = 1; round <= params.rounds; round++) {
    for (const trial of trials) trial.grow()
    onRound(round)
    const losses = WEIGHTS.map(pooledLoss)
    const loss = Math.min(...losses)
    if (loss < bestLoss) {
      bestLoss = loss
      const weight = WEIGHTS[losses.indexOf(loss)] as number
      best = { rounds: round, weight, leads: trials.map(({ leads }) => leads.slice()) }
    } else if (round - best.rounds >= params.earlyStoppingRounds) break
  }
  return best
}

/** Trees grown on all rows on top of the base's log-odds: what they add to it. */
export function boostedMember(
  rows: LearningRows,
  base: Float64Array,
  params: BoostingParams,
  onRound: (done: number) => void,
): Member {
  const { trees } = trainBoostedTrees(startFrom(base, rows), params, { onRound })
  const ensemble = singleOutput(trees, rows.matrix.columns.length, { link: 'identity' })
  return { kind: 'boosted', start: { column: MARKET_LOG_ODDS_INDEX, slope: 0, intercept: 0 }, trees: ensemble }
}

function startFrom(base: Float64Array, { matrix, labels }: LearningRows) {
  return { matrix: withoutCodes(matrix), labels, initialScores: base }
}

/** One boosting run and the rows that judge it. */
interface Trial {
  grow(): void
  /** Sum of the trees on the rows that judge. */
  leads: Float64Array
  /** Summed log loss of these rows with the trees so far at a weight. */
  lossAt(weight: number): number
}

function openTrial({ learn, learnBase, judge, base }: Window, params: BoostingParams): Trial {
  const grown = boostTrees(startFrom(learnBase, learn), params)
  const leads = new Float64Array(judge.matrix.nRows)
  return {
    leads,
    grow() {
      const { value: tree } = grown.next()
      if (tree !== undefined) addTreeScores(tree, judge.matrix, leads)
    },
    lossAt(weight) {
      let sum = 0
      for (let r = 0; r < leads.length; r++) {
        const score = (base[r] as number) + weight * (leads[r] as number)
        sum += softplus(judge.labels[r] === 1 ? -score : score)
      }
      return sum
    },
  }
}
