import type { Member } from '../blend/blend.ts'
import { memberScores } from '../blend/predict.ts'
import { clamp, sigmoid } from '../kernel/numeric.ts'
import type { RoundParams } from '../trees/boosting-rounds.ts'
import { boostRounds } from '../trees/boosting-rounds.ts'
import type { TreeEnsemble } from '../trees/ensemble.ts'
import { ensembleScores, singleOutput } from '../trees/ensemble.ts'
import type { ScoredRows } from '../trees/labelled-rows.ts'
import type { FeatureMatrix } from '../trees/matrix.ts'
import { columnOf } from '../trees/matrix.ts'
import type { Tree } from '../trees/tree.ts'
import type { BaseMember } from './base-member.ts'
import { fitBase } from './base-member.ts'
import type { LearningRows } from './dataset.ts'
import { MARKET_LOG_ODDS_INDEX } from './inputs.ts'
import { withoutCodes } from './learned-columns.ts'
import { PAYOUT_HUBER } from './roi-loss.ts'
import { decidedRows } from './roi-rows.ts'

/**
 * Expected return by itself, beside the one that follows from a win probability:
 *
 * ROI = clamp(d · q − 1 + weight · Σ trees, −1, d − 1), with d the decimal odds and q the base's probability.
 *
 * The clamp keeps it to what a bet can return. NaN where the price is missing.
 */
export interface RoiHead {
  nFeatures: number
  /** The recalibrated price, shifted by sport and market where these are shown to differ; log-odds. */
  base: Member
  /** How far the trees are to be trusted, in (0, 1]; 0 where there is none. */
  weight: number
  /** Net return per unit staked on top of what the base implies; identity link. */
  trees: TreeEnsemble
}

/** The base of these rows, from those that were simply won or lost. @throws {DomainError} `one_class` and others */
export function fitRoiBase(rows: LearningRows): BaseMember {
  return fitBase(decidedRows(rows))
}

/**
 * The trees of a head one round after the other, each grown when it is asked for.
 *
 * They start from the ROI that the base implies and learn returns under {@link PAYOUT_HUBER}, with codes left out.
 *
 * @throws {DomainError} `constant_labels`, `too_few_rows` and others, at the first round
 */
export function roiRounds(rows: LearningRows, base: Member, params: RoundParams): Generator<Tree[], void> {
  const train: ScoredRows = {
    matrix: withoutCodes(rows.matrix),
    labels: rows.returns,
    initialScores: [impliedRoi(base, rows.matrix)],
    weights: rows.impliedProbabilities,
  }
  return boostRounds(train, params, PAYOUT_HUBER)
}

/** The head of these trees. */
export function roiHead(
  trees: readonly Tree[],
  { nFeatures, base, weight }: Pick<RoiHead, 'nFeatures' | 'base' | 'weight'>,
): RoiHead {
  return { nFeatures, base, weight, trees: singleOutput(trees, nFeatures, { link: 'identity' }) }
}

/** Expected net return per unit staked of each row, in [−1, d − 1]; NaN where the price is missing. */
export function predictRoi(head: RoiHead, matrix: FeatureMatrix): Float64Array {
  const [sums = new Float64Array()] = ensembleScores(head.trees, matrix)
  const payouts = payoutsOf(matrix)
  return impliedRoi(head.base, matrix).map((implied, r) => {
    // The operator of ONNX rounds the sum of the trees to 32 bits once; so does this.
    const roi = implied + head.weight * Math.fround(sums[r] as number)
    return clamp(roi, -1, (payouts[r] as number) - 1)
  })
}

/** The ROI that a member's probability q implies at each row's price: d · q − 1, in (−1, d − 1). */
export function impliedRoi(member: Member, matrix: FeatureMatrix): Float64Array {
  const payouts = payoutsOf(matrix)
  return memberScores(member, matrix).map((score, r) => (payouts[r] as number) * sigmoid(score) - 1)
}

/** Decimal odds from the market's log-odds, −ln(d − 1). */
function payoutsOf(matrix: FeatureMatrix): Float64Array {
  return Float64Array.from(columnOf(matrix, MARKET_LOG_ODDS_INDEX), (x) => 1 + Math.exp(-x))
}
