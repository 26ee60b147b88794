import type { DomainEvent } from '../config/events.ts'
import { MAX_EXAMPLES } from '../config/events.ts'
import type { RunManifest } from '../lineage/run.ts'
import type { QualityReport } from '../quality/gate.ts'
import type { PartitionProfile } from '../quality/profile.ts'
import { countAnomalies, hoursSinceChange } from './pipeline-report.ts'
import type { RunSoFar } from './run-context.ts'

/** Critical anomalies that nobody need be told of at once. */
const TOLERATED_CRITICAL = 10

/**
 * Hours without a change after which it is worth knowing, and after which somebody should look whether the source still
 * lives; a run tells of the longest that is over.
 */
const STALE_AFTER_HOURS = [24, 48] as const

/** What a run has to tell once it is published. */
export function eventsOf(
  outcome: { run: RunSoFar; quality: QualityReport; manifest: RunManifest; profile: PartitionProfile },
  nowMs: number,
): DomainEvent[] {
  const { run, quality, manifest, profile } = outcome
  const { runId, sequence, trigger } = manifest
  const at = new Date(nowMs).toISOString()
  const { inserted, updated, deleted, refused } = run.merged.counts
  const events: DomainEvent[] = [
    {
      type: 'PipelineCompleted',
      at,
      runId,
      trigger,
      sequence,
      bets: profile.rows,
      changed: inserted + updated + deleted,
      quarantined: refused,
      durationMs: manifest.durationMs,
      passedGate: quality.passed,
    },
  ]
  if (!quality.passed) {
    const failed = quality.checks.filter(({ passed }) => !passed)
    events.push({ type: 'QualityGateFailed', at, runId, bets: profile.rows, failed: failed.map(failureOf) })
  }
  const { critical } = countAnomalies(profile).bySeverity
  const found = run.judged.findings.filter(({ severity }) => severity === 'critical')
  // Told when some come in, not again by every run after.
  if (critical > TOLERATED_CRITICAL && found.length > 0) {
    const examples = found.slice(0, MAX_EXAMPLES).map(({ recordId, type, sentence }) => ({ recordId, type, sentence }))
    events.push({ type: 'CriticalAnomalies', at, runId, critical, examples })
  }
  const hours = hoursSinceChange(profile, nowMs)
  const thresholdHours = STALE_AFTER_HOURS.findLast((threshold) => hours !== null && hours > threshold)
  if (hours !== null && thresholdHours !== undefined && profile.newestUpdatedAtMs !== null) {
    const lastChangeAt = new Date(profile.newestUpdatedAtMs).toISOString()
    events.push({ type: 'DataStale', at, hoursSinceLastChange: hours, lastChangeAt, thresholdHours })
  }
  return events
}

function failureOf({ name, value, low, high }: QualityReport['checks'][number]) {
  return { name, value, low, high }
}

/** That a source could not be read, after all attempts. */
export function syncFailed(source: string, attempts: number, reason: string, nowMs: number): DomainEvent {
  return { type: 'SyncFailed', at: new Date(nowMs).toISOString(), source, attempts, reason }
}
