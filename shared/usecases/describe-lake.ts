import type { LakeState } from '../lake/state.ts'
import { bytesOf } from './pipeline-report.ts'

/** One partition, or several of one sport, in figures. */
export interface PartitionStatistics {
  sport: string | null
  fromMonth: string
  toMonth: string
  partitions: number
  bets: number
  settled: number
  withoutPrice: number
  findings: number
  bytes: number
}

/** What the lake holds. */
export interface LakeDescription {
  sequence: number
  runId: string
  publishedAt: string
  bets: number
  bytes: number
  keyFiles: number
  /** Most bets first. */
  sports: PartitionStatistics[]
  /** Every partition with where its file stands, by month and sport. */
  partitions: (PartitionStatistics & { key: string })[]
}

export function describeLake(state: LakeState): LakeDescription {
  const partitions = state.partitions.map((partition) => ({ ...statisticsOf(partition), key: partition.file.key }))
  return {
    sequence: state.sequence,
    runId: state.runId,
    publishedAt: state.publishedAt,
    bets: partitions.reduce((sum, { bets }) => sum + bets, 0),
    bytes: bytesOf(state),
    keyFiles: state.keys.length,
    sports: bySport(partitions),
    partitions,
  }
}

function statisticsOf({ sport, month, file, profile }: LakeState['partitions'][number]): PartitionStatistics {
  return {
    sport,
    fromMonth: month,
    toMonth: month,
    partitions: 1,
    bets: profile.rows,
    settled: profile.settled,
    withoutPrice: profile.missing.price.bets,
    findings: profile.anomalies.reduce((sum, { bets }) => sum + bets, 0),
    bytes: file.bytes,
  }
}

function bySport(partitions: readonly PartitionStatistics[]): PartitionStatistics[] {
  const sums = new Map<string | null, PartitionStatistics>()
  for (const partition of partitions) {
    const sum = sums.get(partition.sport)
    sums.set(partition.sport, sum === undefined ? withoutKey(partition) : add(sum, partition))
  }
  return [...sums.values()].sort((a, b) => b.bets - a.bets || compareSports(a.sport, b.sport))
}

function withoutKey(partition: PartitionStatistics): PartitionStatistics {
  const { sport, fromMonth, toMonth, partitions, bets, settled, withoutPrice, findings, bytes } = partition
  return { sport, fromMonth, toMonth, partitions, bets, settled, withoutPrice, findings, bytes }
}

function add(a: PartitionStatistics, b: PartitionStatistics): PartitionStatistics {
  return {
    sport: a.sport,
    fromMonth: a.fromMonth < b.fromMonth ? a.fromMonth : b.fromMonth,
    toMonth: a.toMonth > b.toMonth ? a.toMonth : b.toMonth,
    partitions: a.partitions + b.partitions,
    bets: a.bets + b.bets,
    settled: a.settled + b.settled,
    withoutPrice: a.withoutPrice + b.withoutPrice,
    findings: a.findings + b.findings,
    bytes: a.bytes + b.bytes,
  }
}

function compareSports(a: string | null, b: string | null): number {
  return (a ?? '') < (b ?? '') ? -1 : 1
}
