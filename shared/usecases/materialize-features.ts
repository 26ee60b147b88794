import type { Bet } from '../bets/bet.ts'
import { FEATURE_NAMES, featuresHash } from '../features/registry.ts'
import type { Replay } from '../features/replay.ts'
import { replayLedger } from '../features/replay.ts'
import { toSnapshot } from '../features/snapshot.ts'
import { putJson } from '../kernel/json-object.ts'
import type { ObjectStore, Progress } from '../kernel/ports.ts'
import type { LakeFile } from '../lake/file.ts'
import { summariseLedger } from '../performance/snapshot.ts'
import type { LedgerIdentity } from './ledger-identity.ts'

/** Where the functions that answer requests find what the pipeline left for them. */
export const FEATURE_SNAPSHOT_KEY = 'online/features.json'
export const PERFORMANCE_SNAPSHOT_KEY = 'online/performance.json'

/** The features of every bet, as one file of a run. */
export interface FeatureRows {
  runId: string
  /** The ledger in order of placement, each id once. */
  bets: readonly Bet[]
  names: readonly string[]
  /** `columns[f][r]` is feature f of bet r, as it was at its placement. */
  columns: readonly Float32Array[]
}

/** Writes the features layer. */
export interface FeatureWriter {
  write(rows: FeatureRows): Promise<LakeFile>
}

/**
 * Turns the bets of the processed layer into what training and serving read: the features of every bet as they were at
 * its placement, and the two online snapshots.
 *
 * @param runId  the run whose state the bets were read from
 */
export async function materializeFeatures(
  deps: { objects: ObjectStore; features: FeatureWriter; progress: Progress },
  ledger: readonly Bet[],
  identity: LedgerIdentity,
  runId: string,
): Promise<{ replay: Replay; file: LakeFile }> {
  const task = deps.progress.start('Features and snapshots', 4)
  const replay = replayLedger(ledger)
  task.advance(1)
  const rows = { runId, bets: replay.bets, names: FEATURE_NAMES, columns: replay.columns }
  const file = await deps.features.write(rows)
  task.advance(2)
  const snapshot = toSnapshot(replay.history, { ...identity, featuresHash: await featuresHash() })
  await putJson(deps.objects, FEATURE_SNAPSHOT_KEY, snapshot)
  task.advance(3)
  await putJson(deps.objects, PERFORMANCE_SNAPSHOT_KEY, summariseLedger(ledger, identity))
  task.finish(`${ledger.length} bets`)
  return { replay, file }
}
