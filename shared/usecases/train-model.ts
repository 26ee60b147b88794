import type { Blend } from '../blend/blend.ts'
import { predictBlend } from '../blend/predict.ts'
import { featureSet, fittingSet } from '../features/feature-set.ts'
import type { FeatureRows } from '../features/replay.ts'
import { sha256Hex } from '../kernel/digest.ts'
import { DomainError, invariant } from '../kernel/errors.ts'
import { encodeBlend } from '../onnx/encode-blend.ts'
import { treesOfBlend } from '../onnx/threshold-rows.ts'
import type { LearningRows } from '../recipe/dataset.ts'
import { learningRows } from '../recipe/dataset.ts'
import type { FittedBlend } from '../recipe/fit-blend.ts'
import { isMarketAlone, marketAlone } from '../recipe/fit-blend.ts'
import { MODEL_INPUT, MODEL_OUTPUT } from '../recipe/model-ports.ts'
import { RECIPE, RECIPE_REVISION } from '../recipe/recipe.ts'
import type { Scoreboard } from '../recipe/scoreboard.ts'
import { scoreboardOf } from '../recipe/scoreboard.ts'
import type { Predictions } from '../recipe/walk-forward.ts'
import { predictRows, runFold } from '../recipe/walk-forward.ts'
import { judge, LEAST_PARITY_ROWS, PARITY_TOLERANCE } from '../registry/gate.ts'
import type { ModelManifest } from '../registry/manifest.ts'
import type { ModelRegistry, RegisteredModel } from '../registry/registry.ts'
import type { FeatureMatrix } from '../trees/matrix.ts'
import { rowRange } from '../trees/matrix.ts'
import type { CheckDeps, ModelTrial } from './check-model.ts'
import { canRun, tryModel } from './check-model.ts'
import { codesOf, contributionsOf, hasOtherCodes, instantOf, membersOf, storedScoreboard } from './describe-model.ts'
import { evidenceOf } from './gate-evidence.ts'
import type { LedgerIdentity } from './ledger-identity.ts'
import type { DataQuality } from './training-gate.ts'

/** Share of the bets, the latest ones, that nothing is learned from: every published score comes from them. */
const TEST_SHARE = 0.2

/** Fewer learnable bets than this give test rows too few to tell a model from luck. */
const MIN_LEARNABLE_BETS = 500

export interface TrainDeps extends CheckDeps {
  registry: ModelRegistry
}

/** Where the bets came from, and what was said of them. */
export interface TrainingSource extends LedgerIdentity {
  lakeRunId: string | null
  dataQuality: DataQuality | null
}

/** What a training run left in the registry. */
export interface TrainingReport {
  /** The model that was learned, whether it serves or not. */
  candidate: ModelManifest
  /** The version that serves now. */
  served: ModelManifest
  reason: string
}

/**
 * Learns a blend from the earlier 80 % of the bets, scores it on the rest beside its baselines, exports it to ONNX,
 * tries the export, registers it, and puts into service what the gate allows.
 *
 * A model that is proven becomes the champion. One that is not becomes the challenger, and where nothing was learned there
 * is none; the champion then stays where it was itself proven on bets of this very kind and can still be served; else the
 * recalibrated market serves, under its own version name.
 *
 * @param ledger  with the features of `WIN_PROBABILITY_INPUTS`
 * @throws {DomainError} `too_few_bets`
 */
