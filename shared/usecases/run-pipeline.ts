import type { Bet } from '../bets/bet.ts'
import { FEATURE_NAMES, featuresHash } from '../features/registry.ts'
import type { Replay } from '../features/replay.ts'
import { replayLedger } from '../features/replay.ts'
import { toSnapshot } from '../features/snapshot.ts'
import { putJson } from '../kernel/json-object.ts'
import type { Clock, ObjectStore, Progress } from '../kernel/ports.ts'
import { summariseLedger } from '../performance/snapshot.ts'
import type { QualityReport } from '../quality/report.ts'
import { assessQuality } from '../quality/report.ts'
import type { LedgerIdentity } from './ledger-identity.ts'

/** Where the functions that answer requests find what the pipeline left for them. */
export const FEATURE_SNAPSHOT_KEY = 'online/features.json'
export const PERFORMANCE_SNAPSHOT_KEY = 'online/performance.json'

/** What the three layers of one run are written from. */
export interface LakeRun {
  runId: string
  /** The ledger in order of placement, each id once. */
  bets: readonly Bet[]
  featureNames: readonly string[]
  /** `featureColumns[f][r]` is feature f of bet r, as it was at its placement. */
  featureColumns: readonly Float32Array[]
}

/** One file of the lake. */
export interface LakeFile {
  key: string
  bytes: number
}

/** Writes the layers of a run as Parquet and publishes them as a whole. */
export interface LakeWriter {
  write(run: LakeRun): Promise<LakeFile[]>
}

export interface PipelineDeps {
  objects: ObjectStore
  lake: LakeWriter
  clock: Clock
  progress: Progress
  newId: () => string
}

export interface PipelineReport {
  runId: string
  quality: QualityReport
  files: LakeFile[]
  replay: Replay
}

/**
 * Turns the ledger into what training and serving read: Parquet layers in the lake, the features of every bet as they
 * were at its placement, and the two online snapshots.
 */
export async function runPipeline(
  deps: PipelineDeps,
  ledger: readonly Bet[],
  identity: LedgerIdentity,
): Promise<PipelineReport> {
  const quality = assessQuality(ledger, deps.clock())
  const task = deps.progress.start('Features, Parquet, snapshots', 4)
  const replay = replayLedger(ledger)
  task.advance(1)
  const runId = deps.newId()
  const files = await deps.lake.write({
    runId,
    bets: replay.bets,
    featureNames: FEATURE_NAMES,
    featureColumns: replay.columns,
  })
  task.advance(2)
  const snapshot = toSnapshot(replay.history, { ...identity, featuresHash: await featuresHash() })
  await putJson(deps.objects, FEATURE_SNAPSHOT_KEY, snapshot)
  task.advance(3)
  await putJson(deps.objects, PERFORMANCE_SNAPSHOT_KEY, summariseLedger(ledger, identity))
  task.finish(`${files.length} Parquet files`)
  return { runId, quality, files, replay }
}
