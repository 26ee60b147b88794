import { type AnomalyType, SEVERITIES, type Severity } from './anomaly.ts'
import { type BetGroup, mergeGroups } from './bet-group.ts'
import type { QualityReport } from './gate.ts'
import { compareNames, mergeNameCounts, type NameCounts } from './name-counts.ts'
import { mergeAnomalies, type PartitionProfile, type ProfiledPartition } from './profile.ts'
import type { ThresholdName } from './thresholds.ts'

/** How many names a ranking lists. */
const MOST_LISTED = 8

/** Where bets with a problem are, most first. */
export interface Ranking {
  /** `of` is how many bets there are under that name, with and without the problem; `share` = bets / of. */
  top: { name: string | null; bets: number; of: number; share: number }[]
  /** Further names that are not listed, and the bets with the problem under them. */
  more: { names: number; bets: number }
}

/** What is wrong with some bets. */
export type Problem = { missing: 'sport' | 'market' | 'price' } | { type: AnomalyType; severity: Severity }

/** The bets that have a problem: how many, and where to look. */
export interface Affected {
  problem: Problem
  /** The failed check that the problem counts against; null where it fails none. */
  check: ThresholdName | null
  bets: number
  /** Of all bets. */
  share: number
  months: Ranking
  sports: Ranking
  books: Ranking
  /** Ids of some of them. */
  examples: string[]
}

const NULL_CHECKS = { max_null_sport_pct: 'sport', max_null_market_pct: 'market', max_null_odds_pct: 'price' } as const

/**
 * Where the problems of a ledger are: the missing fields whose check failed, then the anomalies, worst first, and those
 * of equal severity by number.
 *
 * @param partitions  all partitions of the ledger that the report judges
 */
export function findAffected(report: QualityReport, partitions: readonly ProfiledPartition[]): Affected[] {
  const failed = new Set(report.checks.filter(({ passed }) => !passed).map(({ name }) => name))
  const missing = Object.entries(NULL_CHECKS).flatMap(([name, field]) => {
    const check = name as keyof typeof NULL_CHECKS
    if (!failed.has(check)) return []
    return [affected({ missing: field }, check, partitions, ({ profile }) => profile.missing[field])]
  })
  const anomalies = mergeAnomalies(partitions.flatMap(({ profile }) => profile.anomalies))
    .sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || b.bets - a.bets)
    .map(({ type, severity }) => {
      const check = checkOf(severity)
      const failedCheck = check !== null && failed.has(check) ? check : null
      return affected({ type, severity }, failedCheck, partitions, ({ profile }) =>
        anomalyGroup(profile, type, severity),
      )
    })
  // An empty ledger fails its null checks without a bet to blame.
  return [...missing, ...anomalies].filter(({ bets }) => bets > 0)
}

function checkOf(severity: Severity): ThresholdName | null {
  return severity === 'critical' ? 'max_critical_anomalies' : severity === 'high' ? 'max_high_anomalies_pct' : null
}

function anomalyGroup({ anomalies }: PartitionProfile, type: AnomalyType, severity: Severity): BetGroup {
  return anomalies.find((group) => group.type === type && group.severity === severity) ?? mergeGroups([])
}

function affected(
  problem: Problem,
  check: ThresholdName | null,
  partitions: readonly ProfiledPartition[],
  groupOf: (partition: ProfiledPartition) => BetGroup,
): Affected {
  const whole = mergeGroups(partitions.map(groupOf))
  const rows = partitions.reduce((sum, { profile }) => sum + profile.rows, 0)
  const ranked = (nameOf: (partition: ProfiledPartition) => string | null) => {
    const counted = (of: (partition: ProfiledPartition) => number) =>
      mergeNameCounts(partitions.map((partition): NameCounts => [[nameOf(partition), of(partition)]]))
    return rank(
      counted((partition) => groupOf(partition).bets),
      counted(({ profile }) => profile.rows),
    )
  }
  const books = rank(whole.books, mergeNameCounts(partitions.map(({ profile }) => profile.books)))
  return {
    problem,
    check,
    bets: whole.bets,
    share: rows === 0 ? 0 : whole.bets / rows,
    months: ranked(({ month }) => month),
    sports: ranked(({ sport }) => sport),
    books,
    examples: whole.examples,
  }
}

function rank(counts: NameCounts, totals: NameCounts): Ranking {
  const of = new Map(totals)
  const all = [...counts].sort(([nameA, a], [nameB, b]) => b - a || compareNames(nameA, nameB))
  const rest = all.slice(MOST_LISTED)
  return {
    top: all.slice(0, MOST_LISTED).map(([name, bets]) => {
      const total = of.get(name) ?? bets
      return { name, bets, of: total, share: bets / total }
    }),
    more: { names: rest.length, bets: rest.reduce((sum, [, bets]) => sum + bets, 0) },
  }
}
