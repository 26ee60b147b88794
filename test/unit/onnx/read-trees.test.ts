import { describe, expect, test } from 'vitest'
import { createRng } from '../../../shared/kernel/random.ts'
import { encodeBlend } from '../../../shared/onnx/encode-blend.ts'
import { encodeEnsemble } from '../../../shared/onnx/encode-ensemble.ts'
import type { Attribute, GraphNode } from '../../../shared/onnx/graph.ts'
import { encodeOnnx } from '../../../shared/onnx/graph.ts'
import { readTreeEnsembles } from '../../../shared/onnx/read-trees.ts'
import { treeEnsembleNode } from '../../../shared/onnx/tree-ensemble.ts'
import type { TreeEnsemble } from '../../../shared/trees/ensemble.ts'
import { singleOutput } from '../../../shared/trees/ensemble.ts'
import { EXPORT, randomTrees } from '../../support/onnx-models.ts'
import { stumpTree } from '../../support/onnx-trees.ts'
import { leafTree } from '../../support/trees.ts'

const N_FEATURES = 5
const trees = [...randomTrees(createRng(4), N_FEATURES, 30), leafTree(0.1)]

function fileOf(...nodes: GraphNode[]): Uint8Array {
  const port = { name: 'x', width: N_FEATURES }
  return encodeOnnx({ name: 'g', inputs: [port], outputs: [], constants: [], nodes, metadata: {} })
}

const STUMP = stumpTree({ feature: 2, threshold: 0.5, left: -1, right: 1, missingLeft: true })
const plain = withFloats(treeEnsembleNode([STUMP], 'x', 'y'))

/** The node as most tools write it: thresholds and values as lists of 32-bit floats. */
function withFloats(node: GraphNode): GraphNode {
  const entries = Object.entries(node.attributes ?? {}).map(([name, attribute]): [string, Attribute] =>
    'doubleTensor' in attribute
      ? [name.replace('_as_tensor', ''), { floats: attribute.doubleTensor }]
      : [name, attribute],
  )
  return { ...node, attributes: Object.fromEntries(entries) }
}

/** The file of a stump with some attributes changed. */
function changed(attributes: Record<string, Attribute>, op = plain.op): Uint8Array {
  return fileOf({ ...plain, op, attributes: { ...plain.attributes, ...attributes } })
}

describe('readTreeEnsembles gives back', () => {
  test.each([
    ['64-bit tensors', (node: GraphNode) => node],
    ['lists of 32-bit floats', withFloats],
  ])('every bit of trees that were written as %s', (_, written) => {
    const [read] = readTreeEnsembles(fileOf(written(treeEnsembleNode(trees, 'x', 'y'))))
    expect(trees.some(({ left }) => left.length > 15)).toBe(true)
    expect(read?.ensemble.trees).toEqual(trees)
  })

  test('infinite thresholds and negative zero', () => {
    const odd = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0].map((threshold) => ({
      ...STUMP,
      threshold: Float32Array.of(threshold, 0, 0),
    }))
    const [read] = readTreeEnsembles(fileOf(treeEnsembleNode(odd, 'x', 'y')))
    expect(read?.ensemble.trees).toEqual(odd)
  })

  test('the ensemble of an export of several classes, its link and base scores aside', () => {
    const ensemble: TreeEnsemble = {
      nFeatures: N_FEATURES,
      nOutputs: 3,
      link: 'softmax',
      trees,
      outputOf: Int32Array.from(trees, (_, t) => (t * 2) % 3),
      baseScores: Float64Array.of(1, 2, 3),
    }
    expect(readTreeEnsembles(encodeEnsemble(ensemble, EXPORT))).toEqual([
      {
        name: expect.any(String),
        operator: 'TreeEnsembleRegressor',
        reads: 'features',
        hasCover: false,
        ensemble: { ...ensemble, link: 'identity', baseScores: new Float64Array(3) },
      },
    ])
  })

  test('an entry for each member of a blend that has trees', () => {
    const start = { column: 0, slope: 1, intercept: 0 }
    const members = [
      { name: 'boosted', weight: 1, member: { kind: 'boosted', start, trees: singleOutput([STUMP], 5) } as const },
      { name: 'column', weight: 1, member: { kind: 'column', score: start } as const },
      { name: 'forest', weight: 1, member: { kind: 'forest', trees: singleOutput([leafTree(0.25)], 5) } as const },
    ]
    const onnx = encodeBlend({ nFeatures: 5, members, intercept: 0, calibrator: { kind: 'none' } }, EXPORT)
    const read = readTreeEnsembles(onnx)
    expect(read.map(({ ensemble }) => ensemble.trees)).toEqual([[STUMP], [leafTree(0.25)]])
    expect(read.map(({ reads, hasCover }) => [reads, hasCover])).toEqual([
      ['features', true],
      ['features', true],
    ])
  })

  test('no cover where the file has none, and no graph input where trees read something computed', () => {
    const bare = { ...plain, inputs: ['computed'], attributes: { ...plain.attributes, nodes_hitrates: { floats: [] } } }
    const [read] = readTreeEnsembles(fileOf(bare))
    expect(read).toMatchObject({ hasCover: false, reads: undefined, ensemble: { nFeatures: 3 } })
    expect([...(read?.ensemble.trees[0]?.cover ?? [])]).toEqual([Number.NaN, Number.NaN, Number.NaN])
  })

  test('no cover where hit rates are all one', () => {
    expect(readTreeEnsembles(changed({ nodes_hitrates: { floats: [1, 1, 1] } }))[0]?.hasCover).toBe(false)
  })
})

