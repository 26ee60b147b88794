import type { Bet } from '../../shared/bets/bet.ts'
import type { Blend, ColumnScore } from '../../shared/blend/blend.ts'
import { predictBlend } from '../../shared/blend/predict.ts'
import { featureSet } from '../../shared/features/feature-set.ts'
import { sha256Hex } from '../../shared/kernel/digest.ts'
import type { Clock, ObjectStore, TaggedReader } from '../../shared/kernel/ports.ts'
import { encodeBlend } from '../../shared/onnx/encode-blend.ts'
import { MARKET_LOG_ODDS_INDEX, WIN_PROBABILITY_INPUTS } from '../../shared/recipe/inputs.ts'
import { MODEL_INPUT, MODEL_OUTPUT } from '../../shared/recipe/model-ports.ts'
import { RECIPE, RECIPE_REVISION } from '../../shared/recipe/recipe.ts'
import type { ModelManifest, StoredScoreboard } from '../../shared/registry/manifest.ts'
import type { RegisteredModel } from '../../shared/registry/registry.ts'
import { createModelRegistry } from '../../shared/registry/registry.ts'
import type { LoadScorer } from '../../shared/registry/scorer.ts'
import { updateLake } from '../../shared/usecases/update-lake.ts'
import { manualClock } from './manual-clock.ts'
import { ANYTHING_GOES, memoryPipelineDeps } from './pipeline-deps.ts'

/** 1 June 2025: after the bets of {@link bet}, when the test models are made. */
export const MODELS_MADE_MS = Date.UTC(2025, 5, 1)

/** The price taken at its word. */
export const PLAIN_MARKET: Blend = marketBlend()

/** A blend of the market alone, recalibrated by these numbers. */
export function marketBlend(score: Partial<ColumnScore> = {}): Blend {
  const market = { column: MARKET_LOG_ODDS_INDEX, slope: 1, intercept: 0, ...score }
  return {
    nFeatures: WIN_PROBABILITY_INPUTS.length,
    members: [{ name: 'market', weight: 1, member: { kind: 'column', score: market } }],
    intercept: 0,
    calibrator: { kind: 'none' },
  }
}

/** Scores with these log losses: model, implied, recalibrated. */
export function scoreboard(model = 0.58, implied = 0.6, recalibrated = 0.59): StoredScoreboard {
  const scores = (logLoss: number) => ({ n: 100, logLoss, brier: 0.2, auc: 0.6, ece: 0.01 })
  return {
    testFrom: '2025-05-01T00:00:00.000Z',
    testTo: '2025-05-31T00:00:00.000Z',
    model: scores(model),
    implied: scores(implied),
    recalibratedImplied: scores(recalibrated),
    baseRate: scores(0.69),
    modelMinusImplied: { mean: model - implied, low: -0.03, high: 0.01, clusters: 20 },
    modelMinusRecalibrated: { mean: model - recalibrated, low: -0.02, high: 0.02, clusters: 20 },
  }
}

/** A model version that runs: the bytes are real ONNX, the history of its making is made up. */
export async function modelVersion(
  model: Blend = PLAIN_MARKET,
  overrides: Partial<ModelManifest> = {},
): Promise<RegisteredModel> {
  const onnx = encodeBlend(model, { input: MODEL_INPUT, output: MODEL_OUTPUT, graphName: 'test' })
  const sha256 = await sha256Hex(onnx)
  const span = { learnedFrom: '2025-03-01T00:00:00.000Z', learnedTo: '2025-04-30T00:00:00.000Z' }
  const manifest: ModelManifest = {
    format: 'closeline-model/2',
    version: `recalibrated-market-${sha256.slice(0, 12)}`,
    kind: 'recalibrated_market',
    createdAt: new Date(MODELS_MADE_MS).toISOString(),
    source: { by: 'closeline', sha256: null },
    onnx: { sha256, bytes: onnx.length },
    features: { hash: await featureSet(WIN_PROBABILITY_INPUTS).hash(), names: [...WIN_PROBABILITY_INPUTS] },
    codes: { sport: {}, market: {} },
    ledger: { sha256: 'a'.repeat(64), origin: 'own', lakeRunId: 'run-1', bets: 500, learned: 400, ...span },
    dataQuality: null,
    recipe: { revision: RECIPE_REVISION, seed: RECIPE.boosting.seed, params: { ...RECIPE } },
    members: [{ name: 'market', weight: 1, trees: 0 }],
    calibration: { kind: 'none', trials: [] },
    scores: scoreboard(),
    contributions: [],
    verdict: 'baseline',
    checks: [],
    parity: { rows: 100, thresholdRows: 0, largestDifference: 1e-8 },
    latencyMs: 1,
    probe: probeOf(model),
    ...overrides,
  }
  return { manifest, onnx }
}

/** What the blend says of a row of zeros. */
function probeOf(blend: Blend): ModelManifest['probe'] {
  const features = WIN_PROBABILITY_INPUTS.map(() => 0)
  const columns = features.map((value) => Float32Array.of(value))
  return { features, probability: predictBlend(blend, { nRows: 1, columns })[0] ?? Number.NaN }
}

/** Leaves the features and the record of exactly these bets, read at a moment. */
export async function materializeInto(
  objects: ObjectStore & TaggedReader,
  bets: readonly Bet[],
  readAtMs = MODELS_MADE_MS,
): Promise<void> {
  await objects.remove([...(await objects.list('lake/')), ...(await objects.list('online/'))])
  const deps = memoryPipelineDeps({ objects, clock: manualClock(readAtMs) })
  deps.source.save(bets, (readAtMs - 1000) * 1000)
  await updateLake(deps, { trigger: 'test', mode: 'incremental', sport: null, thresholds: ANYTHING_GOES })
}

/** Registers a model version and makes it the champion. */
export async function promote(
  objects: ObjectStore,
  registered: RegisteredModel,
  clock: Clock = () => MODELS_MADE_MS,
): Promise<string> {
  const registry = createModelRegistry(objects, clock)
  await registry.register(registered)
  await registry.moveAlias('champion', registered.manifest.version, 'a test says so')
  return registered.manifest.version
}

/** Fills an object store with all that the functions serve from: snapshots of a ledger and a champion. */
export async function fillForServing(
  objects: ObjectStore & TaggedReader,
  ledger: readonly Bet[],
  model = PLAIN_MARKET,
): Promise<string> {
  await materializeInto(objects, ledger)
  return promote(objects, await modelVersion(model))
}

/** A scorer that gives every row the same probability, and remembers the features it was asked about. */
export function fixedScorer(probability: number): LoadScorer & { asked: Float32Array[]; released: number } {
  const load: LoadScorer = async () => ({
    score: async (features, nRows) => {
      scorer.asked.push(features)
      return new Float32Array(nRows).fill(probability)
    },
    release: async () => {
      scorer.released++
    },
  })
  const scorer = Object.assign(load, { asked: [] as Float32Array[], released: 0 })
  return scorer
}
