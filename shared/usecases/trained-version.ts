import type { Blend } from '../blend/blend.ts'
import { featureSet } from '../features/feature-set.ts'
import type { FeatureRows } from '../features/replay.ts'
import { sha256Hex } from '../kernel/digest.ts'
import type { Clock } from '../kernel/ports.ts'
import { encodeBlend } from '../onnx/encode-blend.ts'
import type { LearningRows } from '../recipe/dataset.ts'
import type { FittedBlend } from '../recipe/fit-blend.ts'
import { MODEL_INPUT, MODEL_OUTPUT } from '../recipe/model-ports.ts'
import { RECIPE, RECIPE_REVISION } from '../recipe/recipe.ts'
import { scoreboardOf } from '../recipe/scoreboard.ts'
import type { Predictions } from '../recipe/walk-forward.ts'
import type { ModelManifest } from '../registry/manifest.ts'
import type { FeatureMatrix } from '../trees/matrix.ts'
import type { ModelTrial } from './check-model.ts'
import { codesOf, contributionsOf, instantOf, membersOf, storedScoreboard } from './describe-model.ts'
import type { JudgedRoi, LearnedRoi } from './learn-roi.ts'
import type { LedgerIdentity } from './ledger-identity.ts'
import type { DataQuality } from './training-gate.ts'

/** Where the bets came from, and what was said of them. */
export interface TrainingSource extends LedgerIdentity {
  lakeRunId: string | null
  dataQuality: DataQuality | null
}

/** What every version of one training run has in common. */
export interface VersionSource {
  ledger: FeatureRows
  learned: LearningRows
  /** What an exported model is tried on. */
  tried: FeatureMatrix
  identity: TrainingSource
  /** What is written into the run's files, so that they differ where what was learned from does. */
  metadata: Readonly<Record<string, string>>
  roi: LearnedRoi
}

/** All that a manifest tells of one version. */
export interface TrainedVersion {
  source: VersionSource
  onnx: Uint8Array
  trial: ModelTrial
  predictions: Predictions
  roi: JudgedRoi
  about: Pick<ModelManifest, 'kind' | 'verdict' | 'checks'>
}

/** Hashes and the recipe's revision: what the files of one training run tell of where they come from. */
export async function metadataOf({
  ledger,
  identity,
}: Pick<VersionSource, 'ledger' | 'identity'>): Promise<Record<string, string>> {
  return {
    features_hash: await featureSet(ledger.names).hash(),
    ledger_sha256: identity.ledgerSha256,
    recipe_revision: String(RECIPE_REVISION),
  }
}

/** A blend as ONNX; the hash of the head that it is served with is in it, so that a version is named after both. */
export function encodeVersion(blend: Blend, source: VersionSource, { roiHead }: JudgedRoi): Uint8Array {
  return encodeBlend(blend, {
    input: MODEL_INPUT,
    output: MODEL_OUTPUT,
    graphName: 'closeline-win-probability',
    featureNames: source.ledger.names,
    metadata: {
      ...source.metadata,
      ...(roiHead.onnx === null ? {} : { roi_sha256: roiHead.onnx.sha256 }),
    },
  })
}

/** A version is named by its kind and its file. */
export async function versionOf(kind: ModelManifest['kind'], onnx: Uint8Array): Promise<string> {
  return `${kind.replaceAll('_', '-')}-${(await sha256Hex(onnx)).slice(0, 12)}`
}

/** The manifest of a version that was learned here. */
export async function manifestOf(
  { clock }: { clock: Clock },
  { blend, calibration }: FittedBlend,
  { source, onnx, trial, predictions, roi, about }: TrainedVersion,
): Promise<ModelManifest> {
  const { ledger, learned, identity } = source
  return {
    format: 'closeline-model/2',
    version: await versionOf(about.kind, onnx),
    createdAt: new Date(clock()).toISOString(),
    source: { by: 'closeline', sha256: null },
    onnx: { sha256: await sha256Hex(onnx), bytes: onnx.length },
    features: { hash: await featureSet(ledger.names).hash(), names: [...ledger.names] },
    codes: codesOf(withHead(blend, roi), learned, ledger.bets),
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
    scores: storedScoreboard(scoreboardOf(predictions), predictions.test),
    contributions: contributionsOf(blend, predictions.test, ledger.names),
    parity: trial.parity,
    latencyMs: trial.latencyMs,
    probe: trial.probe,
    roiHead: roi.roiHead,
    ...about,
  }
}

/** A blend with what the head that is served beside it asks for codes by. */
function withHead(blend: Blend, { base }: JudgedRoi): Blend {
  if (base === undefined) return blend
  return { ...blend, members: [...blend.members, { name: 'roi', weight: 1, member: base }] }
}
