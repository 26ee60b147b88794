import { DomainError, UpstreamError } from '../kernel/errors.ts'
import type { Clock, Progress } from '../kernel/ports.ts'
import type { PinnedTrees } from '../onnx/threshold-rows.ts'
import { thresholdRows } from '../onnx/threshold-rows.ts'
import type { ModelManifest } from '../registry/manifest.ts'
import type { RegisteredModel } from '../registry/registry.ts'
import type { LoadScorer, Scorer } from '../registry/scorer.ts'
import type { FeatureMatrix } from '../trees/matrix.ts'
import { rowRange, toRowMajor } from '../trees/matrix.ts'
import { largestGap, ownArithmetic } from './own-arithmetic.ts'

export interface CheckDeps {
  loadScorer: LoadScorer
  clock: Clock
  progress: Progress
}

/** A model as a file, and as whoever made it would compute it. */
export interface CheckedModel {
  onnx: Uint8Array
  /** Our own arithmetic; undefined where there is only the file. */
  predict: ((matrix: FeatureMatrix) => Float64Array) | undefined
  /** The trees whose splits are tried on both sides. */
  trees: readonly PinnedTrees[]
  /** Rows that nothing was learned from. */
  rows: FeatureMatrix
}

/** What came of running a model. */
export interface ModelTrial extends Pick<ModelManifest, 'parity' | 'latencyMs' | 'probe'> {
  /** What the file says of the rows. */
  probabilities: Float64Array
}

/** Single predictions that are timed. */
const TIMED = 200

/** Rows that the ways to a split start from. */
const BASE_ROWS = 500

/**
 * Runs an exported model on rows and on rows around every split of its trees, and compares it with our own arithmetic:
 * that of whoever made it, and that of the row evaluator, which serves it where it can.
 *
 * A file that neither knows agrees with itself, and the parity says nothing but that it runs.
 *
 * @throws {DomainError} `no_probability` where it gives something else than a probability for a row
 */
export async function tryModel(deps: CheckDeps, model: CheckedModel): Promise<ModelTrial> {
  const task = deps.progress.start('Checking ONNX against the trees')
  const { rows } = model
  const scorer = await deps.loadScorer(model.onnx, rows.columns.length)
  try {
    const probabilities = Float64Array.from(await scorer.score(toRowMajor(rows), rows.nRows))
    assertProbabilities(probabilities)
    const own = ownArithmetic(model.onnx, model.predict)
    let largestDifference = largestGap(own, rows, probabilities)
    let tried = 0
    for (const around of thresholdRows(model.trees, rowRange(rows, 0, Math.min(rows.nRows, BASE_ROWS)))) {
      if (own.length === 0) break
      const said = await scorer.score(toRowMajor(around), around.nRows)
      largestDifference = Math.max(largestDifference, largestGap(own, around, said))
      tried += around.nRows
    }
    task.finish(`largest difference ${largestDifference.toExponential(1)} over ${rows.nRows} + ${tried} rows`)
    return {
      probabilities,
      parity: { rows: rows.nRows, thresholdRows: tried, largestDifference },
      latencyMs: await meanLatency(deps, scorer, rows),
      probe: probeOf(rows, probabilities),
    }
  } finally {
    await scorer.release()
  }
}

/** Whether a model loads and gives an even-money bet without history a probability, as the service asks of it. */
export async function canRun(loadScorer: LoadScorer, { manifest, onnx }: RegisteredModel): Promise<boolean> {
  const width = manifest.features.names.length
  let scorer: Scorer | undefined
  try {
    scorer = await loadScorer(onnx, width)
    const [probability = Number.NaN] = await scorer.score(new Float32Array(width), 1)
    return probability > 0 && probability < 1
  } catch (thrown) {
    if (thrown instanceof UpstreamError) return false
    throw thrown
  } finally {
    await scorer?.release()
  }
}

function assertProbabilities(probabilities: Float64Array): void {
  const r = probabilities.findIndex((p) => !(p >= 0 && p <= 1))
  if (r >= 0) throw new DomainError('no_probability', `the model says ${probabilities[r]} of row ${r}: no probability`)
}

async function meanLatency({ clock }: CheckDeps, scorer: Scorer, rows: FeatureMatrix): Promise<number> {
  const begin = clock()
  for (let i = 0; i < TIMED; i++) {
    const r = i % rows.nRows
    await scorer.score(toRowMajor(rowRange(rows, r, r + 1)), 1)
  }
  return (clock() - begin) / TIMED
}

function probeOf(rows: FeatureMatrix, probabilities: Float64Array): ModelManifest['probe'] {
  const last = rows.nRows - 1
  const values = rows.columns.map((column) => column[last] as number)
  return {
    features: values.map((value) => (Number.isFinite(value) ? value : null)),
    probability: probabilities[last] as number,
  }
}
