import type { Tree } from '../trees/tree.ts'

/**
 * Trees in one memory, read as whole numbers and as 32-bit floats, {@link STRIDE} numbers a node: a step of a row down a
 * tree looks at one cache line, and most lines are of the node that comes next as well.
 */
interface PackedTrees {
  /** Where the root of each tree begins. */
  roots: Int32Array
  ints: Int32Array
  floats: Float32Array
}

const STRIDE = 4
/** Where in a node: the threshold, or the value of a leaf. */
const NUMBER = 0
/** The feature f, or its complement −f − 1 where rows go left whose value is missing. */
const FEATURE = 1
/** Where the children begin; −1 as the left one of a leaf. */
const LEFT = 2
const RIGHT = 3

/**
 * Makes ready the sum of trees for one row: Σ of the leaves that it reaches, in 64 bits, tree after tree.
 *
 * @returns a function of a row, NaN where a value is missing
 */
export function sumOfTrees(trees: readonly Tree[]): (row: Float64Array) => number {
  const { roots, ints, floats } = pack(trees)
  return (row) => {
    let sum = 0
    for (let t = 0; t < roots.length; t++) {
      let node = roots[t] as number
      let left = ints[node + LEFT] as number
      while (left >= 0) {
        const feature = ints[node + FEATURE] as number
        // The complement of what is below zero, and else the number itself.
        const x = row[feature ^ (feature >> 31)] as number
        const goesLeft = x <= (floats[node + NUMBER] as number) || (feature < 0 && Number.isNaN(x))
        node = goesLeft ? left : (ints[node + RIGHT] as number)
        left = ints[node + LEFT] as number
      }
      sum += floats[node + NUMBER] as number
    }
    return sum
  }
}

function pack(trees: readonly Tree[]): PackedTrees {
  const nNodes = trees.reduce((sum, { left }) => sum + left.length, 0)
  const ints = new Int32Array(STRIDE * nNodes)
  const packed: PackedTrees = { roots: new Int32Array(trees.length), ints, floats: new Float32Array(ints.buffer) }
  let root = 0
  for (const [t, tree] of trees.entries()) {
    packed.roots[t] = root
    packTree(packed, tree, root)
    root += STRIDE * tree.left.length
  }
  return packed
}

function packTree({ ints, floats }: PackedTrees, tree: Tree, root: number): void {
  for (const [n, left] of tree.left.entries()) {
    const node = root + STRIDE * n
    const isLeaf = left < 0
    const feature = tree.feature[n] as number
    floats[node + NUMBER] = (isLeaf ? tree.value[n] : tree.threshold[n]) as number
    ints[node + FEATURE] = tree.missingLeft[n] === 1 ? ~feature : feature
    ints[node + LEFT] = isLeaf ? -1 : root + STRIDE * left
    ints[node + RIGHT] = root + STRIDE * (tree.right[n] as number)
  }
}
