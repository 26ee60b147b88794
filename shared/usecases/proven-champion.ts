import { fittingSet } from '../features/feature-set.ts'
import type { FeatureRows } from '../features/replay.ts'
import { DomainError } from '../kernel/errors.ts'
import type { ModelManifest } from '../registry/manifest.ts'
import type { ModelRegistry, RegisteredModel } from '../registry/registry.ts'
import type { LoadScorer } from '../registry/scorer.ts'
import { canRun } from './check-model.ts'
import { hasOtherCodes } from './describe-model.ts'
import type { LedgerIdentity } from './ledger-identity.ts'

interface ChampionDeps {
  registry: ModelRegistry
  loadScorer: LoadScorer
}

/** The bets that a model is to serve. */
export interface ServedLedger {
  ledger: FeatureRows
  identity: Pick<LedgerIdentity, 'origin'>
}

/** Whether the service would take a model for these bets: of their origin, their features and codes, and running. */
export async function canServe(
  { loadScorer }: Pick<ChampionDeps, 'loadScorer'>,
  model: RegisteredModel,
  { ledger, identity }: ServedLedger,
): Promise<boolean> {
  const { manifest } = model
  if (manifest.ledger.origin !== identity.origin || hasOtherCodes(manifest, ledger)) return false
  return (await fittingSet(manifest.features)) !== undefined && (await canRun(loadScorer, model))
}

/** The champion, where it was proven on bets of the same origin with the features that the candidate has. */
export async function provenChampion(
  deps: ChampionDeps,
  candidate: ModelManifest,
  served: ServedLedger,
): Promise<ModelManifest | undefined> {
  try {
    const champion = await deps.registry.alias('champion')
    if (champion === undefined) return undefined
    const loaded = await deps.registry.load(champion.version)
    const { verdict, features } = loaded.manifest
    const stays =
      verdict === 'proven' && features.hash === candidate.features.hash && (await canServe(deps, loaded, served))
    return stays ? loaded.manifest : undefined
  } catch (thrown) {
    // A champion that cannot be read cannot stay.
    if (thrown instanceof DomainError) return undefined
    throw thrown
  }
}
