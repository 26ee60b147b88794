import { fittingSet } from '../shared/features/feature-set.ts'
import { layerHash } from '../shared/features/registry.ts'
import { DomainError } from '../shared/kernel/errors.ts'
import { getJson } from '../shared/kernel/json-object.ts'
import { PERFORMANCE_SNAPSHOT_KEY, performanceSnapshotSchema } from '../shared/performance/snapshot.ts'
import { RECIPE_REVISION } from '../shared/recipe/recipe.ts'
import type { ModelManifest } from '../shared/registry/manifest.ts'
import type { LedgerIdentity } from '../shared/usecases/ledger-identity.ts'
import { readOnlineFeatures } from '../shared/usecases/online-features.ts'
import type { TrainingReport } from '../shared/usecases/train-model.ts'
import type { Workspace } from './workspace/workspace.ts'

/** The model in service, where it and both snapshots were made from exactly this ledger by this very software. */
export async function findReadyModel(
  workspace: Pick<Workspace, 'objects' | 'registry'>,
  { ledgerSha256 }: LedgerIdentity,
): Promise<TrainingReport | undefined> {
  const { objects, registry } = workspace
  try {
    const champion = await registry.alias('champion')
    if (champion === undefined) return undefined
    const { manifest } = await registry.load(champion.version)
    const learned = (await registry.list()).filter(
      ({ ledger, recipe }) => ledger.sha256 === ledgerSha256 && recipe.revision === RECIPE_REVISION,
    )
    const snapshot = await readOnlineFeatures({ objects })
    const record = await getJson(objects, PERFORMANCE_SNAPSHOT_KEY, performanceSnapshotSchema)
    const isCurrent =
      learned.length > 0 &&
      (await fittingSet(manifest.features)) !== undefined &&
      snapshot?.ledgerSha256 === ledgerSha256 &&
      snapshot.layerHash === (await layerHash()) &&
      record?.ledgerSha256 === ledgerSha256
    if (!isCurrent) return undefined
    const candidate = learned.find(({ verdict }) => verdict !== 'baseline')
    return { candidate: candidate ?? manifest, served: manifest, reason: champion.reason }
  } catch (thrown) {
    // Damaged files are made anew from the ledger, which is the only thing that cannot be made again.
    if (thrown instanceof DomainError) return undefined
    throw thrown
  }
}

/** The model in service, of whatever ledger, where this very software can go on serving it; undefined where none can. */
export async function findUsableModel({ registry }: Pick<Workspace, 'registry'>): Promise<ModelManifest | undefined> {
  try {
    const champion = await registry.alias('champion')
    if (champion === undefined) return undefined
    const { manifest } = await registry.load(champion.version)
    return (await fittingSet(manifest.features)) === undefined ? undefined : manifest
  } catch (thrown) {
    if (thrown instanceof DomainError) return undefined
    throw thrown
  }
}
