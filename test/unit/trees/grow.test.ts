import { describe, expect, test } from 'vitest'
import { createRng } from '../../../shared/kernel/random.ts'
import { binMatrix } from '../../../shared/trees/binned-matrix.ts'
import { fitBins } from '../../../shared/trees/binning.ts'
import type { GrowParams } from '../../../shared/trees/grow.ts'
import { growTree } from '../../../shared/trees/grow.ts'
import type { FeatureMatrix } from '../../../shared/trees/matrix.ts'
import type { Tree } from '../../../shared/trees/tree.ts'

const PARAMS: GrowParams = { maxDepth: 2, learningRate: 0.5, lambdaL2: 1, gamma: 0, minChildWeight: 0 }

/** One tree on g = p − y, h = p(1 − p); from even odds unless `probabilities` say otherwise. */
function treeOf(
  columns: number[][],
  labels: number[],
  params: Partial<GrowParams> = {},
  probabilities: number[] = labels.map(() => 0.5),
): Tree {
  const matrix: FeatureMatrix = { nRows: labels.length, columns: columns.map((column) => Float32Array.from(column)) }
  const bins = fitBins(matrix)
  const input = {
    matrix: binMatrix(matrix, bins),
    bins,
    pairs: Float64Array.from(labels.flatMap((label, r) => gradientAndHessian(probabilities[r] ?? Number.NaN, label))),
    rows: Int32Array.from(labels, (_, r) => r),
    features: Int32Array.from(columns, (_, f) => f),
  }
  return growTree(input, { ...PARAMS, ...params }).tree
}

function gradientAndHessian(p: number, label: number): [number, number] {
  return [p - label, p * (1 - p)]
}

/** Training rows that reach each node, by the raw values. */
function rowsAtNodes(tree: Tree, columns: number[][], nRows: number): number[][] {
  const reached: number[][] = Array.from(tree.left, () => [])
  for (let r = 0; r < nRows; r++) {
    for (let node = 0; node >= 0; ) {
      reached[node]?.push(r)
      const x = columns[tree.feature[node] ?? 0]?.[r] ?? Number.NaN
      const goesLeft = Number.isNaN(x) ? tree.missingLeft[node] === 1 : x <= (tree.threshold[node] ?? Number.NaN)
      node = (goesLeft ? tree.left[node] : tree.right[node]) ?? -1
    }
  }
  return reached
}

describe('growTree', () => {
  test('grows the tree worked out by hand', () => {
    const tree = treeOf([[1, 2, 3, 4]], [0, 0, 1, 1], { maxDepth: 1 })
    expect(Array.from(tree.left)).toEqual([1, -1, -1])
    expect(Array.from(tree.right)).toEqual([2, -1, -1])
    expect(tree.threshold[0]).toBe(2)
    expect(tree.gain[0]).toBeCloseTo(4 / 3, 6)
    expect(Array.from(tree.cover)).toEqual([1, 0.5, 0.5])
    // −G/(H + λ) = ∓1/1.5, halved by the learning rate.
    expect(tree.value[1]).toBeCloseTo(-1 / 3, 7)
    expect(tree.value[2]).toBeCloseTo(1 / 3, 7)
  })

  test('stores leaves as 32-bit floats, as the exported model will', () => {
    const tree = treeOf([[1, 2, 3, 4]], [0, 0, 1, 1], { maxDepth: 1 })
    expect(tree.value[2]).toBe(Math.fround(1 / 3))
  })

  test('learns what either of two features cannot tell alone', () => {
    const x0 = [0, 0, 0, 1, 1, 1, 1, 1]
    const x1 = [0, 1, 1, 0, 0, 0, 1, 1]
    const tree = treeOf([x0, x1], [1, 0, 0, 0, 0, 0, 1, 1], { lambdaL2: 0, learningRate: 1 })
    const leaves = rowsAtNodes(tree, [x0, x1], 8).filter((_, node) => tree.left[node] === -1)
    expect(leaves.map((rows) => rows.join()).sort()).toEqual(['0', '1,2', '3,4,5', '6,7'])
  })

  test('stays a single leaf where nothing can be told apart', () => {
    const tree = treeOf([[5, 5, 5, 5]], [0, 1, 1, 1])
    expect(tree.left).toHaveLength(1)
    // G = −1, H = 1: −G/(H + λ) = ½, halved by the learning rate.
    expect(tree.value[0]).toBeCloseTo(0.25, 7)
  })

  test('grows no deeper than it may', () => {
    const x = Array.from({ length: 64 }, (_, i) => i)
    const labels = x.map((i) => i % 2)
    for (const maxDepth of [1, 2, 3]) {
      const tree = treeOf([x], labels, { maxDepth, lambdaL2: 0.1 })
      expect(tree.left.length).toBeLessThanOrEqual(2 ** (maxDepth + 1) - 1)
      expect(depthOf(tree, 0)).toBe(maxDepth)
    }
  })

  test('uses only the features that it is given', () => {
    const matrix = { nRows: 4, columns: [Float32Array.of(1, 2, 3, 4), Float32Array.of(4, 1, 3, 2)] }
    const bins = fitBins(matrix)
    const { tree } = growTree(
      {
        matrix: binMatrix(matrix, bins),
        bins,
        pairs: Float64Array.from([0, 0, 1, 1].flatMap((label) => [0.5 - label, 0.25])),
        rows: Int32Array.of(0, 1, 2, 3),
        features: Int32Array.of(1),
      },
      PARAMS,
    )
    expect(Array.from(tree.feature).filter((_, node) => tree.left[node] !== -1)).toEqual(
      Array.from(tree.left).flatMap((left) => (left === -1 ? [] : [1])),
    )
  })
})

