import { describe, expect, test } from 'vitest'
import type { TreeEnsemble } from '../../../shared/trees/ensemble.ts'
import { singleOutput } from '../../../shared/trees/ensemble.ts'
import { createExplainer } from '../../../shared/trees/shap.ts'
import type { Tree } from '../../../shared/trees/tree.ts'
import { leafTree } from '../../support/trees.ts'

type Node =
  | { value: number; cover: number }
  | { feature: number; threshold: number; missingLeft?: boolean; left: Node; right: Node; cover: number }

/** A tree from nested nodes, numbered by breadth. */
function treeOf(root: Node): Tree {
  const nodes: Node[] = [root]
  const left: number[] = []
  const right: number[] = []
  for (const node of nodes) {
    const leaf = 'value' in node
    left.push(leaf ? -1 : nodes.length)
    right.push(leaf ? -1 : nodes.length + 1)
    if (!leaf) nodes.push(node.left, node.right)
  }
  const of = (read: (node: Node) => number) => nodes.map(read)
  return {
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    feature: Int32Array.from(of((node) => ('value' in node ? 0 : node.feature))),
    threshold: Float32Array.from(of((node) => ('value' in node ? 0 : node.threshold))),
    missingLeft: Uint8Array.from(of((node) => ('value' in node || node.missingLeft !== true ? 0 : 1))),
    value: Float32Array.from(of((node) => ('value' in node ? node.value : 0))),
    cover: Float32Array.from(of((node) => node.cover)),
    gain: new Float32Array(nodes.length),
    splitBin: new Uint8Array(nodes.length),
  }
}

const leaf = (value: number, cover: number): Node => ({ value, cover })

function explained(tree: Tree, row: number[]): number[] {
  return Array.from(createExplainer(singleOutput([tree], row.length)).explain(Float32Array.from(row)))
}

function expectClose(ours: readonly number[], expected: readonly number[]): void {
  expect(ours).toHaveLength(expected.length)
  for (const [i, value] of expected.entries()) expect(ours[i]).toBeCloseTo(value, 12)
}

// x0 ≤ 0 → 10 (30 rows), else 20 (10 rows): 12.5 on average.
const STUMP = treeOf({ feature: 0, threshold: 0, left: leaf(10, 30), right: leaf(20, 10), cover: 40 })

// 80 where x0 and x1 are both above 0.5, else 0: of 4 rows, 2 fail x0 and 1 of the others x1. 20 on average.
const AND = treeOf({
  feature: 0,
  threshold: 0.5,
  cover: 4,
  left: leaf(0, 2),
  right: { feature: 1, threshold: 0.5, cover: 2, left: leaf(0, 1), right: leaf(80, 1) },
})

describe('a tree of one split', () => {
  test('owes all to its feature', () => {
    expectClose(explained(STUMP, [-1]), [-2.5, 12.5])
    expectClose(explained(STUMP, [1]), [7.5, 12.5])
  })

  test('takes a value at the threshold to the left', () => {
    expectClose(explained(STUMP, [0]), [-2.5, 12.5])
  })

  test('owes nothing to features that it does not ask for', () => {
    expectClose(explained(STUMP, [1, 99, Number.NaN]), [7.5, 0, 0, 12.5])
  })
})

describe('a tree of two features', () => {
  test('shares what they do together equally', () => {
    // Knowing x0 takes 20 to 40 and then x1 to 80; the other way round as well.
    expectClose(explained(AND, [1, 1]), [30, 30, 20])
  })

  test('gives each the mean of what it adds over both orders', () => {
    // x0 first: 20 → 40 → 0; x1 first: 20 → 0 → 0.
    expectClose(explained(AND, [1, 0]), [10, -30, 20])
    // x0 first: 20 → 0 → 0; x1 first: 20 → 40 → 0.
    expectClose(explained(AND, [0, 1]), [-30, 10, 20])
  })
})

test('splits of one feature on one way count as one', () => {
  const tree = treeOf({
    feature: 0,
    threshold: 2,
    cover: 8,
    left: { feature: 0, threshold: 1, cover: 6, left: leaf(4, 2), right: leaf(1, 4) },
    right: leaf(8, 2),
  })
  // (2·4 + 4·1 + 2·8) / 8 = 3.5
  expectClose(explained(tree, [0.5]), [0.5, 3.5])
  expectClose(explained(tree, [1.5]), [-2.5, 3.5])
  expectClose(explained(tree, [3]), [4.5, 3.5])
})

test('a split asked again below another feature still counts as one', () => {
  // x0 ≤ 2 → (x1 ≤ 0 → (x0 ≤ 1 → 6 [1 row], else 2 [1]), else 4 [2]), else 0 [4]: 2 on average.
  const tree = treeOf({
    feature: 0,
    threshold: 2,
    cover: 8,
    left: {
      feature: 1,
      threshold: 0,
      cover: 4,
      left: { feature: 0, threshold: 1, cover: 2, left: leaf(6, 1), right: leaf(2, 1) },
      right: leaf(4, 2),
    },
    right: leaf(0, 4),
  })
  // x0 = 0.5, x1 = −1. x0 alone: (6 + 4) / 2 = 5. x1 alone: ½·(6 + 2)/2 + ½·0 = 2. Both: 6.
  expectClose(explained(tree, [0.5, -1]), [3.5, 0.5, 2])
})

