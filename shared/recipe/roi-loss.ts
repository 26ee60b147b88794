import { clamp } from '../kernel/numeric.ts'
import type { Objective } from '../trees/objective.ts'

/** Residuals up to this, in payouts, count by their square; beyond it they pull no harder. */
export const WIDEST_RESIDUAL = 1

/**
 * Huber's loss of a residual e: e² up to |e| = 1, 2·|e| − 1 beyond.
 *
 * It is taken of expected less actual net return over d, the decimal odds: in payouts, what a win pays in all. A payout is
 * the widest that a result under the rules of settlement (nothing back, the stake, a part, or all of d) can lie from an
 * expectation in [−1, d − 1]. Such residuals are never beyond 1: their loss is the square, and what minimises it is the
 * **mean** return. Beyond is only what the price cannot have paid, a slip of the pen in recorded money or a large bonus on
 * top: it pulls as hard as the widest result at that price, and no harder.
 *
 * A bound within the range of honest results would pull towards the median, as absolute error does; for a bet that wins
 * less often than not that is −1, the lost stake. A head that says so beats the price on that loss and is worth nothing.
 * Payouts as the unit are the other half of the robustness: the plain square of a return of 50 is 2,500 times that of 1,
 * and a handful of long shots would decide; here they weigh what the chance behind them does.
 *
 * @param residual  expected less actual return, in payouts
 * @returns         ≥ 0; NaN for NaN
 * @see P. J. Huber, "Robust Estimation of a Location Parameter", Ann. Math. Statist. 35(1), 1964
 */
export function huberLoss(residual: number): number {
  const size = Math.abs(residual)
  return size <= WIDEST_RESIDUAL ? residual * residual : WIDEST_RESIDUAL * (2 * size - WIDEST_RESIDUAL)
}

/**
 * {@link huberLoss} as boosting sees it, from scores and labels in stakes: the weight of a row is 1/d, which takes its
 * residual e to payouts; g = e cut to [−1, 1], over d, and h = 1/d², half of the loss's own.
 */
export const PAYOUT_HUBER: Objective = {
  link: 'identity',
  nOutputs: 1,
  refuseLabel: (label) =>
    Number.isFinite(label) ? undefined : { code: 'label_not_finite', wanted: 'must be a finite number' },
  fillPairs([pairs = EMPTY], [scores = EMPTY], { labels, weights }) {
    for (let r = 0; r < scores.length; r++) {
      const perPayout = weights?.[r] ?? 1
      const residual = ((scores[r] as number) - (labels[r] as number)) * perPayout
      pairs[2 * r] = clamp(residual, -WIDEST_RESIDUAL, WIDEST_RESIDUAL) * perPayout
      pairs[2 * r + 1] = perPayout * perPayout
    }
  },
  meanLoss([scores = EMPTY], { labels, weights }) {
    let sum = 0
    for (let r = 0; r < scores.length; r++) {
      sum += huberLoss(((scores[r] as number) - (labels[r] as number)) * (weights?.[r] ?? 1))
    }
    return sum / scores.length
  },
}

const EMPTY = new Float64Array()
