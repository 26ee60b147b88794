import type { FeatureSet } from '../features/feature-set.ts'
import { fittingSet } from '../features/feature-set.ts'
import { layerHash } from '../features/registry.ts'
import type { FeatureSnapshot } from '../features/snapshot.ts'
import { DomainError, messageOf } from '../kernel/errors.ts'
import type { Clock, Logger, ObjectStore, TaggedReader } from '../kernel/ports.ts'
import { createRefresher } from '../kernel/refresher.ts'
import { PARITY_TOLERANCE } from '../registry/gate.ts'
import type { ModelManifest } from '../registry/manifest.ts'
import type { ModelRegistry, RegisteredModel } from '../registry/registry.ts'
import { createModelRegistry } from '../registry/registry.ts'
import type { LoadScorer, Scorer } from '../registry/scorer.ts'
import type { SnapshotReader } from './online-features.ts'
import { createSnapshotReader } from './online-features.ts'
import { rememberingStore } from './remembering-store.ts'
import { loadRoiScorer } from './roi-scorer.ts'
import type { ModelPin } from './serving-pinned-model.ts'
import { loadPinned } from './serving-pinned-model.ts'

/** All that a prediction needs, loaded and tried. */
export interface LoadedModel {
  manifest: ModelManifest
  scorer: Scorer
  /** Its ROI head, where one is served. */
  roiScorer?: Scorer
  /** The file that the scorer runs: what explains an answer reads the model back from it. */
  onnx: Uint8Array
  /** The features that it was learned from. */
  inputs: FeatureSet
  /** What is known of the bettor's past. */
  snapshot: FeatureSnapshot
  /** When the model was loaded, milliseconds since the epoch. */
  loadedAtMs: number
}

/** The model in service: kept in memory, looked after in the background, never replaced by one that does not work. */
export interface ServingModel {
  /** The version that it is held to; without one it follows the registry's champion. */
  readonly pin?: ModelPin | undefined
  /** The last good model; undefined until one has loaded. */
  current(): LoadedModel | undefined
  /** Why the newest model is not the one in service; undefined where it is. For operators and `/ready`. */
  problem(): string | undefined
  /** When the last look began that found all as it should be, milliseconds since the epoch; undefined before it. */
  confirmedAtMs(): number | undefined
  /** Looks for a newer model; calls that overlap share one look. Never throws. */
  refresh(): Promise<void>
  /** Looks again where the last look is old or found nothing, without making the caller wait. */
  refreshIfStale(): void
}

export interface ServingModelDeps {
  objects: ObjectStore & TaggedReader
  loadScorer: LoadScorer
  /** Loads ROI heads; without it expected ROI is p · d − 1 always. */
  loadRoiScorer?: LoadScorer
  /** The version to serve, whatever the alias `champion` stands for; without it, the champion. */
  pin?: ModelPin | undefined
  clock: Clock
  logger: Logger
  /** Age in milliseconds at which a look is repeated. */
  maxAgeMs: number
  /** Told of each model that was taken into service. */
  onLoaded?: (model: LoadedModel) => void
}

/** What files are read through: those of a pinned version are read once, so that remembering them would help nobody. */
function readerOf({ objects, pin }: ServingModelDeps): ObjectStore {
  return pin === undefined ? rememberingStore(objects) : objects
}

/** Keeps the champion of a registry, or a pinned version, with the feature snapshot beside it, ready to predict. */
export function createServingModel(deps: ServingModelDeps): ServingModel {
  let current: LoadedModel | undefined
  let retired: LoadedModel | undefined
  let problem: string | undefined = 'no model has been loaded yet'
  let confirmedAtMs: number | undefined
  const snapshots = createSnapshotReader(deps.objects)
  // What has not changed is not sent again; a file that is damaged in the store has changed, and is told.
  let remembered = readerOf(deps)

  async function look(): Promise<void> {
    const begunAtMs = deps.clock()
    try {
      const next = await loadNext({ ...deps, remembered }, snapshots, current)
      if (next.manifest.version !== current?.manifest.version) {
        deps.logger.info('model_loaded', { version: next.manifest.version })
        deps.onLoaded?.(next)
        // The files of the one before would be kept for nothing.
        if (current !== undefined) remembered = readerOf(deps)
      }
      const replaced = current !== undefined && current.scorer !== next.scorer ? current : undefined
      current = next
      problem = undefined
      confirmedAtMs = begunAtMs
      if (replaced === undefined) return
      // Requests in flight may still hold the old one: it is freed when the next but one takes over.
      const free = retired
      retired = replaced
      for (const scorer of [free?.scorer, free?.roiScorer]) {
        await scorer?.release().catch((thrown: unknown) => {
          deps.logger.warn('model_release_failed', { cause: messageOf(thrown) })
        })
      }
    } catch (thrown) {
      const reason = thrown instanceof DomainError ? thrown.message : 'the model cannot be read from where it is kept'
      if (reason !== problem) deps.logger.error('model_refresh_failed', { reason, cause: messageOf(thrown) })
      problem = reason
    }
  }

  const refresher = createRefresher({ clock: deps.clock, maxAgeMs: deps.maxAgeMs, look })
  return {
    pin: deps.pin,
    current: () => current,
    problem: () => problem,
    confirmedAtMs: () => confirmedAtMs,
    refresh: refresher.refresh,
    // A look never rejects, so nothing is lost by not waiting for it.
    refreshIfStale: () => void refresher.refreshIfDue(current === undefined),
  }
}