describe('growTree on random rows with missing values', () => {
  const rng = createRng(20)
  const nRows = 3000
  const columns = Array.from({ length: 6 }, (_, f) =>
    Array.from({ length: nRows }, () => (rng.next() < 0.04 * f ? Number.NaN : rng.integer(8))),
  )
  const probabilities = Array.from({ length: nRows }, () => 0.1 + 0.8 * rng.next())
  const labels = probabilities.map((p) => (rng.next() < p ? 1 : 0))
  const hessian = (r: number) => (probabilities[r] ?? Number.NaN) * (1 - (probabilities[r] ?? Number.NaN))
  const tree = treeOf(columns, labels, { maxDepth: 7, lambdaL2: 1, minChildWeight: 1 }, probabilities)
  const reached = rowsAtNodes(tree, columns, nRows)

  test('every node covers the Hessians of exactly the rows that reach it', () => {
    expect(tree.left.length).toBeGreaterThan(150)
    for (const [node, rows] of reached.entries()) {
      expect(tree.cover[node]).toBeCloseTo(
        rows.reduce((sum, r) => sum + hessian(r), 0),
        4,
      )
    }
  })

  test('every node has at least the least weight', () => {
    expect(Math.min(...tree.cover)).toBeGreaterThanOrEqual(1)
  })

  test('missing values go right at every node where training saw none', () => {
    const unseen = Array.from(tree.left.keys()).filter(
      (node) =>
        tree.left[node] !== -1 && !reached[node]?.some((r) => Number.isNaN(columns[tree.feature[node] ?? 0]?.[r])),
    )
    expect(unseen.length).toBeGreaterThan(20)
    expect(unseen.filter((node) => tree.missingLeft[node] === 1)).toEqual([])
  })

  test('every leaf has the value of its rows', () => {
    for (const [node, rows] of reached.entries()) {
      if (tree.left[node] !== -1) continue
      const gradient = rows.reduce((sum, r) => sum + (probabilities[r] ?? Number.NaN) - (labels[r] ?? Number.NaN), 0)
      const weight = rows.reduce((sum, r) => sum + hessian(r), 0)
      expect(tree.value[node]).toBeCloseTo((0.5 * -gradient) / (weight + 1), 6)
    }
  })
})

test('no leaf is without rows or value where no weight and no penalty are asked', () => {
  const rng = createRng(21)
  const columns = Array.from({ length: 4 }, () =>
    Array.from({ length: 400 }, () => (rng.next() < 0.1 ? Number.NaN : rng.integer(5))),
  )
  const probabilities = Array.from({ length: 400 }, () => rng.next())
  const labels = probabilities.map((p) => (rng.next() < p ? 1 : 0))
  const tree = treeOf(columns, labels, { maxDepth: 8, lambdaL2: 0 }, probabilities)
  const reached = rowsAtNodes(tree, columns, 400)
  expect(reached.length).toBeGreaterThan(100)
  expect(reached.filter((rows) => rows.length === 0)).toEqual([])
  expect(Array.from(tree.value).every(Number.isFinite)).toBe(true)
})

function depthOf(tree: Tree, node: number): number {
  const left = tree.left[node] ?? -1
  return left === -1 ? 0 : 1 + Math.max(depthOf(tree, left), depthOf(tree, tree.right[node] ?? -1))
}