describe('of a classifier of two classes readTreeEnsembles', () => {
  const classifier = (voted: number, base: number[]) =>
    fileOf({
      ...plain,
      op: 'TreeEnsembleClassifier',
      attributes: {
        ...plain.attributes,
        classlabels_int64s: { ints: [0, 1] },
        base_values: { floats: base },
        post_transform: { string: 'LOGISTIC' },
        class_treeids: { ints: [0, 0] },
        class_nodeids: { ints: [1, 2] },
        class_ids: { ints: [voted, voted] },
        class_weights: { floats: [-1, 1] },
      },
    })

  test('makes one output of votes for the first class', () => {
    const [read] = readTreeEnsembles(classifier(0, [0.5]))
    expect(read?.ensemble).toMatchObject({ nOutputs: 1, link: 'logistic', trees: [STUMP] })
    expect([...(read?.ensemble.baseScores ?? []), ...(read?.ensemble.outputOf ?? [])]).toEqual([0.5, 0])
  })

  test('keeps votes for the second class where they are', () => {
    const [read] = readTreeEnsembles(classifier(1, []))
    expect(read?.ensemble).toMatchObject({ nOutputs: 2, link: 'logistic', trees: [STUMP] })
    expect([...(read?.ensemble.outputOf ?? [])]).toEqual([1])
  })

  test.each([
    [0, [1, 2]],
    [1, [1]],
  ])('refuses votes for class %d with base values %j', (voted, base) => {
    expect(() => readTreeEnsembles(classifier(voted, base))).toThrow(
      expect.objectContaining({ name: 'DomainError', code: 'unsupported_model' }),
    )
  })
})

describe('readTreeEnsembles refuses', () => {
  test.each<[string, Record<string, Attribute>]>([
    ['a child that is not there', { nodes_truenodeids: { ints: [7, 0, 0] } }],
    ['one child of two splits', { nodes_falsenodeids: { ints: [1, 0, 0] } }],
    ['a split that leads to itself', { nodes_truenodeids: { ints: [0, 0, 0] } }],
    ['two nodes of one id', { nodes_nodeids: { ints: [0, 1, 1] } }],
    ['a node that the root does not lead to', { nodes_modes: { strings: ['LEAF', 'LEAF', 'LEAF'] } }],
    ['a split at NaN', { nodes_values: { floats: [Number.NaN, 0, 0] } }],
    ['a feature beyond the input', { nodes_featureids: { ints: [5, 0, 0] } }],
    ['lists of unequal length', { nodes_values: { floats: [0.5, 0] } }],
    ['votes without values', { target_weights: { floats: [1] } }],
    ['a vote of a split', { target_nodeids: { ints: [0, 2] } }],
    ['a vote of an absent tree', { target_treeids: { ints: [0, 9] } }],
    ['a leaf that votes twice', { target_nodeids: { ints: [1, 1] } }],
    ['a vote for an output beyond', { target_ids: { ints: [0, 1] } }],
    ['an infinite leaf', { target_weights: { floats: [1, Number.POSITIVE_INFINITY] } }],
    ['no outputs', { n_targets: { int: 0 } }],
    ['outputs without number', { n_targets: { int: 2 ** 40 } }],
    ['base values for other outputs', { base_values: { floats: [1, 2] } }],
  ])('%s as damage', (_, attributes) => {
    expect(() => readTreeEnsembles(changed(attributes))).toThrow(
      expect.objectContaining({ name: 'DomainError', code: 'corrupt_model' }),
    )
  })

  test.each<[string, Uint8Array]>([
    ['equality', changed({ nodes_modes: { strings: ['BRANCH_EQ', 'LEAF', 'LEAF'] } })],
    ['averages', changed({ aggregate_function: { string: 'AVERAGE' } })],
    ['probit', changed({ post_transform: { string: 'PROBIT' } })],
    ['softmax of one', changed({ post_transform: { string: 'SOFTMAX' } })],
    ['the newer operator', changed({}, 'TreeEnsemble')],
    [
      'a split below −Infinity',
      changed({ nodes_modes: { strings: ['BRANCH_LT', 'LEAF', 'LEAF'] }, nodes_values: { floats: [-Infinity, 0, 0] } }),
    ],
  ])('%s as unsupported', (_, onnx) => {
    expect(() => readTreeEnsembles(onnx)).toThrow(
      expect.objectContaining({ name: 'DomainError', code: 'unsupported_model' }),
    )
  })

  test('nothing of a file without trees', () => {
    expect(readTreeEnsembles(fileOf({ op: 'Identity', inputs: ['x'], output: 'y' }))).toEqual([])
  })
})
