import type { BinaryScores } from '../evaluation/metrics.ts'
import { featureSet } from '../features/feature-set.ts'
import type { FeatureRows } from '../features/replay.ts'
import { sha256Hex } from '../kernel/digest.ts'
import { DomainError, InvariantError } from '../kernel/errors.ts'
import type { Clock, Progress } from '../kernel/ports.ts'
import type { LearningRows } from '../recipe/dataset.ts'
import { learningRows, sliceRows } from '../recipe/dataset.ts'
import type { MarketModel } from '../recipe/market-model.ts'
import { predictWinProbabilities, RECIPE, RECIPE_REVISION } from '../recipe/market-model.ts'
import { encodeMarketModel } from '../recipe/to-onnx.ts'
import type { Scoreboard } from '../recipe/walk-forward.ts'
import { runFold } from '../recipe/walk-forward.ts'
import { judge } from '../registry/gate.ts'
import type { ModelManifest, StoredScoreboard, Verdict } from '../registry/manifest.ts'
import type { ModelRegistry } from '../registry/registry.ts'
import type { LoadScorer } from '../registry/scorer.ts'
import { toRowMajor } from '../trees/matrix.ts'
import type { LedgerIdentity } from './ledger-identity.ts'
import type { DataQuality } from './training-gate.ts'

/** Share of the bets, the latest ones, that nothing is learned from: every published score comes from them. */
const TEST_SHARE = 0.2

/** Fewer learnable bets than this give test rows too few to tell a model from luck. */
const MIN_LEARNABLE_BETS = 500

/** ONNX and our own arithmetic may differ by less than this. */
const PARITY_TOLERANCE = 1e-5

export interface TrainDeps {
  registry: ModelRegistry
  loadScorer: LoadScorer
  clock: Clock
  progress: Progress
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
 * Learns a model from the earlier 80 % of the bets, scores it on the rest beside its baselines, exports it to ONNX,
 * checks the export, registers it, and puts into service whichever the gate allows: the model, or the recalibrated
 * market under its own version name.
 *
 * @param ledger  with the features of `WIN_PROBABILITY_INPUTS`
 * @throws {DomainError} `too_few_bets`
 * @throws {InvariantError} where ONNX and our arithmetic disagree by 1e−5 or more
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
  const testBegin = Math.floor(rows.matrix.nRows * (1 - TEST_SHARE))
  const fold = { testBegin, testEnd: rows.matrix.nRows }
  const task = deps.progress.start('Growing trees')
  const { model, scores } = runFold(rows, fold, (done) => task.advance(done))
  task.finish(`${model.trees.length} kept`)
  const describe = (described: MarketModel, verdict: Verdict, board: Scoreboard) =>
    registerVersion(deps, { model: described, verdict, rows, testBegin, scores: board, ledger, identity })

  const { verdict, reason } = judge(storedScoreboard(scores, rows, testBegin))
  const candidate = await describe(model, verdict, scores)
  if (verdict === 'beats_both_baselines') {
    await deps.registry.setChampion(candidate.version, reason)
    return { candidate, served: candidate, reason }
  }
  const baseline: MarketModel = { market: model.market, trees: [], treeWeight: 0 }
  const served = await describe(baseline, 'baseline', baselineScoreboard(scores))
  await deps.registry.setChampion(served.version, reason)
  return { candidate, served, reason }
}

interface Version {
  model: MarketModel
  verdict: Verdict
  rows: LearningRows
  testBegin: number
  scores: Scoreboard
  ledger: FeatureRows
  identity: TrainingSource
}

async function registerVersion(deps: TrainDeps, version: Version): Promise<ModelManifest> {
  const { model, rows, testBegin, ledger, identity } = version
  const kind = model.trees.length > 0 ? 'market_trees' : 'recalibrated_market'
  const features = { hash: await featureSet(ledger.names).hash(), names: [...ledger.names] }
  const onnx = encodeMarketModel(model, {
    kind,
    features_hash: features.hash,
    ledger_sha256: identity.ledgerSha256,
    verdict: version.verdict,
  })
  const sha256 = await sha256Hex(onnx)
  const manifest: ModelManifest = {
    format: 'closeline-model/1',
    version: `${kind.replace('_', '-')}-${sha256.slice(0, 12)}`,
    kind,
    createdAt: new Date(deps.clock()).toISOString(),
    onnx: { sha256, bytes: onnx.length },
    features,
    ledger: {
      sha256: identity.ledgerSha256,
      origin: identity.origin,
      lakeRunId: identity.lakeRunId,
      bets: ledger.bets.length,
      learned: testBegin,
      learnedFrom: instantOf(rows, 0),
      learnedTo: instantOf(rows, testBegin - 1),
    },
    dataQuality: identity.dataQuality,
    recipe: {
      revision: RECIPE_REVISION,
      seed: RECIPE.seed,
      trees: model.trees.length,
      treeWeight: model.treeWeight,
      params: { ...RECIPE },
    },
    scores: storedScoreboard(version.scores, rows, testBegin),
    verdict: version.verdict,
    parity: await checkParity(deps, model, onnx, sliceRows(rows, testBegin, rows.matrix.nRows)),
  }
  await deps.registry.register({ manifest, onnx })
  return manifest
}

/** Runs the exported model on all test rows and compares it with our own arithmetic. */
async function checkParity(
  deps: TrainDeps,
  model: MarketModel,
  onnx: Uint8Array,
  test: LearningRows,
): Promise<ModelManifest['parity']> {
  const task = deps.progress.start('Checking ONNX against the trees')
  const scorer = await deps.loadScorer(onnx, test.matrix.columns.length)
  try {
    const exported = await scorer.score(toRowMajor(test.matrix), test.matrix.nRows)
    const own = predictWinProbabilities(model, test.matrix)
    const largestDifference = own.reduce((max, p, r) => Math.max(max, Math.abs(p - (exported[r] as number))), 0)
    if (!(largestDifference < PARITY_TOLERANCE)) {
      throw new InvariantError(`the exported model differs from its trees by ${largestDifference}`)
    }
    task.finish(`largest difference ${largestDifference.toExponential(1)} over ${test.matrix.nRows} rows`)
    return { rows: test.matrix.nRows, largestDifference }
  } finally {
    await scorer.release()
  }
}

/** The recalibrated market as the model: its scores are the baseline's, its difference to itself nothing. */
function baselineScoreboard(scores: Scoreboard): Scoreboard {
  const { clusters } = scores.modelMinusRecalibrated
  return {
    ...scores,
    model: scores.recalibratedImplied,
    modelMinusRecalibrated: { mean: 0, low: 0, high: 0, clusters },
  }
}

function storedScoreboard(scores: Scoreboard, rows: LearningRows, testBegin: number): StoredScoreboard {
  const stored = (board: BinaryScores) => ({ ...board, auc: Number.isNaN(board.auc) ? null : board.auc })
  return {
    testFrom: instantOf(rows, testBegin),
    testTo: instantOf(rows, rows.matrix.nRows - 1),
    model: stored(scores.model),
    implied: stored(scores.implied),
    recalibratedImplied: stored(scores.recalibratedImplied),
    modelMinusRecalibrated: scores.modelMinusRecalibrated,
  }
}

function instantOf(rows: LearningRows, r: number): string {
  return new Date(rows.placedAtMs[r] as number).toISOString()
}
