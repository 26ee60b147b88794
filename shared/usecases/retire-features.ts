import type { ObjectStore } from '../kernel/ports.ts'
import type { FeatureLayerState } from '../lake/feature-layer.ts'
import { featureFilesOf, partsOf } from '../lake/feature-layer.ts'

/** Replaced files stay this long, for those who have them open. */
const GRACE_MS = 24 * 3_600_000

type Retired = FeatureLayerState['retired']

/** Files that the layer before had and the new one has not, and those retired before, until their time is over. */
export function retired(before: FeatureLayerState | undefined, layer: FeatureLayerState, nowMs: number): Retired {
  if (before === undefined) return []
  const used = new Set(partsOf(layer))
  const at = new Date(nowMs).toISOString()
  const fresh = partsOf(before).filter((key) => !used.has(key))
  return [
    ...before.retired.filter((file) => nowMs - Date.parse(file.at) < GRACE_MS),
    ...fresh.map((key) => ({ key, at })),
  ]
}

/** Removes the files whose time is over, once a layer that does not know them any more has been published. */
export async function removeRetired(
  objects: ObjectStore,
  before: FeatureLayerState | undefined,
  published: FeatureLayerState,
): Promise<void> {
  const kept = new Set(featureFilesOf(published))
  await objects.remove((before?.retired ?? []).map(({ key }) => key).filter((key) => !kept.has(key)))
}
