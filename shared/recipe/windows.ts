import { memberScores } from '../blend/predict.ts'
import { purgedLearningRows } from '../evaluation/purged-folds.ts'
import { fitBase } from './base-member.ts'
import type { LearningRows } from './dataset.ts'
import { labelTimes, sliceRows, takeRows } from './dataset.ts'

/** A stretch of rows that judges, and what could be known before it. */
export interface Window {
  learn: LearningRows
  judge: LearningRows
  /** Log-odds that the base, fitted on the rows to learn from, gives these. */
  learnBase: Float64Array
  /** Those that it gives the rows that judge. */
  base: Float64Array
}

/** Shares of the rows: learn before the first, judge between the two. One stretch alone would choose by its own luck. */
const SHARES = [
  [0.4, 0.6],
  [0.6, 0.8],
  [0.8, 1],
] as const

/** Fewer rows than this before a stretch make members of luck alone. */
const LEAST_LEARNED = 500

/**
 * Up to three stretches in time order, each with the rows before it whose results were known when it began.
 *
 * A stretch with fewer than 500 such rows of both labels is left out: a history that was brought in at one go has most
 * of its bets at one time.
 *
 * @param rows  in time order
 */
export function judgingWindows(rows: LearningRows): Window[] {
  const { nRows } = rows.matrix
  return SHARES.flatMap(([from, to]): Window[] => {
    const [begin, end] = [Math.floor(nRows * from), Math.floor(nRows * to)]
    if (end === begin) return []
    const learn = takeRows(rows, purgedLearningRows(labelTimes(rows), { testBegin: begin, testEnd: end }))
    if (learn.matrix.nRows < LEAST_LEARNED || !hasBothLabels(learn)) return []
    const judge = sliceRows(rows, begin, end)
    const { member } = fitBase(learn)
    return [{ learn, judge, learnBase: memberScores(member, learn.matrix), base: memberScores(member, judge.matrix) }]
  })
}

function hasBothLabels({ labels }: LearningRows): boolean {
  return labels.includes(0) && labels.includes(1)
}
