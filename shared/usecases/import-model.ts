import { purgedLearningRows } from '../evaluation/purged-folds.ts'
import { featureSet, fittingSet } from '../features/feature-set.ts'
import type { FeatureRows } from '../features/replay.ts'
import { DomainError, UpstreamError } from '../kernel/errors.ts'
import type { LearningRows } from '../recipe/dataset.ts'
import { dayOfRow, labelTimes, learningRows, sliceRows, takeRows } from '../recipe/dataset.ts'
import { WIN_PROBABILITY_INPUTS } from '../recipe/inputs.ts'
import type { Predictions } from '../recipe/walk-forward.ts'
import { predictRows } from '../recipe/walk-forward.ts'
import type { GateCheck, GateDecision } from '../registry/gate.ts'
import { judge } from '../registry/gate.ts'
import type { ModelManifest } from '../registry/manifest.ts'
import type { ModelRegistry } from '../registry/registry.ts'
import type { FeatureMatrix } from '../trees/matrix.ts'
import type { CheckDeps, ModelTrial } from './check-model.ts'
import { tryModel } from './check-model.ts'
import type { ImportSource } from './describe-import.ts'
import { importedManifest } from './describe-import.ts'
import { evidenceOf } from './gate-evidence.ts'
import type { ModelFile } from './read-model-file.ts'

/** Share of the bets, the latest ones, that a model is scored on; the baselines are fitted on the others. */
const TEST_SHARE = 0.2

/** Fewer learnable bets than this give test rows too few to tell a model from luck. */
const MIN_LEARNABLE_BETS = 500

export interface ImportDeps extends CheckDeps {
  registry: ModelRegistry
  /** Bets placed until now with some of their features, as they are known now. */
  trainingSet(names: readonly string[]): Promise<FeatureRows>
}

/** What an import left in the registry. */
export interface ImportedVersion {
  manifest: ModelManifest
  reason: string
  /** Whether this very version was there already, in which case its first manifest stands. */
  isKnown: boolean
}

/**
 * Registers a model that was trained elsewhere as the challenger: tried and scored beside the baselines on the latest
 * fifth of the bets, of these on the ones placed after it was trained, where that is told.
 *
 * Nothing shows what it has learned from: it is `proven` only where the gate says so on bets placed after
 * `trainedUntilMs`. It serves when a person promotes it.
 *
 * @throws {DomainError} `too_few_bets`, `no_probability`, `corrupt_model` where it does not run; the registry is then as
 *   it was
 */
export async function importModelFile(
  deps: ImportDeps,
  file: ModelFile,
  source: ImportSource,
): Promise<ImportedVersion> {
  const championInputs = await inputsOfChampion(deps.registry)
  const ledger = await deps.trainingSet([
    // The baselines look for the price where the recipe has it.
    ...new Set([...WIN_PROBABILITY_INPUTS, ...championInputs, ...file.names]),
  ])
  const { learned, test, unseen } = splitRows(learningRows(ledger), source.trainedUntilMs)
  const own = pick(test.matrix, ledger.names, file.names)
  const onnx = file.encode(await metadataOf(file, source))
  const trial = await tryFile(deps, file, onnx, own)
  const predictions = predictRows(trial.probabilities, learned, test)
  const decision = await decide(deps, file, { predictions, trial, unseen, ledger, championInputs })
  const manifest = await importedManifest(deps.clock, file, { source, ledger, onnx, trial, own, predictions, decision })
  const isKnown = (await deps.registry.list()).some(({ version }) => version === manifest.version)
  await deps.registry.register({ manifest, onnx })
  const { manifest: kept } = await deps.registry.load(manifest.version)
  const reason = reasonOf(kept)
  const verdict = kept.verdict.replace('_', ' ')
  await deps.registry.moveAlias('challenger', manifest.version, `imported, ${verdict}: ${reason}`)
  return { manifest: kept, reason, isKnown }
}

/** Why the verdict is what it is. */
function reasonOf({ checks }: ModelManifest): string {
  const failed = checks.filter(({ passed }) => !passed)
  return (failed.length === 0 ? checks : failed).map(({ detail }) => detail).join('; ')
}

/** Features of the champion, where bets still have them, so that both can be held against each other. */
async function inputsOfChampion(registry: ModelRegistry): Promise<readonly string[]> {
  try {
    const champion = await registry.alias('champion')
    if (champion === undefined) return []
    const { manifest } = await registry.load(champion.version)
    return (await fittingSet(manifest.features))?.names ?? []
  } catch (thrown) {
    // A champion that cannot be read is no rival.
    if (thrown instanceof DomainError) return []
    throw thrown
  }
}

interface SplitRows {
  /** What the baselines are fitted on. */
  learned: LearningRows
  /** What all are scored on. */
  test: LearningRows
  /** Whether the model cannot have learned from these. */
  unseen: GateCheck
}

