import type { FeatureSnapshot, StoredState } from '../features/snapshot.ts'
import { decodeSnapshot } from '../features/snapshot.ts'
import { createFeatureState } from '../features/state.ts'
import { DomainError } from '../kernel/errors.ts'
import { parseObject } from '../kernel/json-object.ts'
import type { ObjectStore, TaggedReader } from '../kernel/ports.ts'
import type { FeatureLayerState } from '../lake/feature-layer.ts'
import { FEATURE_LAYER_KEY, featureLayerSchema, findFeatureLayer } from '../lake/feature-layer.ts'
import type { LakeFile } from '../lake/file.ts'

/** What serving asks: the state after the last bet; undefined where no features have been made. */
export async function readOnlineFeatures({ objects }: { objects: ObjectStore }): Promise<FeatureSnapshot | undefined> {
  const layer = await findFeatureLayer(objects)
  return layer === undefined ? undefined : readSnapshot(objects, layer)
}

/** Undefined where what is read is damaged: it can be made anew. */
export async function unlessDamaged<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (thrown) {
    if (thrown instanceof DomainError) return undefined
    throw thrown
  }
}

/** The state that a features layer ends with. @throws {DomainError} `corrupt_object` */
export async function readSnapshot(objects: ObjectStore, layer: FeatureLayerState): Promise<FeatureSnapshot> {
  return snapshotOf(layer, await readLastState(objects, layer))
}

/** A stored state. @throws {DomainError} `corrupt_object` where it is missing or not as it was written */
export async function readState(objects: ObjectStore, file: LakeFile): Promise<StoredState> {
  const body = await objects.get(file.key)
  if (body === undefined) throw new DomainError('corrupt_object', `${file.key} is missing`)
  return decodeSnapshot(body, file.key)
}

/** The state after the last month; that of a ledger without bets is no file. */
async function readLastState(objects: ObjectStore, { months, layerHash }: FeatureLayerState): Promise<StoredState> {
  const last = months.at(-1)
  if (last === undefined) return { layerHash, state: createFeatureState() }
  if (last.state !== null) return readState(objects, last.state)
  throw new DomainError('corrupt_object', `${FEATURE_LAYER_KEY} has no state`)
}

function snapshotOf({ ledgerSha256, origin, lookedAt }: FeatureLayerState, stored: StoredState): FeatureSnapshot {
  return { ...stored, ledgerSha256, origin, lookedAtMs: Date.parse(lookedAt) }
}

/** The newest snapshot, kept in memory. */
export interface SnapshotReader {
  /**
   * Looks whether there is a newer one; what has not changed is not sent again.
   *
   * @throws {DomainError} `no_snapshot` where no features have been made, `corrupt_object`
   */
  look(): Promise<FeatureSnapshot>
}

export function createSnapshotReader(objects: ObjectStore & TaggedReader): SnapshotReader {
  let known: { tag: string; layer: FeatureLayerState; snapshot: FeatureSnapshot } | undefined
  return {
    async look() {
      const read = await objects.getTagged(FEATURE_LAYER_KEY, known?.tag)
      if (read === 'unchanged' && known !== undefined) return known.snapshot
      if (read === undefined || read === 'unchanged') {
        throw new DomainError('no_snapshot', 'no feature snapshot has been made yet')
      }
      const layer = parseObject(read.body, FEATURE_LAYER_KEY, featureLayerSchema)
      // Where only the look at the ledger is new, the state in memory is the same.
      const isSame =
        known !== undefined && known.layer.months.at(-1)?.state?.sha256 === layer.months.at(-1)?.state?.sha256
      const stored = isSame && known !== undefined ? known.snapshot : await readLastState(objects, layer)
      known = { tag: read.tag, layer, snapshot: snapshotOf(layer, stored) }
      return known.snapshot
    },
  }
}
