import { sha256Hex } from '../../shared/kernel/digest.ts'
import type { LearningRows } from '../../shared/recipe/dataset.ts'
import { MARKET_LOG_ODDS_INDEX, WIN_PROBABILITY_INPUTS } from '../../shared/recipe/inputs.ts'
import { MODEL_INPUT } from '../../shared/recipe/model-ports.ts'
import { encodeRoi } from '../../shared/recipe/roi-graph.ts'
import type { RoiHead } from '../../shared/recipe/roi-head.ts'
import { roiHead } from '../../shared/recipe/roi-head.ts'
import { ROI_OUTPUT } from '../../shared/recipe/roi-ports.ts'
import type { StoredRoiHead } from '../../shared/registry/manifest.ts'
import type { RegisteredModel } from '../../shared/registry/registry.ts'
import type { LoadScorer } from '../../shared/registry/scorer.ts'
import { runOnnx } from './onnx-session.ts'
import { leafTree } from './trees.ts'

/** The rows with the returns that the rules of settlement give: d − 1 where won, −1 where lost. */
export function withReturns(rows: LearningRows): LearningRows {
  const returns = rows.labels.map((label, r) => label / (rows.impliedProbabilities[r] ?? Number.NaN) - 1)
  return { ...rows, returns }
}

/** A head that expects as much of every bet more than the price at its word, which is 0. */
export function flatHead(expectedReturn: number): RoiHead {
  const score = { column: MARKET_LOG_ODDS_INDEX, slope: 1, intercept: 0 }
  const nFeatures = WIN_PROBABILITY_INPUTS.length
  return roiHead([leafTree(expectedReturn)], { nFeatures, base: { kind: 'column', score }, weight: 1 })
}

/** The file of a head. */
export function headFile(head: RoiHead): Uint8Array {
  return encodeRoi(head, { input: MODEL_INPUT, output: ROI_OUTPUT, graphName: 'test' })
}

/** What a manifest keeps of a head that is served; its scores are made up. */
export function storedHead(onnx: StoredRoiHead['onnx'], overrides: Partial<StoredRoiHead> = {}): StoredRoiHead {
  const losses = (head: number) => ({ head, constant: 0.21, priceImplied: 0.205, winProbability: 0.2031 })
  const lead = (mean: number) => ({
    robust: { mean, low: mean - 0.001, high: mean + 0.001, clusters: 40 },
    squared: { mean: 10 * mean, low: 10 * mean - 0.01, high: 10 * mean + 0.01, clusters: 40 },
  })
  return {
    verdict: 'served',
    reason: 'a test says so',
    checks: [{ name: 'beats_constant', passed: true, detail: 'by far' }],
    ...{ learned: 4321, trees: 17, weight: 0.75 },
    scores: {
      n: 1234,
      losses: { robust: losses(0.2), squared: losses(1.2) },
      headMinus: { constant: lead(-0.01), priceImplied: lead(-0.005), winProbability: lead(-0.0031) },
    },
    parity: { rows: 1000, thresholdRows: 51, largestDifference: 1e-7 },
    onnx,
    ...overrides,
  }
}

/** The version with a head beside it that is served. */
export async function withRoiHead(model: RegisteredModel, head = flatHead(0.07)): Promise<RegisteredModel> {
  const roiOnnx = headFile(head)
  const stored = storedHead({ sha256: await sha256Hex(roiOnnx), bytes: roiOnnx.length })
  return { ...model, manifest: { ...model.manifest, roiHead: stored }, roiOnnx }
}

/** Runs ROI heads in onnxruntime-web. */
export const roiLoader: LoadScorer = async (onnx, nFeatures) => ({
  score: (features, nRows) =>
    runOnnx(onnx, {
      nRows,
      columns: Array.from({ length: nFeatures }, (_, f) =>
        Float32Array.from({ length: nRows }, (_row, r) => features[r * nFeatures + f] ?? Number.NaN),
      ),
    }),
  release: async () => {},
})
