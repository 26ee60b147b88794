import type { Tree } from './tree.ts'
import { nodeCount } from './tree.ts'

/** What each feature did in the splits of trees; arrays by feature. */
export interface SplitImportance {
  /** Sum of the gains of its splits, as XGBoost's `total_gain`. */
  totalGain: Float64Array
  /** Mean gain of its splits, as XGBoost's `gain`; 0 where it has none. */
  meanGain: Float64Array
  /** Number of its splits, as XGBoost's `weight`. */
  splits: Int32Array
}

/**
 * Importance of features by the splits that they made on the training rows.
 *
 * Gain prefers features of many values, which have more ways to gain by chance; `permutationImportance` on held-out
 * rows does not.
 */
export function splitImportance(trees: readonly Tree[], nFeatures: number): SplitImportance {
  const totalGain = new Float64Array(nFeatures)
  const splits = new Int32Array(nFeatures)
  for (const tree of trees) {
    for (let node = 0; node < nodeCount(tree); node++) {
      if ((tree.left[node] as number) < 0) continue
      const feature = tree.feature[node] as number
      totalGain[feature] = (totalGain[feature] as number) + (tree.gain[node] as number)
      splits[feature] = (splits[feature] as number) + 1
    }
  }
  const meanGain = totalGain.map((gain, f) => gain / Math.max(1, splits[f] as number))
  return { totalGain, meanGain, splits }
}
