import type { Tree } from '../trees/tree.ts'

/** Trees in one set of arrays, each node's children by their places among all nodes. */
interface PackedTrees {
  roots: Int32Array
  feature: Int32Array
  threshold: Float32Array
  /** −1 at a leaf. */
  left: Int32Array
  right: Int32Array
  /** Where rows go whose value is missing. */
  missing: Int32Array
  value: Float32Array
}

/**
 * Makes ready the sum of trees for one row: Σ of the leaves that it reaches, in 64 bits, tree after tree.
 *
 * @returns a function of a row, NaN where a value is missing
 */
export function sumOfTrees(trees: readonly Tree[]): (row: Float64Array) => number {
  const { roots, feature, threshold, left, right, missing, value } = pack(trees)
  return (row) => {
    let sum = 0
    for (let t = 0; t < roots.length; t++) {
      let node = roots[t] as number
      let below = left[node] as number
      while (below >= 0) {
        const x = row[feature[node] as number] as number
        if (x <= (threshold[node] as number)) node = below
        else node = (Number.isNaN(x) ? missing[node] : right[node]) as number
        below = left[node] as number
      }
      sum += value[node] as number
    }
    return sum
  }
}

function pack(trees: readonly Tree[]): PackedTrees {
  const sizes = trees.map(({ left }) => left.length)
  const nNodes = sizes.reduce((sum, size) => sum + size, 0)
  const packed: PackedTrees = {
    roots: new Int32Array(trees.length),
    feature: new Int32Array(nNodes),
    threshold: new Float32Array(nNodes),
    left: new Int32Array(nNodes).fill(-1),
    right: new Int32Array(nNodes),
    missing: new Int32Array(nNodes),
    value: new Float32Array(nNodes),
  }
  let root = 0
  for (const [t, tree] of trees.entries()) {
    packed.roots[t] = root
    packed.feature.set(tree.feature, root)
    packed.threshold.set(tree.threshold, root)
    packed.value.set(tree.value, root)
    for (const [node, child] of tree.left.entries()) {
      if (child < 0) continue
      const other = tree.right[node] as number
      packed.left[root + node] = root + child
      packed.right[root + node] = root + other
      packed.missing[root + node] = root + (tree.missingLeft[node] === 1 ? child : other)
    }
    root += sizes[t] as number
  }
  return packed
}
