import { quantile } from './distribution.ts'
import { type Moments, standardDeviation } from './moments.ts'
import { mergeProfiles, type PartitionProfile, type ProfiledPartition, type Sample } from './profile.ts'

/** Fewer values than this say nothing about what is usual. */
const LEAST_VALUES = 30

/** Interquartile ranges beyond the quartiles at which a price is extreme: the design's `iqr_multiplier`. */
export const FENCE_IQRS = 2.5

/** Interquartile range of a normal distribution, in standard deviations: Φ⁻¹(0.75) − Φ⁻¹(0.25). */
const NORMAL_IQR = 1.3489795003921634

/**
 * The least standard deviation of a payout's residual, as a share of the payout. At four deviations it lets 1 % pass: a
 * price in whole American points is off by up to 0.005 per unit staked, and a payout in whole cents for a stake of 1.00
 * by as much again.
 */
export const LEAST_PAYOUT_SD = 0.0025

/** What is usual for one quantity. */
export interface Spread {
  mean: number
  /** > 0. */
  sd: number
}

/** What was usual before the bets under test were placed. Undefined where too little, or only one value, is known. */
export interface Baseline {
  /** Log-odds of the price, −ln(d − 1). */
  price: Record<'straight' | 'combined', (Spread & { fences: readonly [number, number] }) | undefined>
  /** A fraction. */
  clv: Spread | undefined
  /** ln of the stake in minor units; `p99` is not below the 99th percentile. */
  stake: (Spread & { p99: number }) | undefined
  /** (recorded − ruled return) / d. */
  payoutResidual: Record<'straight' | 'combined', Spread | undefined>
  /** ln(1 + recorded return) of winners. */
  logPayout: Record<'straight' | 'combined', Spread | undefined>
}

/** The baseline that a profile of history gives. It must hold no bet that is tested against it. */
export function baselineOf(history: PartitionProfile): Baseline {
  const { logOdds, payoutResidual, logPayout } = history
  return {
    price: { straight: priceBaseline(logOdds.straight), combined: priceBaseline(logOdds.combined) },
    clv: spreadOf(history.clv),
    stake: stakeBaseline(history.logStake),
    payoutResidual: {
      straight: spreadOf(payoutResidual.straight, LEAST_PAYOUT_SD),
      combined: spreadOf(payoutResidual.combined, LEAST_PAYOUT_SD),
    },
    logPayout: {
      straight: spreadOf(logPayout.straight, LEAST_PAYOUT_SD),
      combined: spreadOf(logPayout.combined, LEAST_PAYOUT_SD),
    },
  }
}

/** For each month that has a partition, the baseline of all partitions of earlier months. */
export function baselinesByMonth(partitions: readonly ProfiledPartition[]): Map<string, Baseline> {
  const baselines = new Map<string, Baseline>()
  const months = [...new Set(partitions.map(({ month }) => month))].sort()
  let history = mergeProfiles([])
  for (const month of months) {
    baselines.set(month, baselineOf(history))
    const added = partitions.filter((partition) => partition.month === month).map(({ profile }) => profile)
    history = mergeProfiles([history, ...added])
  }
  return baselines
}

function spreadOf(moments: Moments, leastSd = 0): Spread | undefined {
  if (moments.n < LEAST_VALUES) return undefined
  const { mean } = moments
  const sd = Math.max(leastSd, standardDeviation(moments))
  // Equal values that were rounded differently on their way are still one value.
  return sd > 1e-9 * (1 + Math.abs(mean)) ? { mean, sd } : undefined
}

function priceBaseline({ moments, distribution }: Sample): Baseline['price']['straight'] {
  const spread = spreadOf(moments)
  if (spread === undefined) return undefined
  const q1 = quantile(distribution, 0.25)
  const q3 = quantile(distribution, 0.75)
  // Most straight bets stand at one price, −110: their quartiles nearly meet, and honest prices would lie outside.
  const range = Math.max(q3 - q1, NORMAL_IQR * spread.sd)
  return { ...spread, fences: [q1 - FENCE_IQRS * range, q3 + FENCE_IQRS * range] }
}

function stakeBaseline({ moments, distribution }: Sample): Baseline['stake'] {
  const spread = spreadOf(moments)
  if (spread === undefined) return undefined
  // The bin's upper end: a stake that equals the percentile is not above it.
  return { ...spread, p99: quantile(distribution, 0.99) + distribution.width / 2 }
}
