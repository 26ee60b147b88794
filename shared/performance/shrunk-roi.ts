import { Z_95 } from '../kernel/numeric.ts'

/** A group's ROI at flat stakes as it was observed. */
export interface GroupRoi {
  /** Mean net return per unit. */
  mean: number
  /** Squared standard error of the mean, > 0. */
  variance: number
}

/** An estimate drawn towards the whole, with its 95 % interval. */
export interface ShrunkRoi {
  value: number
  low: number
  high: number
}

/**
 * Variance τ² of groups' true means around that of the whole, by the method of moments: with w = 1/variance over K groups,
 * Σ w(mean − whole)² is expected to be K + τ²·Σw, so τ² = max(0, (Σ w(mean − whole)² − K) / Σw).
 *
 * @returns 0 for fewer than two groups, and where groups differ no more than their errors do
 * @see C. N. Morris, "Parametric Empirical Bayes Inference: Theory and Applications", JASA 78, 1983
 */
export function varianceBetween(groups: readonly GroupRoi[], whole: number): number {
  if (groups.length < 2) return 0
  const squares = total(groups.map(({ mean, variance }) => (mean - whole) ** 2 / variance))
  return Math.max(0, (squares - groups.length) / total(groups.map(({ variance }) => 1 / variance)))
}

/**
 * Empirical-Bayes estimate of a group's true ROI: whole + B·(mean − whole) with B = τ²/(τ² + variance), and ± z·√(B·variance).
 * A group of few bets is nearly the whole, one of many nearly itself. What is not known of τ² and of the whole is not in the
 * interval; where τ² is 0, it is the whole alone.
 *
 * @param whole    ROI of all groups together
 * @param between  τ², see {@link varianceBetween}
 * @see B. Efron, C. Morris, "Data Analysis Using Stein's Estimator and Its Generalizations", JASA 70, 1975
 */
export function shrinkRoi({ mean, variance }: GroupRoi, whole: number, between: number): ShrunkRoi {
  const own = between / (between + variance)
  const value = whole + own * (mean - whole)
  const reach = Z_95 * Math.sqrt(own * variance)
  return { value, low: value - reach, high: value + reach }
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
