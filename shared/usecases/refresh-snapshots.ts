import * as z from 'zod'
import type { Bet } from '../bets/bet.ts'
import { featuresHash } from '../features/registry.ts'
import type { Replay } from '../features/replay.ts'
import { sha256Hex } from '../kernel/digest.ts'
import { getJson, putJson } from '../kernel/json-object.ts'
import type { ObjectStore, Progress } from '../kernel/ports.ts'
import type { LakeState } from '../lake/state.ts'
import { findCurrentState } from '../lake/state.ts'
import type { LakeStore } from './lake-ports.ts'
import type { LedgerIdentity } from './ledger-identity.ts'
import { identifyLedger } from './ledger-identity.ts'
import type { FeatureWriter } from './materialize-features.ts'
import { materializeFeatures } from './materialize-features.ts'

/** Tells what the features and snapshots were made of; absent while they are being made. */
const ORIGIN_KEY = 'online/origin.json'

const originSchema = z.object({ processedSha256: z.string(), featuresHash: z.string() })

/** The ledger as the lake's newest state has it. */
export interface LakeLedger {
  bets: readonly Bet[]
  identity: LedgerIdentity
  /** The run that made the state; null where nothing was ever published. */
  runId: string | null
  /** Hash over the files of the processed layer. */
  processedSha256: string
}

/** Reads every bet of the processed layer. */
export async function readLedger(deps: { objects: ObjectStore; lake: LakeStore }): Promise<LakeLedger> {
  const state = await findCurrentState(deps.objects)
  const bets = state === undefined ? [] : await deps.lake.readBets(state.partitions.map(({ file }) => file))
  const identity = await identifyLedger(bets)
  return { bets, identity, runId: state?.runId ?? null, processedSha256: await hashProcessed(state) }
}

/** Makes features and both online snapshots of a ledger anew. */
export async function refreshSnapshots(
  deps: { objects: ObjectStore; features: FeatureWriter; progress: Progress },
  { bets, identity, runId, processedSha256 }: LakeLedger,
): Promise<Replay> {
  // A crash on the way leaves no sign that they are whole.
  await deps.objects.remove([ORIGIN_KEY])
  const { replay } = await materializeFeatures(deps, bets, identity, runId ?? 'none')
  await putJson(deps.objects, ORIGIN_KEY, { processedSha256, featuresHash: await featuresHash() })
  return replay
}

/**
 * Whether features and snapshots are of another processed layer than the newest state's, or were made by other software:
 * bets have changed, or the run that changed them was killed before it came to them.
 */
export async function areSnapshotsDue(objects: ObjectStore): Promise<boolean> {
  const state = await findCurrentState(objects)
  if (state === undefined) return false
  const origin = await getJson(objects, ORIGIN_KEY, originSchema)
  if (origin === undefined) return state.partitions.length > 0
  return origin.processedSha256 !== (await hashProcessed(state)) || origin.featuresHash !== (await featuresHash())
}

function hashProcessed(state: LakeState | undefined): Promise<string> {
  return sha256Hex((state?.partitions ?? []).map(({ file }) => file.sha256).join('\n'))
}
