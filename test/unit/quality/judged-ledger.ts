import type { Bet } from '../../../shared/bets/bet.ts'
import { findAnomalies } from '../../../shared/quality/anomalies.ts'
import type { Baseline } from '../../../shared/quality/baseline.ts'
import { baselinesByMonth } from '../../../shared/quality/baseline.ts'
import type { PartitionProfile, ProfiledPartition } from '../../../shared/quality/profile.ts'
import { mergeProfiles, withAnomalies } from '../../../shared/quality/profile.ts'
import { profileSlice } from '../../../shared/quality/profile-slice.ts'
import type { LedgerSlice } from '../../../shared/quality/slice.ts'
import { sliceBets } from '../../../shared/quality/slice.ts'
import { bet } from '../../support/bets.ts'

/** Slices of bets whose source never changed them. */
export function slicesOf(bets: readonly Bet[]): LedgerSlice[] {
  return sliceBets(bets.map((one) => ({ bet: one, updatedAtUs: one.placedAtMs * 1000 })))
}

/** One slice with a bet for each set of fields, ids `bet-0`, `bet-1` and so on. */
export function sliceWith(...fields: Partial<Bet>[]): LedgerSlice {
  const [slice, ...others] = slicesOf(fields.map((some, i) => bet({ id: `bet-${i}`, ...some })))
  if (slice === undefined || others.length > 0) throw new Error('the bets are not of one sport and month')
  return slice
}

/** Profiles of a ledger without a search for anomalies. */
export function profiled(bets: readonly Bet[], nowMs: number): ProfiledPartition[] {
  return slicesOf(bets).map((slice) => ({
    sport: slice.sport,
    month: slice.month,
    profile: profileSlice(slice, nowMs),
  }))
}

/** Profiles of a ledger, each examined against the months before it. */
export function judged(bets: readonly Bet[], nowMs: number): ProfiledPartition[] {
  const partitions = profiled(bets, nowMs)
  const baselines = baselinesByMonth(partitions)
  return slicesOf(bets).map((slice, i) => {
    const { sport, month, profile } = partitions[i] as ProfiledPartition
    return { sport, month, profile: withAnomalies(profile, findAnomalies(slice, baselines.get(month), nowMs)) }
  })
}

export function merged(partitions: readonly ProfiledPartition[]): PartitionProfile {
  return mergeProfiles(partitions.map(({ profile }) => profile))
}

/** A baseline that knows nothing but what is given. */
export function baseline(known: Partial<Baseline> = {}): Baseline {
  const nothing = { straight: undefined, combined: undefined }
  return { price: nothing, clv: undefined, stake: undefined, payoutResidual: nothing, logPayout: nothing, ...known }
}
