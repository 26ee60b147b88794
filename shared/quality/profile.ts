import * as z from 'zod'
import {
  ANOMALY_TYPES,
  type AnomalyType,
  type Detection,
  SEVERITIES,
  type Severity,
  unexaminedSchema,
} from './anomaly.ts'
import { type BetGroup, betGroupSchema, createGroup, mergeGroups } from './bet-group.ts'
import { distributionSchema, mergeDistributions } from './distribution.ts'
import { mergeMoments, momentsSchema } from './moments.ts'
import { mergeNameCounts, nameCountsSchema } from './name-counts.ts'

const count = z.int().min(0)
const sampleSchema = z.object({ moments: momentsSchema, distribution: distributionSchema })

/** Findings of one type and severity. */
const anomalyGroupSchema = betGroupSchema.extend({ type: z.enum(ANOMALY_TYPES), severity: z.enum(SEVERITIES) })

export type AnomalyGroup = z.infer<typeof anomalyGroupSchema>

/**
 * What is kept of a partition's bets for judging them: profiles of disjoint partitions merge to the profile of their
 * union, so a ledger is judged by reading only the partitions that changed.
 *
 * Straight and combined bets are kept apart wherever prices matter, since their scales differ.
 */
export const partitionProfileSchema = z.object({
  format: z.literal('closeline-profile/1'),
  rows: count,
  settled: count,
  /** Won or lost outright; `won` counts among these. */
  decisive: count,
  won: count,
  missing: z.object({ sport: betGroupSchema, market: betGroupSchema, price: betGroupSchema }),
  newestPlacedAtMs: z.number().nullable(),
  /** The newest placement that was not in the future when the profile was made. */
  newestPastPlacedAtMs: z.number().nullable(),
  newestUpdatedAtMs: z.number().nullable(),
  sports: nameCountsSchema,
  books: nameCountsSchema,
  /** Decimal odds. */
  lowestPrice: z.number().nullable(),
  highestPrice: z.number().nullable(),
  /** −ln(d − 1) of the decimal odds d. */
  logOdds: z.object({ straight: sampleSchema, combined: sampleSchema }),
  /** Closing line value, a fraction. */
  clv: momentsSchema,
  /** ln of the stake in minor units, free bets and stakes of nothing left out. */
  logStake: sampleSchema,
  /** (recorded − ruled return) / d. */
  payoutResidual: z.object({ straight: momentsSchema, combined: momentsSchema }),
  /** ln(1 + recorded return) of winners. */
  logPayout: z.object({ straight: momentsSchema, combined: momentsSchema }),
  /** Rows that the search for anomalies has seen: 0 until it was made. */
  examined: count,
  anomalies: z.array(anomalyGroupSchema),
  unexamined: unexaminedSchema,
})

export type PartitionProfile = z.infer<typeof partitionProfileSchema>
export type Sample = PartitionProfile['logStake']

/** A partition of the lake and its profile. */
export interface ProfiledPartition {
  sport: string | null
  /** `YYYY-MM`, UTC. */
  month: string
  profile: PartitionProfile
}

/**
 * Bin widths, in units of ln. A quantile is off by at most half of one: the price's profit d − 1 by 1 % for straight bets
 * and 2.5 % for combined ones, a stake by 2.5 %.
 */
export const BIN_WIDTHS = { straightLogOdds: 0.02, combinedLogOdds: 0.05, logStake: 0.05 } as const

/** The profile of no bets; merging it changes nothing. */
export function emptyProfile(): PartitionProfile {
  return mergeProfiles([])
}

