import type { FeatureMatrix } from './matrix.ts'
import type { Tree } from './tree.ts'
import { addTreeScores } from './tree.ts'

/**
 * How the sum of an ensemble becomes a prediction: as it is, through 1/(1 + e^−x), or through exp(x_k)/Σ exp(x_j) over
 * its outputs.
 */
export const LINKS = ['identity', 'logistic', 'softmax'] as const
export type Link = (typeof LINKS)[number]

/**
 * Trees that add up to one raw score a row, or to one for each of several classes.
 *
 * A boosted model, a forest (each value divided by the number of trees, so that the sum is the mean) and an imported
 * model are all this.
 */
export interface TreeEnsemble {
  /** Width of the rows that it takes. */
  readonly nFeatures: number
  /** 1, or the number of classes. */
  readonly nOutputs: number
  readonly link: Link
  readonly trees: readonly Tree[]
  /** Output that each tree adds to, in [0, nOutputs); all 0 where there is one. */
  readonly outputOf: Int32Array
  /** Raw score of each output before any tree, length nOutputs. */
  readonly baseScores: Float64Array
}

/** An ensemble of one output. */
export function singleOutput(
  trees: readonly Tree[],
  nFeatures: number,
  { link = 'logistic', baseScore = 0 }: { link?: Exclude<Link, 'softmax'>; baseScore?: number } = {},
): TreeEnsemble {
  const outputOf = new Int32Array(trees.length)
  return { nFeatures, nOutputs: 1, link, trees, outputOf, baseScores: Float64Array.of(baseScore) }
}

/** Raw scores of rows: the base score plus the value of every tree; one array of length nRows for each output. */
export function ensembleScores(ensemble: TreeEnsemble, matrix: FeatureMatrix): Float64Array[] {
  const scores = Array.from(ensemble.baseScores, (base) => new Float64Array(matrix.nRows).fill(base))
  for (const [t, tree] of ensemble.trees.entries()) {
    addTreeScores(tree, matrix, scores[ensemble.outputOf[t] as number] as Float64Array)
  }
  return scores
}