/** Loads model and snapshot; parts that have not changed are taken over. */
async function loadNext(
  deps: ServingModelDeps & { remembered: ObjectStore },
  snapshots: SnapshotReader,
  current: LoadedModel | undefined,
): Promise<LoadedModel> {
  const registry = createModelRegistry(deps.remembered, deps.clock)
  const version = deps.pin?.version ?? (await championOf(registry))
  const snapshot = await snapshots.look()
  if (snapshot.layerHash !== (await layerHash())) {
    throw new DomainError('features_changed', 'the feature snapshot was made by another version of the features')
  }
  const registered = await filesOf(registry, version, deps.pin, current)
  const { manifest, onnx } = registered
  assertSameOrigin(manifest, snapshot)
  assertSameCodes(manifest, snapshot)
  if (current?.manifest.version === version) {
    return current.snapshot === snapshot ? current : { ...current, snapshot }
  }
  const inputs = await inputsOf(manifest)
  const scorer = await loadAndTry(deps.loadScorer, onnx, manifest)
  const roiScorer = await loadRoiScorer(deps.loadRoiScorer, registered)
  const loaded = { manifest, onnx, inputs, snapshot, scorer, loadedAtMs: deps.clock() }
  return roiScorer === undefined ? loaded : { ...loaded, roiScorer }
}

/** @throws {DomainError} `no_model` */
async function championOf(registry: Pick<ModelRegistry, 'alias'>): Promise<string> {
  const champion = await registry.alias('champion')
  if (champion === undefined) throw new DomainError('no_model', 'no model has been trained yet')
  return champion.version
}

/**
 * The files of the version that is to serve. Those of a champion are looked at each time: one that is damaged is told
 * before the model is needed anew. A pinned version is written once and was checked when it was loaded.
 */
async function filesOf(
  registry: ModelRegistry,
  version: string,
  pin: ModelPin | undefined,
  current: LoadedModel | undefined,
): Promise<RegisteredModel> {
  if (pin === undefined) return registry.load(version)
  return current ?? loadPinned(registry, pin)
}

function assertSameOrigin({ version, ledger }: ModelManifest, snapshot: FeatureSnapshot): void {
  if (ledger.origin === snapshot.origin) return
  const [trainedOn, held] = [ledger.origin, snapshot.origin].map((o) => (o === 'demo' ? 'demo data' : 'your own bets'))
  throw new DomainError(
    'model_of_other_data',
    `model ${version} was trained on ${trainedOn}, and the ledger holds ${held}`,
  )
}

/** What was learned of a name's code must not be asked of another name. */
function assertSameCodes({ version, codes }: ModelManifest, { state }: FeatureSnapshot): void {
  for (const field of ['sport', 'market'] as const) {
    for (const [name, code] of Object.entries(codes[field])) {
      const now = state.vocabulary[field].codes.get(name)
      if (now === code) continue
      throw new DomainError(
        'codes_changed',
        `model ${version} knows the ${field} ${name} by the code ${code}, the features by ${now ?? 'none'}: train again`,
      )
    }
  }
}

/** The features that a model was learned from, as this software makes them. */
async function inputsOf({ version, features }: ModelManifest): Promise<FeatureSet> {
  const inputs = await fittingSet(features)
  if (inputs !== undefined) return inputs
  throw new DomainError('features_changed', `model ${version} was trained on another version of the features`)
}

/** Loads a model and asks it before anybody depends on it. @throws {DomainError} `corrupt_model`, `probe_differs` */
async function loadAndTry(loadScorer: LoadScorer, onnx: Uint8Array, manifest: ModelManifest): Promise<Scorer> {
  let scorer: Scorer | undefined
  try {
    scorer = await loadScorer(onnx, manifest.features.names.length)
    await assertProbability(scorer, manifest)
    await assertProbe(scorer, manifest)
    return scorer
  } catch (cause) {
    await scorer?.release()
    if (cause instanceof DomainError) throw cause
    throw new DomainError('corrupt_model', `model ${manifest.version} does not run`, { cause })
  }
}

/** Of an even-money bet without history. */
async function assertProbability(scorer: Scorer, { version, features }: ModelManifest): Promise<void> {
  const [probability = Number.NaN] = await scorer.score(new Float32Array(features.names.length), 1)
  if (probability > 0 && probability < 1) return
  throw new DomainError('corrupt_model', `model ${version} gives no probability for an even-money bet`)
}

/** That the model says of a bet what ONNX Runtime said of it when it was registered, whatever computes it here. */
async function assertProbe(scorer: Scorer, { version, probe }: ModelManifest): Promise<void> {
  const row = Float32Array.from(probe.features, (value) => value ?? Number.NaN)
  const [said = Number.NaN] = await scorer.score(row, 1)
  if (Math.abs(said - probe.probability) < PARITY_TOLERANCE) return
  throw new DomainError(
    'probe_differs',
    `model ${version} says ${said} where it said ${probe.probability} when it was registered`,
  )
}
