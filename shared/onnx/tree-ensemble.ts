import type { Tree } from '../trees/tree.ts'
import { nodeCount } from '../trees/tree.ts'
import type { GraphNode } from './graph.ts'

/**
 * The sum of trees as one `TreeEnsembleRegressor` node.
 *
 * A branch is `BRANCH_LEQ` (left where x ≤ threshold); NaN goes left exactly where `nodes_missing_value_tracks_true` is
 * 1. Thresholds and values are the trees' own 32-bit floats.
 *
 * @see github.com/onnx/onnx, Operators-ml.md, "ai.onnx.ml.TreeEnsembleRegressor", version 3
 */
export function treeEnsembleNode(trees: readonly Tree[], input: string, output: string): GraphNode {
  const nodes = trees.flatMap((tree, treeId) =>
    Array.from({ length: nodeCount(tree) }, (_, nodeId) => ({ tree, treeId, nodeId })),
  )
  const leaves = nodes.filter(({ tree, nodeId }) => isLeaf(tree, nodeId))
  const ints = (value: (node: (typeof nodes)[number]) => number | undefined) => ({
    ints: nodes.map((node) => value(node) ?? 0),
  })
  return {
    op: 'TreeEnsembleRegressor',
    domain: 'ai.onnx.ml',
    inputs: [input],
    output,
    attributes: {
      n_targets: { int: 1 },
      aggregate_function: { string: 'SUM' },
      post_transform: { string: 'NONE' },
      nodes_treeids: ints(({ treeId }) => treeId),
      nodes_nodeids: ints(({ nodeId }) => nodeId),
      nodes_featureids: ints(({ tree, nodeId }) => tree.feature[nodeId]),
      nodes_values: { floats: nodes.map(({ tree, nodeId }) => tree.threshold[nodeId] ?? 0) },
      nodes_modes: { strings: nodes.map(({ tree, nodeId }) => (isLeaf(tree, nodeId) ? 'LEAF' : 'BRANCH_LEQ')) },
      nodes_truenodeids: ints(({ tree, nodeId }) => Math.max(0, tree.left[nodeId] ?? 0)),
      nodes_falsenodeids: ints(({ tree, nodeId }) => Math.max(0, tree.right[nodeId] ?? 0)),
      nodes_missing_value_tracks_true: ints(({ tree, nodeId }) => tree.missingLeft[nodeId]),
      target_treeids: { ints: leaves.map(({ treeId }) => treeId) },
      target_nodeids: { ints: leaves.map(({ nodeId }) => nodeId) },
      target_ids: { ints: leaves.map(() => 0) },
      target_weights: { floats: leaves.map(({ tree, nodeId }) => tree.value[nodeId] ?? 0) },
    },
  }
}

function isLeaf(tree: Tree, nodeId: number): boolean {
  return (tree.left[nodeId] as number) < 0
}