function splitRows(rows: LearningRows, trainedUntilMs: number | undefined): SplitRows {
  const { nRows } = rows.matrix
  if (nRows < MIN_LEARNABLE_BETS) {
    throw new DomainError(
      'too_few_bets',
      `${nRows} settled bets with a price within American ±10,000: scoring a model needs ${MIN_LEARNABLE_BETS}`,
    )
  }
  const fold = { testBegin: Math.floor(nRows * (1 - TEST_SHARE)), testEnd: nRows }
  const learned = takeRows(rows, purgedLearningRows(labelTimes(rows), fold))
  return { learned, ...unseenOf(sliceRows(rows, fold.testBegin, fold.testEnd), trainedUntilMs) }
}

/** The rows placed after a model was trained; all, and that they prove nothing, where too few are or nobody told. */
function unseenOf(latest: LearningRows, trainedUntilMs: number | undefined): Pick<SplitRows, 'test' | 'unseen'> {
  const name = 'scored_on_unseen_bets'
  if (trainedUntilMs === undefined) {
    const detail = 'nobody told until when it was trained (--trained-until), so it may have learned from these bets'
    return { test: latest, unseen: { name, passed: false, detail } }
  }
  const later = Int32Array.from(latest.placedAtMs.keys()).filter(
    (r) => (latest.placedAtMs[r] as number) > trainedUntilMs,
  )
  const test = takeRows(latest, later)
  const until = new Date(trainedUntilMs).toISOString()
  if (new Set(dayOfRow(test)).size < 2) {
    const detail = `${later.length} bets of the latest fifth were placed after ${until}, so it may have learned from these`
    return { test: latest, unseen: { name, passed: false, detail } }
  }
  return {
    test,
    unseen: { name, passed: true, detail: `${later.length} bets placed after ${until}, when it was trained` },
  }
}

/** Some of the columns, in an order of their own. */
function pick({ nRows, columns }: FeatureMatrix, names: readonly string[], wanted: readonly string[]): FeatureMatrix {
  return { nRows, columns: wanted.map((name) => columns[names.indexOf(name)] as Float32Array) }
}

/** What is written into the file, so that a version is named after all that was known of it. */
async function metadataOf({ names }: ModelFile, source: ImportSource): Promise<Record<string, string>> {
  const { fileSha256, ledgerSha256, name, trainedUntilMs } = source
  return {
    'closeline.features_hash': await featureSet(names).hash(),
    'closeline.file_sha256': fileSha256,
    'closeline.ledger_sha256': ledgerSha256,
    ...(name === undefined ? {} : { 'closeline.name': name }),
    ...(trainedUntilMs === undefined ? {} : { 'closeline.trained_until': new Date(trainedUntilMs).toISOString() }),
  }
}

/** @throws {DomainError} `corrupt_model`, `no_probability` */
async function tryFile(
  deps: ImportDeps,
  { predict, ensemble }: ModelFile,
  onnx: Uint8Array,
  rows: FeatureMatrix,
): Promise<ModelTrial> {
  const trees = ensemble === undefined ? [] : [{ trees: ensemble.trees }]
  const trial = await tryModel(deps, { onnx, predict, trees, rows }).catch((cause: unknown) => {
    // Here the file is the caller's: what the runtime says of it is an answer to them.
    if (!(cause instanceof UpstreamError) || cause.retryable) throw cause
    throw new DomainError(
      'corrupt_model',
      `the file does not run as a model of ${rows.columns.length} features: ${cause.message}`,
      {
        cause,
      },
    )
  })
  const r = trial.probabilities.findIndex((p) => !(p > 0 && p < 1))
  if (r < 0) return trial
  throw new DomainError('no_probability', `the model says ${trial.probabilities[r]} of bet ${r}: no bet is certain`)
}

interface Evidence {
  predictions: Predictions
  trial: ModelTrial
  unseen: GateCheck
  ledger: FeatureRows
  championInputs: readonly string[]
}

async function decide(
  deps: ImportDeps,
  { predict }: ModelFile,
  { predictions, trial, unseen, ledger, championInputs }: Evidence,
): Promise<Pick<GateDecision, 'verdict' | 'checks'>> {
  const { test } = predictions
  const seenByChampion = { ...test, matrix: pick(test.matrix, ledger.names, championInputs) }
  const evidence = await evidenceOf(deps, { ...predictions, test: seenByChampion }, trial, { names: championInputs })
  const judged = judge(evidence)
  const checks = [unseen, ...judged.checks.map((check) => (predict === undefined ? withoutTwin(check, trial) : check))]
  return { verdict: checks.every(({ passed }) => passed) ? 'proven' : 'not_proven', checks }
}

/** A file alone cannot be held against anything: that is said in place of an agreement with itself. */
function withoutTwin(check: GateCheck, { parity }: ModelTrial): GateCheck {
  if (check.name !== 'agrees_with_its_trees') return check
  const detail = `it gives a probability for each of ${parity.rows} bets; there is only the file, so nothing to hold it against`
  return { name: 'gives_probabilities', passed: check.passed, detail }
}
