import type { ColumnScore } from '../blend/blend.ts'
import { DomainError } from '../kernel/errors.ts'
import { mean } from '../kernel/numeric.ts'
import type { Tree } from '../trees/tree.ts'
import { MARKET_MEMBER } from './base-member.ts'
import type { LearningRows } from './dataset.ts'
import { fitMarket } from './market.ts'
import type { Recipe } from './recipe.ts'
import { RECIPE } from './recipe.ts'
import type { RoiHead } from './roi-head.ts'
import { fitRoiBase, roiHead, roiRounds } from './roi-head.ts'
import { chooseRoiRounds } from './roi-rounds.ts'
import { decidedRows } from './roi-rows.ts'

/** What was learned of returns, and what it must beat. */
export interface FittedRoi {
  /** Undefined where neither sports and markets differ nor a tree earned weight: there is only the price then. */
  head: RoiHead | undefined
  /** The price-implied ROI is d · q − 1 with the log-odds of q by this. */
  market: ColumnScore
  /** Mean net return per unit staked of the learning rows. */
  constant: number
}

/**
 * Learns the return per unit staked from settled bets in time order; nothing but these rows steers it.
 *
 * Every row starts from the ROI that its recalibrated price implies, with the shifts of sports and markets that the win
 * probability's base has. Trees learn on top of it what came of the stakes; how many, and how far they are trusted, is
 * chosen on later rows, as theirs is ({@link chooseRoiRounds}). Settings are those of the win probability's trees: the
 * Hessian 1/d² of a bet is about the p(1 − p) of log loss.
 *
 * A bet that can only be won or lost at its price returns what its win probability says. What a head can know beyond that
 * is how bets pay: ties, half results, cash-outs and bonuses, wherever these differ from one kind of bet to the other.
 *
 * @param rows    as of `returnRows`
 * @param onStep  told the number of rounds grown
 * @throws {DomainError} `return_not_finite`; `constant_returns`; `one_class`, `no_rows` and others of rows whose price
 *   cannot be recalibrated
 */
export function fitRoi(
  rows: LearningRows,
  recipe: Recipe = RECIPE,
  onStep: (done: number) => void = () => {},
): FittedRoi {
  assertReturns(rows.returns)
  const market = fitMarket(decidedRows(rows))
  const constant = mean(rows.returns)
  const { rounds, weight, grown } = chooseRoiRounds(rows, recipe.boosting, onStep)
  const { name, member: base } = fitRoiBase(rows)
  if (rounds === 0 && name === MARKET_MEMBER) return { head: undefined, market, constant }
  const trees: Tree[] = []
  for (const round of rounds === 0 ? [] : roiRounds(rows, base, { ...recipe.boosting, rounds })) {
    trees.push(...round)
    onStep(grown + trees.length)
  }
  return { head: roiHead(trees, { nFeatures: rows.matrix.columns.length, base, weight }), market, constant }
}

function assertReturns(returns: Float64Array): void {
  const r = returns.findIndex((perUnit) => !Number.isFinite(perUnit))
  if (r >= 0) {
    throw new DomainError('return_not_finite', `net return ${returns[r]} per unit of row ${r}: must be a finite number`)
  }
  if (returns.length > 0 && returns.every((perUnit) => perUnit === returns[0])) {
    throw new DomainError(
      'constant_returns',
      `all ${returns.length} bets returned ${returns[0]} per unit: nothing to tell`,
    )
  }
}
