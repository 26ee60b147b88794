import { featureSet } from '../features/feature-set.ts'
import type { FeatureRows } from '../features/replay.ts'
import { UNKNOWN_CODE } from '../features/vocabulary.ts'
import { sha256Hex } from '../kernel/digest.ts'
import { DomainError } from '../kernel/errors.ts'
import type { Clock } from '../kernel/ports.ts'
import { scoreboardOf } from '../recipe/scoreboard.ts'
import type { Predictions } from '../recipe/walk-forward.ts'
import type { GateDecision } from '../registry/gate.ts'
import type { ModelManifest } from '../registry/manifest.ts'
import type { FeatureMatrix } from '../trees/matrix.ts'
import { createExplainer } from '../trees/shap.ts'
import type { ModelTrial } from './check-model.ts'
import { meanContributions, storedScoreboard } from './describe-model.ts'
import type { ModelFile } from './read-model-file.ts'
import type { TrainingSource } from './train-model.ts'

/** Where a file and the bets that it is scored on come from. */
export interface ImportSource extends TrainingSource {
  fileSha256: string
  /** What people call the model. */
  name: string | undefined
  /** The last moment that it knows anything of, as whoever trained it says. */
  trainedUntilMs: number | undefined
}

/** What is known of an imported version. */
export interface ImportedFacts {
  source: ImportSource
  ledger: FeatureRows
  onnx: Uint8Array
  trial: ModelTrial
  /** The test rows as the model sees them. */
  own: FeatureMatrix
  predictions: Predictions
  decision: Pick<GateDecision, 'verdict' | 'checks'>
}

/** The manifest of a model that was trained elsewhere. */
export async function importedManifest(
  clock: Clock,
  file: ModelFile,
  { source, ledger, onnx, trial, own, predictions, decision }: ImportedFacts,
): Promise<ModelManifest> {
  const sha256 = await sha256Hex(onnx)
  const { trainedUntilMs, name, fileSha256 } = source
  const learnedTo = trainedUntilMs === undefined ? null : new Date(trainedUntilMs).toISOString()
  return {
    format: 'closeline-model/2',
    version: `imported-${sha256.slice(0, 12)}`,
    kind: 'imported',
    createdAt: new Date(clock()).toISOString(),
    source: { by: file.by, sha256: fileSha256 },
    onnx: { sha256, bytes: onnx.length },
    features: { hash: await featureSet(file.names).hash(), names: [...file.names] },
    codes: { sport: codesOf('sport', file, ledger), market: codesOf('market', file, ledger) },
    ledger: {
      sha256: source.ledgerSha256,
      origin: source.origin,
      lakeRunId: source.lakeRunId,
      bets: ledger.bets.length,
      learned: 0,
      learnedFrom: null,
      learnedTo,
    },
    dataQuality: source.dataQuality,
    // No recipe of ours: revision 0, which no recipe has.
    recipe: { revision: 0, seed: 0, params: { ...file.about, ...(name === undefined ? {} : { name }) } },
    members: [{ name: file.by, weight: 1, trees: file.ensemble?.trees.length ?? 0 }],
    calibration: { kind: 'none', trials: [] },
    scores: storedScoreboard(scoreboardOf(predictions), predictions.test),
    contributions: contributionsOf(file, own),
    verdict: decision.verdict,
    checks: decision.checks,
    parity: trial.parity,
    latencyMs: trial.latencyMs,
    probe: trial.probe,
  }
}

/** Names behind the codes of a field, where the model looks at them: what it learned of a code holds for that name. */
function codesOf(field: 'sport' | 'market', { names }: ModelFile, { bets, columns, names: stored }: FeatureRows) {
  const codes: Record<string, number> = {}
  if (!names.includes(field)) return codes
  const column = columns[stored.indexOf(field)] as Float32Array
  for (const [r, bet] of bets.entries()) {
    const [name, code] = [bet[field], column[r] as number]
    if (name !== null && code > UNKNOWN_CODE) codes[name] = code
  }
  return codes
}

/** Mean absolute contribution of each feature to the log-odds over the latest rows; none where they cannot be had. */
function contributionsOf({ ensemble, names }: ModelFile, rows: FeatureMatrix): ModelManifest['contributions'] {
  const explainer = ensemble === undefined ? undefined : explainerOf(ensemble)
  if (explainer === undefined) return []
  return meanContributions(explainer, rows, names)
}

function explainerOf(ensemble: NonNullable<ModelFile['ensemble']>) {
  try {
    return createExplainer(ensemble)
  } catch (thrown) {
    // Contributions are for people: a model too deep for them serves all the same.
    if (thrown instanceof DomainError) return undefined
    throw thrown
  }
}