export async function trainModel(
  deps: TrainDeps,
  ledger: FeatureRows,
  identity: TrainingSource,
): Promise<TrainingReport> {
  const rows = learningRows(ledger)
  if (rows.matrix.nRows < MIN_LEARNABLE_BETS) {
    throw new DomainError(
      'too_few_bets',
      `${rows.matrix.nRows} settled bets with a price within American ±10,000: training needs ${MIN_LEARNABLE_BETS}`,
    )
  }
  const fold = { testBegin: Math.floor(rows.matrix.nRows * (1 - TEST_SHARE)), testEnd: rows.matrix.nRows }
  const task = deps.progress.start('Learning from the bets')
  const { fitted, learned, predictions } = runFold(rows, fold, { onStep: (done) => task.advance(done) })
  task.finish(fitted.blend.members.map(({ name, weight }) => `${name} ${weight.toFixed(2)}`).join(', '))
  const source: VersionSource = { ledger, learned, identity, tried: latestRows(rows, predictions.test) }
  const market = marketAlone(learned)
  if (isMarketAlone(fitted.blend)) {
    const served = await registerBaseline(deps, market, source, predictions.test)
    const reason = 'nothing that was learned beat the recalibrated price on later bets'
    const standing = await provenChampion(deps, served, source)
    if (standing !== undefined) return { candidate: served, served: standing, reason: `the champion stays: ${reason}` }
    await deps.registry.moveAlias('champion', served.version, reason)
    return { candidate: served, served, reason }
  }
  const { candidate, reason } = await registerCandidate(deps, fitted, source, predictions)
  if (candidate.verdict === 'proven') {
    await deps.registry.moveAlias('champion', candidate.version, reason)
    return { candidate, served: candidate, reason }
  }
  await deps.registry.moveAlias('challenger', candidate.version, `not proven: ${reason}`)
  const proven = await provenChampion(deps, candidate, source)
  if (proven !== undefined) return { candidate, served: proven, reason: `the champion stays: ${reason}` }
  const served = await registerBaseline(deps, market, source, predictions.test)
  await deps.registry.moveAlias('champion', served.version, reason)
  return { candidate, served, reason }
}

/** The rows that are scored, or so many more of the latest as the gate asks for: files agree on any rows or on none. */
function latestRows({ matrix }: LearningRows, test: LearningRows): FeatureMatrix {
  const wanted = Math.max(test.matrix.nRows, LEAST_PARITY_ROWS)
  return rowRange(matrix, Math.max(0, matrix.nRows - wanted), matrix.nRows)
}

/** What every version of one training run has in common. */
interface VersionSource {
  ledger: FeatureRows
  learned: LearningRows
  /** What an exported model is tried on. */
  tried: FeatureMatrix
  identity: TrainingSource
}

async function registerCandidate(
  deps: TrainDeps,
  fitted: FittedBlend,
  source: VersionSource,
  predictions: Predictions,
): Promise<{ candidate: ModelManifest; reason: string }> {
  const { blend } = fitted
  const onnx = await encodeVersion(blend, source)
  const version = await versionOf('blend', onnx)
  const trial = await tryVersion(deps, blend, onnx, source.tried)
  // What was learned again is no rival of itself.
  const serves = async (champion: RegisteredModel) =>
    champion.manifest.version !== version && (await canServe(deps, champion, source))
  const evidence = await evidenceOf(deps, predictions, trial, { names: source.ledger.names, serves })
  const { verdict, checks, reason } = judge(evidence)
  const about: Version['about'] = { kind: 'blend', verdict, checks }
  const manifest = await manifestOf(deps, fitted, { source, onnx, trial, predictions, about })
  await deps.registry.register({ manifest, onnx })
  return { candidate: manifest, reason }
}

/** Whether the service would take a model for these bets: of their origin, their features and codes, and running. */
async function canServe(
  { loadScorer }: TrainDeps,
  model: RegisteredModel,
  { ledger, identity }: VersionSource,
): Promise<boolean> {
  const { manifest } = model
  if (manifest.ledger.origin !== identity.origin || hasOtherCodes(manifest, ledger)) return false
  return (await fittingSet(manifest.features)) !== undefined && (await canRun(loadScorer, model))
}

/** The champion, where it was proven on bets of the same origin with the features that the candidate has. */
async function provenChampion(
  deps: TrainDeps,
  candidate: ModelManifest,
  source: VersionSource,
): Promise<ModelManifest | undefined> {
  try {
    const champion = await deps.registry.alias('champion')
    if (champion === undefined) return undefined
    const loaded = await deps.registry.load(champion.version)
    const { verdict, features } = loaded.manifest
    const stays =
      verdict === 'proven' && features.hash === candidate.features.hash && (await canServe(deps, loaded, source))
    return stays ? loaded.manifest : undefined
  } catch (thrown) {
    // A champion that cannot be read cannot stay.
    if (thrown instanceof DomainError) return undefined
    throw thrown
  }
}

