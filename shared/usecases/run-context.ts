import type { Logger, Metrics } from '../kernel/ports.ts'
import type { LakeState } from '../lake/state.ts'
import type { StepLog } from '../lineage/steps.ts'
import type { Thresholds } from '../quality/thresholds.ts'
import type { CollectDeps, Collected } from './collect-versions.ts'
import type { EventPublisher } from './event-ports.ts'
import type { JudgedPartitions } from './judge-partitions.ts'
import type { Merged } from './lake-ports.ts'
import type { RunMode } from './plan-read.ts'
import type { OutboxDeps } from './run-outbox.ts'

export interface PipelineDeps extends CollectDeps, OutboxDeps {
  events: EventPublisher
  metrics: Metrics
  logger: Logger
  newId: () => string
  codeVersion: string
}

export interface PipelineCommand {
  /** Who or what asked for the run. */
  trigger: string
  mode: RunMode
  /** One sport alone, or null for all. */
  sport: string | null
  thresholds: Thresholds
  /** For a reconcile: missing bets that the caller expects at most. */
  allowedDeletions?: number | undefined
}

/** Everything known of a run when it is about to be published. */
export interface RunSoFar {
  runId: string
  command: PipelineCommand
  before: LakeState | undefined
  collected: Collected
  merged: Merged
  judged: JudgedPartitions
  log: StepLog
  startedAtMs: number
  attempt: number
}
