import { isDecisive, isSettled } from '../bets/settlement.ts'
import { type BetGroup, createGroup } from './bet-group.ts'
import { createBinning } from './distribution.ts'
import { addValue, emptyMoments, type Moments } from './moments.ts'
import { nameCounts } from './name-counts.ts'
import { BIN_WIDTHS, emptyProfile, type PartitionProfile, type Sample } from './profile.ts'
import { logOddsOfPrice, logPayout, payoutResidual, stateOf } from './recorded-return.ts'
import type { LedgerSlice } from './slice.ts'

/**
 * The profile of one partition, no anomalies searched for yet.
 *
 * @param nowMs  tells placements in the future, which are no sign of life
 */
export function profileSlice(slice: LedgerSlice, nowMs: number): PartitionProfile {
  return {
    ...emptyProfile(),
    rows: slice.nRows,
    ...countResults(slice),
    missing: {
      sport: gather(slice, () => slice.sport === null),
      market: gather(slice, (row) => slice.hasMarket[row] === 0),
      price: gather(slice, (row) => Number.isNaN(slice.decimalOdds[row])),
    },
    newestPlacedAtMs: greatestOf(slice.placedAtMs),
    newestPastPlacedAtMs: greatestOf(slice.placedAtMs, nowMs),
    newestUpdatedAtMs: greatestOf(slice.updatedAtMs),
    sports: nameCounts(new Map([[slice.sport, slice.nRows]])),
    books: nameCounts(slice.books),
    lowestPrice: leastOf(slice.decimalOdds),
    highestPrice: greatestOf(slice.decimalOdds),
    ...measurePrices(slice),
    ...measureMoney(slice),
  }
}

function countResults(slice: LedgerSlice): Pick<PartitionProfile, 'settled' | 'decisive' | 'won'> {
  const counts = { settled: 0, decisive: 0, won: 0 }
  for (let row = 0; row < slice.nRows; row++) {
    const state = stateOf(slice, row)
    if (isSettled(state)) counts.settled += 1
    if (isDecisive(state)) counts.decisive += 1
    if (state === 'won') counts.won += 1
  }
  return counts
}

function gather(slice: LedgerSlice, isMember: (row: number) => boolean): BetGroup {
  const { add, group } = createGroup()
  for (let row = 0; row < slice.nRows; row++) if (isMember(row)) add(slice.idOf(row), slice.bookOf(row))
  return group()
}

function measurePrices(slice: LedgerSlice): Pick<PartitionProfile, 'logOdds' | 'clv'> {
  const straight = createSample(BIN_WIDTHS.straightLogOdds)
  const combined = createSample(BIN_WIDTHS.combinedLogOdds)
  const clv = emptyMoments()
  for (let row = 0; row < slice.nRows; row++) {
    const sample = slice.isCombined[row] === 1 ? combined : straight
    sample.add(logOddsOfPrice(slice.decimalOdds[row] as number))
    addValue(clv, slice.closingLineValue[row] as number)
  }
  return { logOdds: { straight: straight.sample(), combined: combined.sample() }, clv }
}

function measureMoney(slice: LedgerSlice): Pick<PartitionProfile, 'logStake' | 'payoutResidual' | 'logPayout'> {
  const logStake = createSample(BIN_WIDTHS.logStake)
  const payoutResiduals = { straight: emptyMoments(), combined: emptyMoments() }
  const logPayouts = { straight: emptyMoments(), combined: emptyMoments() }
  for (let row = 0; row < slice.nRows; row++) {
    const isCombined = slice.isCombined[row] === 1
    if (slice.isFreeBet[row] === 0) logStake.add(Math.log(slice.stakeMinor[row] as number))
    addValue(isCombined ? payoutResiduals.combined : payoutResiduals.straight, payoutResidual(slice, row))
    addValue(isCombined ? logPayouts.combined : logPayouts.straight, logPayout(slice, row))
  }
  return { logStake: logStake.sample(), payoutResidual: payoutResiduals, logPayout: logPayouts }
}

/** Moments and histogram of the same values. */
function createSample(width: number): { add(x: number): void; sample(): Sample } {
  const moments: Moments = emptyMoments()
  const binning = createBinning(width)
  return {
    add(x) {
      addValue(moments, x)
      binning.add(x)
    },
    sample: () => ({ moments, distribution: binning.distribution() }),
  }
}

/** The greatest value not above `limit`; null where there is none. */
function greatestOf(values: Float64Array, limit = Number.POSITIVE_INFINITY): number | null {
  let greatest = Number.NEGATIVE_INFINITY
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number
    if (value > greatest && value <= limit) greatest = value
  }
  return greatest === Number.NEGATIVE_INFINITY ? null : greatest
}

function leastOf(values: Float64Array): number | null {
  let least = Number.POSITIVE_INFINITY
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number
    if (value < least) least = value
  }
  return least === Number.POSITIVE_INFINITY ? null : least
}
