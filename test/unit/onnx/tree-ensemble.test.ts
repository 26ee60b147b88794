import { expect, test } from 'vitest'
import type { GraphNode } from '../../../shared/onnx/graph.ts'
import { treeEnsembleNode } from '../../../shared/onnx/tree-ensemble.ts'
import type { Tree } from '../../../shared/trees/tree.ts'
import { leafTree } from '../../support/trees.ts'

const SPLIT: Tree = {
  feature: Int32Array.of(3, 0, 0),
  threshold: Float32Array.of(1.5, 0, 0),
  splitBin: Uint8Array.of(0, 0, 0),
  left: Int32Array.of(1, -1, -1),
  right: Int32Array.of(2, -1, -1),
  missingLeft: Uint8Array.of(1, 0, 0),
  value: Float32Array.of(0, -0.25, 0.5),
  gain: new Float32Array(3),
  cover: Float32Array.of(7, 3, 4),
}
const LEAF = leafTree(0.125)

/** Typed arrays as plain lists. */
function plain({ attributes = {}, ...node }: GraphNode) {
  const list = (value: unknown) => (ArrayBuffer.isView(value) ? Array.from(value as Int32Array) : value)
  const entries = Object.entries(attributes).map(([name, attribute]) => [
    name,
    Object.fromEntries(Object.entries(attribute).map(([kind, value]) => [kind, list(value)])),
  ])
  return { ...node, attributes: Object.fromEntries(entries) }
}

test('treeEnsembleNode lists nodes tree by tree and the leaves as targets', () => {
  expect(plain(treeEnsembleNode([SPLIT, LEAF], 'x', 'y'))).toEqual({
    op: 'TreeEnsembleRegressor',
    domain: 'ai.onnx.ml',
    inputs: ['x'],
    output: 'y',
    attributes: {
      n_targets: { int: 1 },
      aggregate_function: { string: 'SUM' },
      post_transform: { string: 'NONE' },
      nodes_treeids: { ints: [0, 0, 0, 1] },
      nodes_nodeids: { ints: [0, 1, 2, 0] },
      nodes_featureids: { ints: [3, 0, 0, 0] },
      nodes_values_as_tensor: { doubleTensor: [1.5, 0, 0, 0] },
      nodes_hitrates: { floats: [7, 3, 4, 0] },
      nodes_modes: { strings: ['BRANCH_LEQ', 'LEAF', 'LEAF', 'LEAF'] },
      nodes_truenodeids: { ints: [1, 0, 0, 0] },
      nodes_falsenodeids: { ints: [2, 0, 0, 0] },
      nodes_missing_value_tracks_true: { ints: [1, 0, 0, 0] },
      target_treeids: { ints: [0, 0, 1] },
      target_nodeids: { ints: [1, 2, 0] },
      target_ids: { ints: [0, 0, 0] },
      target_weights_as_tensor: { doubleTensor: [-0.25, 0.5, 0.125] },
    },
  })
})

test('treeEnsembleNode adds each tree to its output', () => {
  const { attributes } = plain(treeEnsembleNode([SPLIT, LEAF], 'x', 'y', { nOutputs: 3, outputOf: [2, 0] }))
  expect(attributes).toMatchObject({ n_targets: { int: 3 }, target_ids: { ints: [2, 2, 0] } })
})
