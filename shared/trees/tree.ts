import type { BinnedMatrix } from './binned-matrix.ts'
import { MISSING_BIN } from './binning.ts'
import type { FeatureMatrix } from './matrix.ts'

/**
 * One regression tree as parallel arrays over its nodes; node 0 is the root, a child always has a higher index than
 * its parent.
 *
 * A row goes left where its value of `feature` is at most `threshold`, right where it is above, and where it is missing
 * as `missingLeft` says. A leaf has `left` = −1. A threshold of +∞ parts all rows that have a value from those that do
 * not.
 */
export interface Tree {
  readonly feature: Int32Array
  readonly threshold: Float32Array
  /** The bin whose upper edge is `threshold`: rows with a code at most this go left. */
  readonly splitBin: Uint8Array
  readonly left: Int32Array
  readonly right: Int32Array
  readonly missingLeft: Uint8Array
  /** Contribution to the raw score at a leaf, the learning rate already in it; 32-bit, as ONNX stores it. */
  readonly value: Float32Array
  /** Gain of the split, twice the loss that it takes away, as XGBoost reports it; 0 at a leaf. */
  readonly gain: Float32Array
  /** Sum of Hessians of the training rows that reached the node. */
  readonly cover: Float32Array
}

/** Number of nodes, leaves included. */
export function nodeCount(tree: Tree): number {
  return tree.left.length
}

/** Adds the tree's value for each row to `scores`. */
export function addTreeScores(tree: Tree, matrix: FeatureMatrix, scores: Float64Array): void {
  const { columns } = matrix
  for (let r = 0; r < matrix.nRows; r++) {
    let node = 0
    while ((tree.left[node] as number) >= 0) {
      const x = (columns[tree.feature[node] as number] as Float32Array)[r] as number
      const goesLeft = Number.isNaN(x) ? tree.missingLeft[node] === 1 : x <= (tree.threshold[node] as number)
      node = (goesLeft ? tree.left[node] : tree.right[node]) as number
    }
    scores[r] = (scores[r] as number) + (tree.value[node] as number)
  }
}

/** The same over binned rows, or the given ones among them. */
export function addBinnedTreeScores(tree: Tree, matrix: BinnedMatrix, scores: Float64Array, rows?: Int32Array): void {
  const { codes } = matrix
  const { feature, splitBin, left, right, missingLeft, value } = tree
  const missing = MISSING_BIN
  const count = rows === undefined ? matrix.nRows : rows.length
  for (let i = 0; i < count; i++) {
    const r = rows === undefined ? i : (rows[i] as number)
    let node = 0
    while ((left[node] as number) >= 0) {
      const code = (codes[feature[node] as number] as Uint8Array)[r] as number
      const goesLeft = code === missing ? missingLeft[node] === 1 : code <= (splitBin[node] as number)
      node = (goesLeft ? left[node] : right[node]) as number
    }
    scores[r] = (scores[r] as number) + (value[node] as number)
  }
}
