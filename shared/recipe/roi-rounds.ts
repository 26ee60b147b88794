import { purgedLearningRows } from '../evaluation/purged-folds.ts'
import type { RoundParams } from '../trees/boosting-rounds.ts'
import { addTreeScores } from '../trees/tree.ts'
import type { LearningRows } from './dataset.ts'
import { labelTimes, sliceRows, takeRows } from './dataset.ts'
import { fitRoiBase, impliedRoi, roiRounds } from './roi-head.ts'
import { huberLoss } from './roi-loss.ts'

/** How many rounds are worth growing on top of the ROI that the base implies. */
export interface RoiRoundsChoice {
  /** 0 where trees never beat it. */
  rounds: number
  /** How far the trees are to be trusted, in (0, 1]; 0 exactly where `rounds` is 0. */
  weight: number
  /** Rounds grown to find that out. */
  grown: number
}

/** Weights at which the trees are tried, as for a win probability. */
const WEIGHTS = [0.25, 0.5, 0.75, 1]

/** Shares of the rows: learn before the first, judge between the two. */
const SHARES = [
  [0.4, 0.6],
  [0.6, 0.8],
  [0.8, 1],
] as const

/** Fewer rows than this before a stretch make trees of luck alone. */
const LEAST_LEARNED = 500

/** A number of rounds that one stretch of time alone would choose is left unchosen. */
const LEAST_WINDOWS = 2

/**
 * Chooses the number of rounds and their weight on rows later than those the trees were grown on, as a win probability's
 * are chosen: three stretches in time order, each with the rows before it whose results were known when it began; one
 * boosting run a stretch, side by side; the losses pooled after every round for each weight; the least of all chosen.
 *
 * @param rows     in time order
 * @param onRound  told the number of rounds grown
 */
export function chooseRoiRounds(
  rows: LearningRows,
  params: RoundParams,
  onRound: (done: number) => void,
): RoiRoundsChoice {
  const trials = openTrials(rows, params)
  if (trials.length < LEAST_WINDOWS) return { rounds: 0, weight: 0, grown: 0 }
  const pooledLoss = (weight: number) => trials.reduce((sum, trial) => sum + trial.lossAt(weight), 0)
  let best: RoiRoundsChoice = { rounds: 0, weight: 0, grown: 0 }
  let bestLoss = pooledLoss(0)
  let grown = 0
  while (grown < params.rounds && grown - best.rounds < params.earlyStoppingRounds) {
    for (const trial of trials) trial.grow()
    grown++
    onRound(grown)
    const losses = WEIGHTS.map(pooledLoss)
    const loss = Math.min(...losses)
    if (!(loss < bestLoss)) continue
    bestLoss = loss
    best = { rounds: grown, weight: WEIGHTS[losses.indexOf(loss)] as number, grown }
  }
  return { ...best, grown }
}

/** One boosting run and the rows that judge it. */
interface Trial {
  grow(): void
  /** Summed loss of these rows with the trees so far at a weight. */
  lossAt(weight: number): number
}

function openTrials(rows: LearningRows, params: RoundParams): Trial[] {
  const { nRows } = rows.matrix
  return SHARES.flatMap(([from, to]) => {
    const fold = { testBegin: Math.floor(nRows * from), testEnd: Math.floor(nRows * to) }
    if (fold.testEnd === fold.testBegin) return []
    const learn = takeRows(rows, purgedLearningRows(labelTimes(rows), fold))
    const hasBoth = learn.labels.includes(0) && learn.labels.includes(1)
    if (learn.matrix.nRows < LEAST_LEARNED || !hasBoth) return []
    return [openTrial(learn, sliceRows(rows, fold.testBegin, fold.testEnd), params)]
  })
}

function openTrial(learn: LearningRows, judge: LearningRows, params: RoundParams): Trial {
  const { member: base } = fitRoiBase(learn)
  const grown = roiRounds(learn, base, params)
  const { returns, impliedProbabilities } = judge
  const start = impliedRoi(base, judge.matrix)
  const leads = new Float64Array(start.length)
  return {
    grow() {
      for (const tree of grown.next().value ?? []) addTreeScores(tree, judge.matrix, leads)
    },
    lossAt(weight) {
      let sum = 0
      for (let r = 0; r < leads.length; r++) {
        const residual = (start[r] as number) + weight * (leads[r] as number) - (returns[r] as number)
        sum += huberLoss(residual * (impliedProbabilities[r] as number))
      }
      return sum
    },
  }
}
