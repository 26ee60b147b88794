import type { ClusteredMean } from '../evaluation/clustered.ts'
import { clusteredMean } from '../evaluation/clustered.ts'
import { DomainError } from '../kernel/errors.ts'
import { mean } from '../kernel/numeric.ts'
import { concat } from './concat.ts'
import { huberLoss } from './roi-loss.ts'

/** What expects a return of a bet: the head, and what it is held against. */
export const ROI_RIVALS = ['constant', 'priceImplied', 'winProbability'] as const
export type RoiRival = (typeof ROI_RIVALS)[number]

/** Expected returns per unit staked of rows that nothing was learned from, beside what came of them. */
export interface RoiPredictions extends Record<RoiRival, Float64Array> {
  head: Float64Array
  /** Net return per unit staked. */
  returns: Float64Array
  decimalOdds: Float64Array
  /** UTC day of placement of each row. */
  days: Float64Array
}

/** The losses in which expected returns are compared. */
export const ROI_LOSSES = ['robust', 'squared'] as const
export type RoiLoss = (typeof ROI_LOSSES)[number]

/** Means over rows that nothing was learned from. */
export interface RoiScores {
  n: number
  /** By loss and by who expected: `robust` is Huber's of the residual in payouts, `squared` of that in stakes. */
  losses: Record<RoiLoss, Record<'head' | RoiRival, number>>
  /** Loss of the head less that of a rival, with 95 % intervals whose errors are clustered by day. */
  headMinus: Record<RoiRival, Record<RoiLoss, ClusteredMean>>
}

/**
 * Losses of the head and of its rivals, and the differences.
 *
 * @throws {DomainError} `no_rows`; `value_not_finite` where an expectation or a return is not; `too_few_clusters` where
 *   all rows are of one day
 */
export function scoreRoi(predictions: RoiPredictions): RoiScores {
  const n = predictions.returns.length
  if (n === 0) throw new DomainError('no_rows', 'there is no bet with a known return to be scored on')
  const rowLosses = { robust: robustLosses(predictions), squared: squaredLosses(predictions) }
  const means = (of: RoiLoss) => ({
    head: mean(rowLosses[of].head),
    ...ofEachRival((rival) => mean(rowLosses[of][rival])),
  })
  const difference = (of: RoiLoss, rival: RoiRival) =>
    clusteredMean(
      rowLosses[of].head.map((loss, r) => loss - (rowLosses[of][rival][r] as number)),
      predictions.days,
    )
  return {
    n,
    losses: { robust: means('robust'), squared: means('squared') },
    headMinus: ofEachRival((rival) => ({
      robust: difference('robust', rival),
      squared: difference('squared', rival),
    })),
  }
}

/** The predictions of several folds as one set, in the folds' order. */
export function joinRoi(parts: readonly RoiPredictions[]): RoiPredictions {
  const of = (key: keyof RoiPredictions) => concat(parts.map((part) => part[key]))
  return {
    ...ofEachRival(of),
    head: of('head'),
    returns: of('returns'),
    decimalOdds: of('decimalOdds'),
    days: of('days'),
  }
}

type RowLosses = Record<'head' | RoiRival, Float64Array>

function robustLosses({ decimalOdds, returns, ...said }: RoiPredictions): RowLosses {
  const of = (expected: Float64Array) =>
    expected.map((roi, r) => huberLoss((roi - (returns[r] as number)) / (decimalOdds[r] as number)))
  return { head: of(said.head), ...ofEachRival((rival) => of(said[rival])) }
}

function squaredLosses({ returns, ...said }: RoiPredictions): RowLosses {
  const of = (expected: Float64Array) => expected.map((roi, r) => (roi - (returns[r] as number)) ** 2)
  return { head: of(said.head), ...ofEachRival((rival) => of(said[rival])) }
}

function ofEachRival<T>(value: (rival: RoiRival) => T): Record<RoiRival, T> {
  return {
    constant: value('constant'),
    priceImplied: value('priceImplied'),
    winProbability: value('winProbability'),
  }
}
