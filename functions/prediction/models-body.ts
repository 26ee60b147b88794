import { NAMED_FIELDS } from '../../shared/features/vocabulary.ts'
import type { Alias, AliasName } from '../../shared/registry/alias.ts'
import type { ModelManifest, StoredScoreboard } from '../../shared/registry/manifest.ts'
import type { ServedFrom } from '../../shared/usecases/served-from.ts'
import type { LoadedModel } from '../../shared/usecases/serving-model.ts'
import type { RegistryContents } from '../../shared/usecases/serving-registry.ts'
import type { ModelInfoBody, ModelsBody } from './models-contract.ts'

/** All that is to be told of the model in service. */
export function modelInfoBody(
  { manifest, inputs, snapshot, loadedAtMs }: LoadedModel,
  { servedFrom, mode }: { servedFrom: ServedFrom; mode: ModelInfoBody['model_mode'] },
): ModelInfoBody {
  return {
    metadata: {
      model_version: manifest.version,
      training_date: manifest.createdAt,
      recipe_revision: manifest.recipe.revision,
      seed: manifest.recipe.seed,
      members: manifest.members,
      onnx_sha256: manifest.onnx.sha256,
      onnx_bytes: manifest.onnx.bytes,
    },
    feature_names: [...inputs.names],
    feature_count: inputs.names.length,
    feature_importance: manifest.contributions.map((one) => ({
      feature: one.feature,
      mean_absolute: one.meanAbsolute,
    })),
    loaded_at: new Date(loadedAtMs).toISOString(),
    encoders: encodersOf(inputs.names, snapshot.state.vocabulary),
    model_mode: mode,
    ...summaryOf(manifest),
    checks: manifest.checks,
    features_as_of: new Date(snapshot.lookedAtMs).toISOString(),
    served_from: servedFrom,
  }
}

/** Names in the order of their codes, from 1, of the inputs that are codes of names. */
function encodersOf(
  inputs: readonly string[],
  vocabulary: LoadedModel['snapshot']['state']['vocabulary'],
): Record<string, string[]> {
  const coded = NAMED_FIELDS.filter((field) => inputs.includes(field))
  return Object.fromEntries(coded.map((field) => [field, [...vocabulary[field].names]]))
}

/** The registry as the API lists it, at most `limit` models and moves. */
export function modelsBody({ models, aliases, moves, readAtMs }: RegistryContents, limit: number): ModelsBody {
  return {
    models: models
      .slice(0, limit)
      .map((manifest) => ({ ...summaryOf(manifest), aliases: aliasesOf(aliases, manifest.version) })),
    total: models.length,
    aliases: aliases.map(moveOf),
    moves: moves.slice(0, limit).map(moveOf),
    moves_total: moves.length,
    read_at: new Date(readAtMs).toISOString(),
  }
}

function aliasesOf(aliases: readonly Alias[], version: string): AliasName[] {
  return aliases.filter((alias) => alias.version === version).map(({ name }) => name)
}

function moveOf({ name, version, since, reason, previous }: Alias): ModelsBody['moves'][number] {
  return { alias: name, version, since, reason, previous }
}

function summaryOf(manifest: ModelManifest): Omit<ModelsBody['models'][number], 'aliases'> {
  const { parity, ledger, calibration } = manifest
  const { largestDifference, thresholdRows, rows } = parity
  return {
    version: manifest.version,
    kind: manifest.kind,
    created_at: manifest.createdAt,
    verdict: manifest.verdict,
    source: manifest.source.by,
    data_quality_passed: manifest.dataQuality?.passed ?? null,
    calibration: {
      kind: calibration.kind,
      trials: calibration.trials.map(({ kind, logLoss }) => ({ kind, log_loss: logLoss })),
    },
    parity: { rows, threshold_rows: thresholdRows, largest_difference: largestDifference },
    latency_ms: manifest.latencyMs,
    ledger: {
      ...{ origin: ledger.origin, bets: ledger.bets, learned: ledger.learned },
      ...{ learned_from: ledger.learnedFrom, learned_to: ledger.learnedTo },
    },
    scores: scoreboardOf(manifest.scores),
  }
}

function scoreboardOf(scores: StoredScoreboard): ModelsBody['models'][number]['scores'] {
  const told = ({ n, logLoss, brier, auc, ece }: StoredScoreboard['model']) => ({
    n,
    log_loss: logLoss,
    brier,
    auc,
    ece,
  })
  const difference = ({ mean, low, high, clusters }: StoredScoreboard['modelMinusImplied']) => ({
    ...{ mean, low, high },
    days: clusters,
  })
  return {
    test_from: scores.testFrom,
    test_to: scores.testTo,
    model: told(scores.model),
    implied: told(scores.implied),
    recalibrated_implied: told(scores.recalibratedImplied),
    base_rate: told(scores.baseRate),
    model_minus_implied: difference(scores.modelMinusImplied),
    model_minus_recalibrated: difference(scores.modelMinusRecalibrated),
  }
}
