import type { Blend } from '../blend/blend.ts'
import { predictBlend } from '../blend/predict.ts'
import type { FeatureRows } from '../features/replay.ts'
import { DomainError, invariant } from '../kernel/errors.ts'
import { treesOfBlend } from '../onnx/threshold-rows.ts'
import type { LearningRows } from '../recipe/dataset.ts'
import { learningRows } from '../recipe/dataset.ts'
import type { FittedBlend } from '../recipe/fit-blend.ts'
import { isMarketAlone, marketAlone } from '../recipe/fit-blend.ts'
import type { Predictions } from '../recipe/walk-forward.ts'
import { predictRows, runFold } from '../recipe/walk-forward.ts'
import { judge, LEAST_PARITY_ROWS, PARITY_TOLERANCE } from '../registry/gate.ts'
import type { ModelManifest } from '../registry/manifest.ts'
import type { ModelRegistry, RegisteredModel } from '../registry/registry.ts'
import type { FeatureMatrix } from '../trees/matrix.ts'
import { rowRange } from '../trees/matrix.ts'
import type { CheckDeps, ModelTrial } from './check-model.ts'
import { tryModel } from './check-model.ts'
import { evidenceOf } from './gate-evidence.ts'
import type { RoiDeps } from './learn-roi.ts'
import { judgeLearned, learnRoi } from './learn-roi.ts'
import { canServe, provenChampion } from './proven-champion.ts'
import type { TrainedVersion, TrainingSource, VersionSource } from './trained-version.ts'
import { encodeVersion, manifestOf, metadataOf, versionOf } from './trained-version.ts'

export type { TrainingSource } from './trained-version.ts'

/** Share of the bets, the latest ones, that nothing is learned from: every published score comes from them. */
const TEST_SHARE = 0.2

/** Fewer learnable bets than this give test rows too few to tell a model from luck. */
const MIN_LEARNABLE_BETS = 500

export interface TrainDeps extends CheckDeps, RoiDeps {
  registry: ModelRegistry
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
 * Beside it a head learns ROI from the same bets and those that returned a part of their stake ({@link learnRoi}); a
 * version is registered with it where it beats what it is held against.
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
  const tried = latestRows(rows, predictions.test)
  const metadata = await metadataOf({ ledger, identity })
  const roi = await learnRoi(deps, ledger, { decided: rows, fold }, { tried, metadata })
  const source: VersionSource = { ledger, learned, identity, tried, metadata, roi }
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

async function registerCandidate(
  deps: TrainDeps,
  fitted: FittedBlend,
  source: VersionSource,
  predictions: Predictions,
): Promise<{ candidate: ModelManifest; reason: string }> {
  const { blend } = fitted
  const roi = await judgeLearned(source.roi, blend)
  const onnx = encodeVersion(blend, source, roi)
  const version = await versionOf('blend', onnx)
  const trial = await tryVersion(deps, blend, onnx, source.tried)
  // What was learned again is no rival of itself.
  const serves = async (champion: RegisteredModel) =>
    champion.manifest.version !== version && (await canServe(deps, champion, source))
  const evidence = await evidenceOf(deps, predictions, trial, { names: source.ledger.names, serves })
  const { verdict, checks, reason } = judge(evidence)
  const about: TrainedVersion['about'] = { kind: 'blend', verdict, checks }
  const manifest = await manifestOf(deps, fitted, { source, onnx, trial, predictions, roi, about })
  await deps.registry.register({ manifest, onnx, ...roi.files })
  return { candidate: manifest, reason }
}

/** The recalibrated market as a version: its scores are the baseline's, its difference to itself nothing. */
async function registerBaseline(
  deps: TrainDeps,
  market: FittedBlend,
  source: VersionSource,
  test: LearningRows,
): Promise<ModelManifest> {
  const roi = await judgeLearned(source.roi, market.blend)
  const onnx = encodeVersion(market.blend, source, roi)
  const trial = await tryVersion(deps, market.blend, onnx, source.tried)
  const { largestDifference } = trial.parity
  // Nothing that is worse than no answer takes the place of what serves.
  invariant(
    largestDifference < PARITY_TOLERANCE,
    `the exported market differs from its numbers by ${largestDifference}`,
  )
  const predictions = predictRows(predictBlend(market.blend, test.matrix), source.learned, test)
  const about: TrainedVersion['about'] = { kind: 'recalibrated_market', verdict: 'baseline', checks: [] }
  const manifest = await manifestOf(deps, market, { source, onnx, trial, predictions, roi, about })
  await deps.registry.register({ manifest, onnx, ...roi.files })
  return manifest
}

function tryVersion(deps: TrainDeps, blend: Blend, onnx: Uint8Array, rows: FeatureMatrix): Promise<ModelTrial> {
  const predict = (matrix: FeatureMatrix) => predictBlend(blend, matrix)
  return tryModel(deps, { onnx, predict, trees: treesOfBlend(blend), rows })
}