test('a missing value goes the way that its node says', () => {
  const split = { feature: 0, threshold: 0, left: leaf(10, 30), right: leaf(20, 10), cover: 40 }
  expectClose(explained(treeOf({ ...split, missingLeft: true }), [Number.NaN]), [-2.5, 12.5])
  expectClose(explained(treeOf({ ...split, missingLeft: false }), [Number.NaN]), [7.5, 12.5])
})

describe('nodes without training rows', () => {
  const tree = treeOf({
    feature: 0,
    threshold: 0,
    cover: 4,
    left: leaf(2, 4),
    right: { feature: 1, threshold: 0, cover: 0, left: leaf(6, 0), right: leaf(10, 0) },
  })

  test('halve the ways of a row that comes to them', () => {
    // Nothing known: 2. x0 alone: (6 + 10) / 2 = 8. x1 alone: 2. Both: 6.
    expectClose(explained(tree, [1, -1]), [5, -1, 2])
  })

  test('weigh nothing for a row that does not', () => {
    expectClose(explained(tree, [-1, -1]), [0, 0, 2])
  })

  test('leave a tree without any training row defined', () => {
    const empty = treeOf({ feature: 0, threshold: 0, cover: 0, left: leaf(1, 0), right: leaf(3, 0) })
    expectClose(explained(empty, [5]), [1, 2])
  })
})

/** 1 where all n features are above 0, half of the rows left at each; in a chain of n splits. */
function chain(n: number, featureOf: (i: number) => number): Tree {
  let node: Node = leaf(1, 1)
  for (let i = n - 1; i >= 0; i--) {
    node = { feature: featureOf(i), threshold: 0, cover: 2, left: leaf(0, 1), right: { ...node, cover: 1 } }
  }
  return treeOf(node)
}

describe('deep trees', () => {
  test.each([1, 2, 7, 33, 64, 300])('share equally among %d features that act alike', (n) => {
    const values = explained(
      chain(n, (i) => i),
      new Array<number>(n).fill(1),
    )
    for (const value of values.slice(0, n)) expect(value).toBeCloseTo((1 - 0.5 ** n) / n, 13)
    expect(values[n]).toBeCloseTo(0.5 ** n, 15)
  })

  test('go on for thousands of splits of one feature', () => {
    expectClose(
      explained(
        chain(5000, () => 0),
        [1],
      ),
      [1, 0],
    )
    expectClose(
      explained(
        chain(5000, () => 0),
        [-1],
      ),
      [0, 0],
    )
  })

  test('are refused where their products would fill the memory', () => {
    const deep = singleOutput([chain(4500, (i) => i)], 4500)
    expect(() => createExplainer(deep)).toThrow(expect.objectContaining({ code: 'tree_too_deep' }))
  })

  test('stay finite where features take turns', () => {
    const values = explained(
      chain(3000, (i) => i % 3),
      [1, 1, -1],
    )
    expect(values.every(Number.isFinite)).toBe(true)
    expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 12)
  })
})

describe('an ensemble', () => {
  test('adds up its trees and its base score', () => {
    const ensemble = singleOutput([STUMP, AND, leafTree(3)], 2, { baseScore: 0.25 })
    const values = createExplainer(ensemble).explain(Float32Array.of(1, 1))
    expectClose(Array.from(values), [37.5, 30, 12.5 + 20 + 3 + 0.25])
  })

  test('keeps outputs apart, one after the other', () => {
    const ensemble: TreeEnsemble = {
      nFeatures: 2,
      nOutputs: 2,
      link: 'softmax',
      trees: [AND, STUMP, STUMP],
      outputOf: Int32Array.of(1, 0, 1),
      baseScores: Float64Array.of(-1, 1),
    }
    const values = createExplainer(ensemble).explain(Float32Array.of(1, 1))
    expectClose(Array.from(values), [7.5, 0, 11.5, 37.5, 30, 33.5])
  })

  test('without trees is its base score', () => {
    expectClose(Array.from(createExplainer(singleOutput([], 1, { baseScore: 2 })).explain(Float32Array.of(1))), [0, 2])
  })
})

describe('the explainer', () => {
  const explainer = createExplainer(singleOutput([AND, STUMP], 2))

  test('writes where it is told to, over what is there', () => {
    const into = new Float64Array(3).fill(99)
    expect(explainer.explain(Float32Array.of(1, 0), into)).toBe(into)
    expectClose(Array.from(into), [17.5, -30, 32.5])
  })

  test('remembers nothing of the row before', () => {
    const once = explainer.explain(Float32Array.of(1, 1))
    explainer.explain(Float32Array.of(-1, Number.NaN))
    expect(explainer.explain(Float32Array.of(1, 1))).toEqual(once)
  })

  test.each([
    ['row', [1], 3],
    ['row', [1, 2, 3], 3],
    ['place for values', [1, 2], 2],
  ])('refuses a %s of another width', (_, row, places) => {
    expect(() => explainer.explain(Float32Array.from(row), new Float64Array(places))).toThrow(
      expect.objectContaining({ name: 'InvariantError' }),
    )
  })
})
