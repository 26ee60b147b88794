import { memberScores } from '../blend/predict.ts'
import { scoreBinary } from '../evaluation/metrics.ts'
import { sigmoid } from '../kernel/numeric.ts'
import { fitBase } from '../recipe/base-member.ts'
import { boostedMember, chooseRounds } from '../recipe/boosted-member.ts'
import type { LearningRows } from '../recipe/dataset.ts'
import { takeRows } from '../recipe/dataset.ts'
import { judgingWindows } from '../recipe/windows.ts'
import type { BoostingParams } from '../trees/boosting.ts'
import type { FeatureMatrix } from '../trees/matrix.ts'
import type { FitAndScore } from './tune-model.ts'

/**
 * Scores boosting settings by the blend's base with the trees on top of it: logit p = base + w·Σ trees.
 *
 * Learned from the fold's rows alone, the number of trees and w included, which later stretches of these rows decide. The
 * other members of the blend do not depend on these settings and are left out.
 */
export function boostingRunner(rows: LearningRows): FitAndScore {
  return (params, { learn, test }) => {
    const judged = takeRows(rows, test)
    const score = fitBoosted(takeRows(rows, learn), params)
    return scoreBinary(judged.labels, score(judged.matrix).map(sigmoid))
  }
}

/** Log-odds of rows by the base with trees. */
function fitBoosted(rows: LearningRows, params: BoostingParams): (matrix: FeatureMatrix) => Float64Array {
  const base = fitBase(rows).member
  const { rounds, weight } = chooseRounds(judgingWindows(rows), params, () => {})
  if (rounds === 0) return (matrix) => memberScores(base, matrix)
  const trees = boostedMember(rows, memberScores(base, rows.matrix), { ...params, rounds }, () => {})
  return (matrix) => {
    const leads = memberScores(trees, matrix)
    return memberScores(base, matrix).map((score, r) => score + weight * (leads[r] as number))
  }
}
