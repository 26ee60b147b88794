/** What limits and penalises the splits and leaf values of a tree, named as in XGBoost. */
export interface SplitPenalties {
  /** λ, L2 penalty on leaf values, ≥ 0. */
  lambdaL2: number
  /** α, L1 penalty on leaf values, ≥ 0; 0 where left out. */
  alphaL1?: number
  /** Least gain that a split must bring, ≥ 0. */
  gamma: number
  /** Least sum of Hessians on each side of a split, ≥ 0. */
  minChildWeight: number
  /** Largest leaf value before the learning rate, > 0; none where left out. */
  maxDeltaStep?: number
  /**
   * Per feature 1 where the prediction may not fall as the feature rises, −1 where it may not rise, 0 for neither. Says
   * nothing about rows where the feature is missing. None where left out.
   */
  monotone?: ArrayLike<number>
  /**
   * Whether a split may also part the rows that have a value from those that miss it (threshold +∞, missing goes
   * right), as XGBoost's may; false where left out.
   */
  presenceSplits?: boolean
}

/** Sums over the rows of a node, and what its leaf value may be because of monotone splits above it. */
export interface NodeSums {
  gradient: number
  hessian: number
  /** Least and largest leaf value before the learning rate; −∞ and ∞ where left out. */
  lower?: number
  upper?: number
}

/**
 * Leaf value before the learning rate that lowers the penalised loss most.
 *
 * w = −T(G)/(H + λ) with T(G) = sign(G) · max(|G| − α, 0), held within ±maxDeltaStep and then within the node's bounds.
 *
 * @returns 0 at a node without weight, which a small sample may leave: it knows nothing
 * @see T. Chen, C. Guestrin, "XGBoost: A Scalable Tree Boosting System", KDD 2016, eq. 5
 */
export function leafWeight(node: NodeSums, penalties: SplitPenalties): number {
  const { lower = Number.NEGATIVE_INFINITY, upper = Number.POSITIVE_INFINITY } = node
  return boundedWeight(node.gradient, node.hessian, penalties, lower, upper)
}

/**
 * Twice the loss that giving a node's rows one value takes away: −2Gw − (H + λ)w² − 2α|w|.
 *
 * At w = {@link leafWeight} without bounds this is T(G)²/(H + λ).
 */
export function weightScore(gradient: number, hessian: number, weight: number, penalties: SplitPenalties): number {
  const { lambdaL2, alphaL1 = 0 } = penalties
  return -2 * gradient * weight - (hessian + lambdaL2) * weight * weight - 2 * alphaL1 * Math.abs(weight)
}

/** {@link leafWeight} of sums that stand in no object. */
export function boundedWeight(
  gradient: number,
  hessian: number,
  penalties: SplitPenalties,
  lower: number,
  upper: number,
): number {
  if (!(hessian > 0)) return 0
  const { lambdaL2, alphaL1 = 0, maxDeltaStep = Number.POSITIVE_INFINITY } = penalties
  const shrunk = alphaL1 === 0 ? gradient : Math.sign(gradient) * Math.max(Math.abs(gradient) - alphaL1, 0)
  const step = Math.min(maxDeltaStep, Math.max(-maxDeltaStep, -shrunk / (hessian + lambdaL2)))
  return Math.min(upper, Math.max(lower, step))
}

/** Whether the plain gain G²/(H + λ) is right: no penalty but λ, no bound on a value. */
export function isPlain({ alphaL1 = 0, maxDeltaStep, monotone }: SplitPenalties): boolean {
  return alphaL1 === 0 && maxDeltaStep === undefined && monotone === undefined
}