/** The profile of all bets of disjoint partitions: counts and quantiles exactly, moments but for rounding. */
export function mergeProfiles(profiles: readonly PartitionProfile[]): PartitionProfile {
  const all = <T>(of: (profile: PartitionProfile) => T): T[] => profiles.map(of)
  const sum = (of: (profile: PartitionProfile) => number) => profiles.reduce((total, profile) => total + of(profile), 0)
  const group = (of: (profile: PartitionProfile) => BetGroup) => mergeGroups(all(of))
  return {
    format: 'closeline-profile/1',
    rows: sum((p) => p.rows),
    settled: sum((p) => p.settled),
    decisive: sum((p) => p.decisive),
    won: sum((p) => p.won),
    missing: {
      sport: group((p) => p.missing.sport),
      market: group((p) => p.missing.market),
      price: group((p) => p.missing.price),
    },
    newestPlacedAtMs: greatest(all((p) => p.newestPlacedAtMs)),
    newestPastPlacedAtMs: greatest(all((p) => p.newestPastPlacedAtMs)),
    newestUpdatedAtMs: greatest(all((p) => p.newestUpdatedAtMs)),
    sports: mergeNameCounts(all((p) => p.sports)),
    books: mergeNameCounts(all((p) => p.books)),
    lowestPrice: least(all((p) => p.lowestPrice)),
    highestPrice: greatest(all((p) => p.highestPrice)),
    ...mergeFigures(profiles),
    examined: sum((p) => p.examined),
    anomalies: mergeAnomalies(profiles.flatMap((p) => p.anomalies)),
    unexamined: {
      odds_outlier: sum((p) => p.unexamined.odds_outlier),
      clv_outlier: sum((p) => p.unexamined.clv_outlier),
      amount_outlier: sum((p) => p.unexamined.amount_outlier),
      roi_outlier: sum((p) => p.unexamined.roi_outlier),
    },
  }
}

/** A profile with what the search for anomalies found among its bets, in place of what an earlier search found. */
export function withAnomalies(profile: PartitionProfile, detection: Detection): PartitionProfile {
  const groups = new Map<string, { type: AnomalyType; severity: Severity; found: ReturnType<typeof createGroup> }>()
  for (const { type, severity, recordId, book } of detection.anomalies) {
    const key = `${type} ${severity}`
    const group = groups.get(key) ?? { type, severity, found: createGroup() }
    groups.set(key, group)
    group.found.add(recordId, book)
  }
  const anomalies = [...groups.values()].map(({ type, severity, found }) => ({ type, severity, ...found.group() }))
  const { examined, unexamined } = detection
  return { ...profile, examined, unexamined, anomalies: mergeAnomalies(anomalies) }
}

type Figures = Pick<PartitionProfile, 'logOdds' | 'clv' | 'logStake' | 'payoutResidual' | 'logPayout'>

function mergeFigures(profiles: readonly PartitionProfile[]): Figures {
  const moments = (of: (profile: PartitionProfile) => Sample['moments']) => mergeMoments(profiles.map(of))
  const sample = (width: number, of: (profile: PartitionProfile) => Sample) => mergeSamples(width, profiles.map(of))
  return {
    logOdds: {
      straight: sample(BIN_WIDTHS.straightLogOdds, (p) => p.logOdds.straight),
      combined: sample(BIN_WIDTHS.combinedLogOdds, (p) => p.logOdds.combined),
    },
    clv: moments((p) => p.clv),
    logStake: sample(BIN_WIDTHS.logStake, (p) => p.logStake),
    payoutResidual: {
      straight: moments((p) => p.payoutResidual.straight),
      combined: moments((p) => p.payoutResidual.combined),
    },
    logPayout: { straight: moments((p) => p.logPayout.straight), combined: moments((p) => p.logPayout.combined) },
  }
}

function mergeSamples(width: number, samples: readonly Sample[]): Sample {
  return {
    moments: mergeMoments(samples.map(({ moments }) => moments)),
    distribution: mergeDistributions(
      width,
      samples.map(({ distribution }) => distribution),
    ),
  }
}

/** One group for each type and severity there is, in the order of both lists. */
export function mergeAnomalies(groups: readonly AnomalyGroup[]): AnomalyGroup[] {
  return ANOMALY_TYPES.flatMap((type) =>
    SEVERITIES.flatMap((severity) => {
      const alike = groups.filter((group) => group.type === type && group.severity === severity)
      return alike.length === 0 ? [] : [{ type, severity, ...mergeGroups(alike) }]
    }),
  )
}

function greatest(values: readonly (number | null)[]): number | null {
  return values.reduce((most, value) => (most === null || (value !== null && value > most) ? value : most), null)
}

function least(values: readonly (number | null)[]): number | null {
  return values.reduce(
    (fewest, value) => (fewest === null || (value !== null && value < fewest) ? value : fewest),
    null,
  )
}
