import type { ObjectStore } from '../kernel/ports.ts'
import { STATES_PREFIX, stateKey } from './layout.ts'
import type { LakeState } from './state.ts'
import { readState } from './state.ts'

/** States kept, the current one among them: a reader of an old one has that many runs to finish. */
export const KEPT_STATES = 10

/**
 * Removes states older than the last {@link KEPT_STATES} and the files that only they used.
 *
 * A file that a state dropped never comes back, so what the oldest state kept does not name, none after it names. Raw
 * files and manifests are never removed: they are what cannot be made again.
 *
 * @returns keys removed
 */
export async function pruneStates(objects: ObjectStore, current: LakeState): Promise<string[]> {
  const oldestKept = current.sequence - KEPT_STATES + 1
  const outdated = (await objects.list(STATES_PREFIX)).filter((key) => key < stateKey(oldestKept))
  if (outdated.length === 0) return []
  const kept = new Set(filesOf((await readState(objects, oldestKept)) ?? current))
  const removed: string[] = []
  for (const key of outdated) {
    const old = await readState(objects, sequenceOf(key))
    const keys = old === undefined ? [] : filesOf(old).filter((file) => !kept.has(file))
    await objects.remove(keys)
    // The state goes last and the oldest first: after a crash, what is left is still told by the states left.
    await objects.remove([key])
    removed.push(...keys, key)
  }
  return removed
}

function sequenceOf(key: string): number {
  return Number(key.slice(STATES_PREFIX.length, -'.json'.length))
}

/** Every file that makes up a state. */
export function filesOf({ partitions, keys }: LakeState): string[] {
  const ofPartitions = partitions.flatMap(({ file, findings }) =>
    findings === null ? [file.key] : [file.key, findings],
  )
  return [...new Set([...ofPartitions, ...keys.map(({ key }) => key)])]
}
