import type { Tree } from '../trees/tree.ts'
import { nodeCount } from '../trees/tree.ts'
import type { GraphNode } from './graph.ts'

export interface TreeNodeOptions {
  /** Width of the result, 1 unless told. */
  nOutputs?: number
  /** Output that each tree adds to, in [0, nOutputs); all 0 unless told. */
  outputOf?: ArrayLike<number>
}

/**
 * The sum of trees as one `TreeEnsembleRegressor` node: 32-bit floats of shape [rows, nOutputs].
 *
 * A branch is `BRANCH_LEQ` (left where x ≤ threshold); NaN goes left exactly where `nodes_missing_value_tracks_true` is
 * 1. Thresholds and values are written as 64-bit floats, which `input` must be too: the runtime then sums in 64 bits, tree
 * after tree, and rounds to 32 once at the end. `nodes_hitrates`, which no runtime reads and which is the
 * one field for it, carries each node's cover. Gains and bins are not stored.
 *
 * @see github.com/onnx/onnx, Operators-ml.md, "ai.onnx.ml.TreeEnsembleRegressor", version 3
 */
export function treeEnsembleNode(
  trees: readonly Tree[],
  input: string,
  output: string,
  { nOutputs = 1, outputOf }: TreeNodeOptions = {},
): GraphNode {
  const table = nodeTable(trees)
  const leaves = leafTable(trees, outputOf)
  return {
    op: 'TreeEnsembleRegressor',
    domain: 'ai.onnx.ml',
    inputs: [input],
    output,
    attributes: {
      n_targets: { int: nOutputs },
      aggregate_function: { string: 'SUM' },
      post_transform: { string: 'NONE' },
      nodes_treeids: { ints: table.tree },
      nodes_nodeids: { ints: table.node },
      nodes_featureids: { ints: table.feature },
      nodes_values_as_tensor: { doubleTensor: table.threshold },
      nodes_hitrates: { floats: table.cover },
      nodes_modes: { strings: table.modes },
      nodes_truenodeids: { ints: table.left },
      nodes_falsenodeids: { ints: table.right },
      nodes_missing_value_tracks_true: { ints: table.missingLeft },
      target_treeids: { ints: leaves.tree },
      target_nodeids: { ints: leaves.node },
      target_ids: { ints: leaves.output },
      target_weights_as_tensor: { doubleTensor: leaves.value },
    },
  }
}

/** The nodes of all trees, tree after tree; a leaf's children, which it has not, are 0. */
function nodeTable(trees: readonly Tree[]) {
  const n = trees.reduce((sum, tree) => sum + nodeCount(tree), 0)
  const table = {
    tree: new Int32Array(n),
    node: new Int32Array(n),
    feature: new Int32Array(n),
    threshold: new Float32Array(n),
    cover: new Float32Array(n),
    left: new Int32Array(n),
    right: new Int32Array(n),
    missingLeft: new Int32Array(n),
    modes: new Array<string>(n),
  }
  let begin = 0
  for (const [t, tree] of trees.entries()) {
    const end = begin + nodeCount(tree)
    table.tree.fill(t, begin, end)
    table.feature.set(tree.feature, begin)
    table.threshold.set(tree.threshold, begin)
    table.cover.set(tree.cover, begin)
    table.missingLeft.set(tree.missingLeft, begin)
    for (let node = 0; node < end - begin; node++) {
      table.node[begin + node] = node
      table.left[begin + node] = Math.max(0, tree.left[node] as number)
      table.right[begin + node] = Math.max(0, tree.right[node] as number)
      table.modes[begin + node] = isLeaf(tree, node) ? 'LEAF' : 'BRANCH_LEQ'
    }
    begin = end
  }
  return table
}

/** What each leaf adds, and to which output. */
function leafTable(trees: readonly Tree[], outputOf: ArrayLike<number> | undefined) {
  const tree: number[] = []
  const node: number[] = []
  const output: number[] = []
  const value: number[] = []
  for (const [t, { left, value: values }] of trees.entries()) {
    for (let i = 0; i < left.length; i++) {
      if ((left[i] as number) >= 0) continue
      tree.push(t)
      node.push(i)
      output.push(outputOf?.[t] ?? 0)
      value.push(values[i] as number)
    }
  }
  return { tree, node, output, value: Float32Array.from(value) }
}

function isLeaf(tree: Tree, nodeId: number): boolean {
  return (tree.left[nodeId] as number) < 0
}
