import { calibrationSlope } from '../evaluation/calibration-slope.ts'
import type { LossDifference } from '../evaluation/comparison.ts'
import { compareLogLoss } from '../evaluation/comparison.ts'
import { DomainError } from '../kernel/errors.ts'
import type { LearningRows } from '../recipe/dataset.ts'
import { dayOfRow, takeRows } from '../recipe/dataset.ts'
import type { Predictions } from '../recipe/walk-forward.ts'
import type { GateEvidence } from '../registry/gate.ts'
import type { ModelManifest } from '../registry/manifest.ts'
import type { ModelRegistry, RegisteredModel } from '../registry/registry.ts'
import type { LoadScorer } from '../registry/scorer.ts'
import { toRowMajor } from '../trees/matrix.ts'
import type { ModelTrial } from './check-model.ts'

interface EvidenceDeps {
  registry: ModelRegistry
  loadScorer: LoadScorer
}

/** What a model is held against. */
export interface Rivalry {
  /** Features that the predictions were made from, in the order of the columns. */
  names: readonly string[]
  /** Whether a champion could serve these bets, so that there is something to beat; where not given, any can. */
  serves?: (champion: RegisteredModel) => Promise<boolean>
}

/**
 * What the gate decides on: a model's trial, and its log loss beside the implied probability, the recalibrated one, and
 * the champion, where that is a learned model that could serve, on the bets that neither has learned from.
 */
export async function evidenceOf(
  deps: EvidenceDeps,
  predictions: Predictions,
  trial: Pick<ModelTrial, 'parity' | 'latencyMs'>,
  { names, serves }: Rivalry,
): Promise<GateEvidence> {
  const { test, model, implied, recalibratedImplied } = predictions
  const days = dayOfRow(test)
  const champion = await learnedChampion(deps.registry, serves)
  return {
    parity: trial.parity,
    latencyMs: trial.latencyMs,
    calibration: calibrationOf(test, model),
    rivals: [
      { name: 'implied_probability', difference: compareLogLoss(test.labels, model, implied, days) },
      { name: 'recalibrated_price', difference: compareLogLoss(test.labels, model, recalibratedImplied, days) },
      ...(champion === undefined
        ? []
        : [{ name: 'champion', difference: await againstChampion(deps, predictions, champion, names) }]),
    ],
  }
}

/** The champion, where it is more than the recalibrated market, which is a rival already. */
async function learnedChampion(
  registry: ModelRegistry,
  serves: Rivalry['serves'],
): Promise<RegisteredModel | undefined> {
  try {
    const champion = await registry.alias('champion')
    if (champion === undefined) return undefined
    const loaded = await registry.load(champion.version)
    if (loaded.manifest.kind === 'recalibrated_market') return undefined
    return serves === undefined || (await serves(loaded)) ? loaded : undefined
  } catch (thrown) {
    // A champion that cannot be read does not serve, so there is nothing to beat.
    if (thrown instanceof DomainError) return undefined
    throw thrown
  }
}

async function againstChampion(
  { loadScorer }: EvidenceDeps,
  { test, model }: Predictions,
  { manifest, onnx }: RegisteredModel,
  names: readonly string[],
): Promise<LossDifference | string> {
  if (!isOfFeatures(manifest, names)) return `${manifest.version} was learned from other features`
  const unseen = unseenBy(manifest, test)
  const rows = takeRows(test, unseen)
  if (new Set(dayOfRow(rows)).size < 2) return `${manifest.version} has learned from these bets, too`
  const scorer = await loadScorer(onnx, names.length)
  try {
    const said = await scorer.score(toRowMajor(rows.matrix), rows.matrix.nRows)
    const own = Float64Array.from(unseen, (r) => model[r] as number)
    const r = said.findIndex((p) => !(p >= 0 && p <= 1))
    if (r >= 0) return `${manifest.version} says ${said[r]} of bet ${r} of these: no probability`
    return compareLogLoss(rows.labels, own, said, dayOfRow(rows))
  } finally {
    await scorer.release()
  }
}

function isOfFeatures({ features }: ModelManifest, names: readonly string[]): boolean {
  return features.names.length === names.length && features.names.every((name, f) => name === names[f])
}

/** Test rows placed after everything that a model has learned from. */
function unseenBy({ ledger: { learnedTo } }: ModelManifest, test: LearningRows): Int32Array {
  const sinceMs = learnedTo === null ? Number.NEGATIVE_INFINITY : Date.parse(learnedTo)
  return Int32Array.from(test.placedAtMs.keys()).filter((r) => (test.placedAtMs[r] as number) > sinceMs)
}

function calibrationOf(test: LearningRows, model: Float64Array): GateEvidence['calibration'] {
  try {
    return calibrationSlope(test.labels, model, dayOfRow(test))
  } catch (thrown) {
    // One class, one probability or too few days: the gate is told that there is no answer.
    if (thrown instanceof DomainError) return undefined
    throw thrown
  }
}
