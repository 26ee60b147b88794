import type { LakeState } from '../lake/state.ts'
import { profileOf } from '../lake/state.ts'
import type { RunManifest } from '../lineage/run.ts'
import type { AnomalyType, Severity } from '../quality/anomaly.ts'
import { ANOMALY_TYPES, SEVERITIES } from '../quality/anomaly.ts'
import type { QualityReport } from '../quality/gate.ts'
import type { PartitionProfile } from '../quality/profile.ts'
import type { MergeCounts } from './lake-ports.ts'
import type { ReadReport } from './read-changes.ts'
import type { RunSoFar } from './run-context.ts'

/** What one run did, in figures. */
export interface PipelineReport {
  runId: string
  sequence: number
  trigger: string
  mode: string
  sport: string | null
  verdict: RunManifest['verdict']
  durationMs: number
  /** Attempts it took; more than one where the source failed or another run published first. */
  attempts: number
  /** The killed run whose raw files it went on from. */
  resumedFrom: string | null
  read: ReadReport
  counts: MergeCounts
  refusedByReason: Record<string, number>
  /** Bets in the lake now. */
  bets: number
  partitions: number
  partitionsWritten: number
  /** Bytes of all files that make up the state, and of those that the run wrote. */
  bytes: number
  bytesWritten: number
  anomalies: { bySeverity: Record<Severity, number>; byType: Record<AnomalyType, number> }
  quality: QualityReport
  /** Sound records among those read, 0 to 1; null where none was read. */
  schemaPassRate: number | null
  /** Share of sport, market and price that the bets have, 0 to 1; null without bets. */
  completeness: number | null
  /** Hours since any bet changed; null without bets. */
  hoursSinceChange: number | null
  /** Records let out of quarantine, since a full run understood them. */
  released: number
  /** Objects removed because no state that is kept needs them. */
  pruned: number
  /** Letters that could not be delivered yet. */
  undelivered: number
}

type Concluded = RunSoFar & {
  state: LakeState
  quality: QualityReport
  manifest: RunManifest
  undelivered: number
  released: number
  pruned: number
  nowMs: number
}

export function reportRun(run: Concluded): PipelineReport {
  const { state, merged, manifest, judged, collected } = run
  const profile = profileOf(state)
  const { received, refused } = merged.counts
  const newKeys = manifest.keys.reduce((sum, { bytes }) => sum + bytes, 0)
  const newPartitions = judged.written.reduce((sum, { file }) => sum + (file?.bytes ?? 0), 0)
  const newRaw = collected.raw.reduce((sum, { bytes }) => sum + bytes, 0)
  return {
    runId: run.runId,
    sequence: state.sequence,
    trigger: run.command.trigger,
    mode: run.command.mode,
    sport: run.command.sport,
    verdict: manifest.verdict,
    durationMs: Math.max(0, run.nowMs - run.startedAtMs),
    attempts: run.attempt,
    resumedFrom: collected.resumedFrom,
    read: collected.read,
    counts: merged.counts,
    refusedByReason: collected.refused,
    bets: profile.rows,
    partitions: state.partitions.length,
    partitionsWritten: judged.written.length,
    bytes: bytesOf(state),
    bytesWritten: newKeys + newPartitions + newRaw,
    anomalies: countAnomalies(profile),
    quality: run.quality,
    schemaPassRate: received === 0 ? null : 1 - refused / received,
    completeness: completenessOf(profile),
    hoursSinceChange: hoursSinceChange(profile, run.nowMs),
    released: run.released,
    pruned: run.pruned,
    undelivered: run.undelivered,
  }
}

/** Bytes of a state's Parquet. */
export function bytesOf({ partitions, keys }: LakeState): number {
  return partitions.reduce((sum, { file }) => sum + file.bytes, 0) + keys.reduce((sum, { bytes }) => sum + bytes, 0)
}

export function countAnomalies({ anomalies }: PartitionProfile): PipelineReport['anomalies'] {
  const bySeverity = Object.fromEntries(SEVERITIES.map((severity) => [severity, 0])) as Record<Severity, number>
  const byType = Object.fromEntries(ANOMALY_TYPES.map((type) => [type, 0])) as Record<AnomalyType, number>
  for (const { type, severity, bets } of anomalies) {
    bySeverity[severity] += bets
    byType[type] += bets
  }
  return { bySeverity, byType }
}

function completenessOf({ rows, missing }: PartitionProfile): number | null {
  const blanks = missing.sport.bets + missing.market.bets + missing.price.bets
  return rows === 0 ? null : 1 - blanks / (3 * rows)
}

const HOUR_MS = 3_600_000

export function hoursSinceChange({ newestUpdatedAtMs }: PartitionProfile, nowMs: number): number | null {
  return newestUpdatedAtMs === null ? null : Math.max(0, nowMs - newestUpdatedAtMs) / HOUR_MS
}