describe('growTree by leaves', () => {
  const rng = createRng(40)
  const columns = Array.from({ length: 3 }, () => Array.from({ length: 800 }, () => rng.integer(30)))
  const labels = Array.from({ length: 800 }, (_, r) => (rng.next() < ((columns[0]?.[r] ?? 0) > 25 ? 0.9 : 0.4) ? 1 : 0))
  const splitsOf = (tree: Tree) => Array.from(tree.left.keys()).filter((node) => tree.left[node] !== -1)
  const params = { maxDepth: 20, lambdaL2: 1, minChildWeight: 2 }

  test.each([2, 7, 20])('has %i leaves where splits are left', (numLeaves) => {
    expect(splitsOf(treeOf(columns, labels, { ...params, numLeaves }))).toHaveLength(numLeaves - 1)
  })

  test('adds the split of largest gain of all leaves', () => {
    for (const numLeaves of [3, 6, 12]) {
      const tree = treeOf(columns, labels, { ...params, numLeaves })
      const larger = treeOf(columns, labels, { ...params, numLeaves: numLeaves + 1 })
      const gains = (grown: Tree) => splitsOf(grown).map((node) => grown.gain[node] ?? Number.NaN)
      const left = [...gains(larger)]
      for (const gain of gains(tree)) left.splice(left.indexOf(gain), 1)
      const [added = Number.NaN] = left
      expect(left).toHaveLength(1)
      // Whatever the smaller tree could still split gains no more than what was added: grown on, it never does.
      const next = treeOf(columns, labels, { ...params, numLeaves: numLeaves + 2 })
      const later = gains(next)
      for (const gain of gains(larger)) later.splice(later.indexOf(gain), 1)
      const parentIsNew = splitsOf(next).some(
        (node) => next.gain[node] === added && hasSplitChild(next, node, later[0]),
      )
      if (!parentIsNew) expect(later[0]).toBeLessThanOrEqual(added)
    }
  })

  test('grows the same tree as by levels where leaves do not limit it', () => {
    const byLevels = treeOf(columns, labels, { ...params, maxDepth: 4 })
    expect(treeOf(columns, labels, { ...params, maxDepth: 4, numLeaves: 16 })).toEqual(byLevels)
  })
})

function hasSplitChild(tree: Tree, node: number, gain: number | undefined): boolean {
  return [tree.left[node] ?? -1, tree.right[node] ?? -1].some((child) => tree.gain[child] === gain)
}

test('tells which rows reached each leaf', () => {
  const matrix = { nRows: 6, columns: [Float32Array.of(1, 2, 3, 4, 5, 6)] }
  const bins = fitBins(matrix)
  const rows = Int32Array.of(0, 1, 2, 3, 5)
  const pairs = Float64Array.from([0, 1, 0, 1, 0, 1].flatMap((label) => [0.5 - label, 0.25]))
  const input = { matrix: binMatrix(matrix, bins), bins, pairs, rows, features: Int32Array.of(0) }
  const { tree, leaves } = growTree(input, { ...PARAMS, maxDepth: 3, lambdaL2: 0 })
  const reached = rowsAtNodes(tree, [Array.from(matrix.columns[0] ?? [])], 6)
  expect(leaves.length).toBeGreaterThan(2)
  for (const { node, begin, end } of leaves) {
    expect(tree.left[node]).toBe(-1)
    expect(Array.from(rows.subarray(begin, end))).toEqual(reached[node]?.filter((r) => r !== 4))
  }
})

test('each node may split on its share of the features alone', () => {
  const rng = createRng(41)
  const columns = Array.from({ length: 4 }, () => Float32Array.from({ length: 600 }, () => rng.next()))
  const matrix = { nRows: 600, columns }
  const bins = fitBins(matrix)
  const pairs = Float64Array.from({ length: 1200 }, (_, i) =>
    i % 2 === 1 ? 0.25 : (columns[0]?.[i >> 1] ?? Number.NaN) > 0.5 ? -0.5 : 0.5,
  )
  const roots = Array.from({ length: 200 }, () => {
    const [rows, features] = [Int32Array.from({ length: 600 }, (_, r) => r), Int32Array.of(0, 1, 2, 3)]
    const input = { matrix: binMatrix(matrix, bins), bins, pairs, rows, features, rng }
    return growTree(input, { ...PARAMS, maxDepth: 1, colsamplePerNode: 0.5 }).tree.feature[0]
  })
  // Feature 0 tells everything and is drawn half the time: 100 of 200, give or take 7.
  expect(Math.abs(roots.filter((feature) => feature === 0).length - 100)).toBeLessThan(28)
  expect(new Set(roots).size).toBeGreaterThan(2)
})