/** The recalibrated market as a version: its scores are the baseline's, its difference to itself nothing. */
async function registerBaseline(
  deps: TrainDeps,
  market: FittedBlend,
  source: VersionSource,
  test: LearningRows,
): Promise<ModelManifest> {
  const onnx = await encodeVersion(market.blend, source)
  const trial = await tryVersion(deps, market.blend, onnx, source.tried)
  const { largestDifference } = trial.parity
  // Nothing that is worse than no answer takes the place of what serves.
  invariant(
    largestDifference < PARITY_TOLERANCE,
    `the exported market differs from its numbers by ${largestDifference}`,
  )
  const predictions = predictRows(predictBlend(market.blend, test.matrix), source.learned, test)
  const about: Version['about'] = { kind: 'recalibrated_market', verdict: 'baseline', checks: [] }
  const manifest = await manifestOf(deps, market, { source, onnx, trial, predictions, about })
  await deps.registry.register({ manifest, onnx })
  return manifest
}

async function encodeVersion(blend: Blend, { ledger, identity }: VersionSource): Promise<Uint8Array> {
  return encodeBlend(blend, {
    input: MODEL_INPUT,
    output: MODEL_OUTPUT,
    graphName: 'closeline-win-probability',
    featureNames: ledger.names,
    metadata: {
      features_hash: await featureSet(ledger.names).hash(),
      ledger_sha256: identity.ledgerSha256,
      recipe_revision: String(RECIPE_REVISION),
    },
  })
}

function tryVersion(deps: TrainDeps, blend: Blend, onnx: Uint8Array, rows: FeatureMatrix): Promise<ModelTrial> {
  const predict = (matrix: FeatureMatrix) => predictBlend(blend, matrix)
  return tryModel(deps, { onnx, predict, trees: treesOfBlend(blend), rows })
}

interface Version {
  source: VersionSource
  onnx: Uint8Array
  trial: ModelTrial
  predictions: Predictions
  about: Pick<ModelManifest, 'kind' | 'verdict' | 'checks'>
}

/** A version is named by its kind and its file. */
async function versionOf(kind: ModelManifest['kind'], onnx: Uint8Array): Promise<string> {
  return `${kind.replaceAll('_', '-')}-${(await sha256Hex(onnx)).slice(0, 12)}`
}

async function manifestOf(
  deps: TrainDeps,
  { blend, calibration }: FittedBlend,
  { source, onnx, trial, predictions, about }: Version,
): Promise<ModelManifest> {
  const { ledger, learned, identity } = source
  const sha256 = await sha256Hex(onnx)
  const scores: Scoreboard = scoreboardOf(predictions)
  return {
    format: 'closeline-model/2',
    version: await versionOf(about.kind, onnx),
    createdAt: new Date(deps.clock()).toISOString(),
    source: { by: 'closeline', sha256: null },
    onnx: { sha256, bytes: onnx.length },
    features: { hash: await featureSet(ledger.names).hash(), names: [...ledger.names] },
    codes: codesOf(blend, learned, ledger.bets),
    ledger: {
      sha256: identity.ledgerSha256,
      origin: identity.origin,
      lakeRunId: identity.lakeRunId,
      bets: ledger.bets.length,
      learned: learned.labels.length,
      learnedFrom: instantOf(learned, 0),
      learnedTo: instantOf(learned, learned.labels.length - 1),
    },
    dataQuality: identity.dataQuality,
    recipe: { revision: RECIPE_REVISION, seed: RECIPE.boosting.seed, params: { ...RECIPE } },
    members: membersOf(blend),
    calibration: {
      kind: blend.calibrator.kind,
      trials: (calibration?.trials ?? []).map((tried) => ({
        kind: tried.kind,
        logLoss: 'logLoss' in tried ? tried.logLoss : null,
      })),
    },
    scores: storedScoreboard(scores, predictions.test),
    contributions: contributionsOf(blend, predictions.test, ledger.names),
    parity: trial.parity,
    latencyMs: trial.latencyMs,
    probe: trial.probe,
    ...about,
  }
}
