import { describe, expect, test } from 'vitest'
import type { Blend, Member } from '../../../shared/blend/blend.ts'
import { createRng } from '../../../shared/kernel/random.ts'
import { nextFloat32 } from '../../../shared/onnx/float32.ts'
import { thresholdRows, treesOfBlend } from '../../../shared/onnx/threshold-rows.ts'
import { singleOutput } from '../../../shared/trees/ensemble.ts'
import type { FeatureMatrix } from '../../../shared/trees/matrix.ts'
import type { Tree } from '../../../shared/trees/tree.ts'
import { randomMatrix, randomTrees } from '../../support/onnx-models.ts'
import { stumpTree } from '../../support/onnx-trees.ts'
import { leafTree } from '../../support/trees.ts'

const rowOf = (matrix: FeatureMatrix, r: number) => matrix.columns.map((column) => column[r] ?? Number.NaN)
const rowsOf = (matrix: FeatureMatrix) => Array.from({ length: matrix.nRows }, (_, r) => rowOf(matrix, r))
const base = (...row: number[]): FeatureMatrix => ({ nRows: 1, columns: row.map((x) => Float32Array.of(x)) })

/** Splits that a row comes by. */
function visited(tree: Tree, row: readonly number[]): Set<number> {
  const nodes = new Set<number>()
  for (let node = 0; (tree.left[node] ?? -1) >= 0; ) {
    nodes.add(node)
    const x = row[tree.feature[node] ?? 0] ?? Number.NaN
    const goesLeft = Number.isNaN(x) ? tree.missingLeft[node] === 1 : x <= (tree.threshold[node] ?? Number.NaN)
    node = (goesLeft ? tree.left[node] : tree.right[node]) ?? 0
  }
  return nodes
}

/** x0 ≤ 1, then on the right x1 ≤ −2, and below that x0 ≤ 5 on the left. */
const CHAIN: Tree = {
  ...leafTree(0),
  feature: Int32Array.of(0, 0, 1, 0, 0, 0, 0),
  threshold: Float32Array.of(1, 0, -2, 5, 0, 0, 0),
  left: Int32Array.of(1, -1, 3, 5, -1, -1, -1),
  right: Int32Array.of(2, -1, 4, 6, -1, -1, -1),
  missingLeft: Uint8Array.of(0, 0, 0, 1, 0, 0, 0),
}

describe('thresholdRows', () => {
  test('sets the split feature to its threshold, the float above and missing, the path as the split needs it', () => {
    const rows = [...thresholdRows([{ trees: [CHAIN] }], base(0, 0, 9))].flatMap(rowsOf)
    const above = nextFloat32(1)
    expect(rows).toEqual([
      [1, 0, 9],
      [above, 0, 9],
      [Number.NaN, 0, 9],
      [above, -2, 9],
      [above, nextFloat32(-2), 9],
      [above, Number.NaN, 9],
      [5, -2, 9],
      [nextFloat32(5), -2, 9],
      [Number.NaN, -2, 9],
    ])
  })

  test('leaves a value of the base row that leads to the split already', () => {
    const [batch] = thresholdRows([{ trees: [CHAIN] }], base(3, -7, 9))
    expect(rowsOf(batch ?? base()).slice(3)).toEqual([
      [3, -2, 9],
      [3, nextFloat32(-2), 9],
      [3, Number.NaN, 9],
      [5, -7, 9],
      [nextFloat32(5), -7, 9],
      [Number.NaN, -7, 9],
    ])
  })

  test('comes by a missing value where no number leads to the split', () => {
    const right = { ...CHAIN, threshold: Float32Array.of(Number.POSITIVE_INFINITY, 0, -2, 5, 0, 0, 0) }
    const [batch] = thresholdRows([{ trees: [right] }], base(0, 0, 9))
    expect(rowOf(batch ?? base(), 3)).toEqual([Number.NaN, -2, 9])
  })

  test('stays with the base row where nothing leads to the split', () => {
    const threshold = Float32Array.of(Number.POSITIVE_INFINITY, 0, -2, 5, 0, 0, 0)
    const cut = { ...CHAIN, threshold, missingLeft: Uint8Array.of(1, 0, 0, 1, 0, 0, 0) }
    const [batch] = thresholdRows([{ trees: [cut] }], base(0, 0, 9))
    expect(rowOf(batch ?? base(), 3)).toEqual([0, -2, 9])
  })

  test.each([
    ['left', [5, 1], 1],
    ['left', [1, 5], 1],
    ['right', [1, 5], nextFloat32(5)],
    ['right', [5, 1], nextFloat32(5)],
  ])('meets both of two splits of one feature passed on the %s: %j', (side, [first = 0, second = 0], value) => {
    const [down, leaf] = side === 'left' ? (['left', 'right'] as const) : (['right', 'left'] as const)
    const tree: Tree = {
      ...leafTree(0),
      feature: Int32Array.of(0, 0, 1, 0, 0, 0, 0),
      threshold: Float32Array.of(first, second, 7, 0, 0, 0, 0),
      missingLeft: new Uint8Array(7),
      [down]: Int32Array.of(1, 2, 3, -1, -1, -1, -1),
      [leaf]: Int32Array.of(4, 5, 6, -1, -1, -1, -1),
    }
    const [batch] = thresholdRows([{ trees: [tree] }], base(side === 'left' ? 9 : -9, 0))
    expect(rowOf(batch ?? base(), 6)).toEqual([value, 7])
  })

  test('reaches nearly every split of random trees, and both its sides', () => {
    const rng = createRng(8)
    const trees = randomTrees(rng, 6, 60)
    const seen = new Set<string>()
    for (const batch of thresholdRows([{ trees }], randomMatrix(rng, 5, 6), { batchRows: 100 })) {
      for (const row of rowsOf(batch)) {
        for (const [t, tree] of trees.entries()) for (const node of visited(tree, row)) seen.add(`${t} ${node}`)
      }
    }
    const splits = trees.reduce((sum, tree) => sum + tree.left.filter((child) => child >= 0).length, 0)
    expect(splits).toBeGreaterThan(200)
    expect(seen.size).toBeGreaterThan(0.95 * splits)
  })

  test('takes the base rows in turn, in batches of the size asked for', () => {
    const stump = stumpTree({ feature: 0, threshold: 1, left: 0, right: 1 })
    const bases: FeatureMatrix = { nRows: 2, columns: [new Float32Array(2), Float32Array.of(10, 20)] }
    const batches = [...thresholdRows([{ trees: [stump, stump] }, { trees: [stump] }], bases, { batchRows: 4 })]
    expect(batches.map(({ nRows }) => nRows)).toEqual([4, 4, 1])
    expect(batches.flatMap(rowsOf).map(([, other]) => other)).toEqual([10, 10, 10, 20, 20, 20, 10, 10, 10])
  })

  test('gives nothing of leaves alone and refuses no base row', () => {
    expect([...thresholdRows([{ trees: [leafTree(1)] }], base(1))]).toEqual([])
    expect(() => [...thresholdRows([], { nRows: 0, columns: [] })]).toThrow('base row')
  })
})

test('treesOfBlend pins the trees of a segment to its code and leaves out members without weight', () => {
  const forest = (value: number): Member => ({ kind: 'forest', trees: singleOutput([leafTree(value)], 2) })
  const start = { column: 0, slope: 1, intercept: 0 }
  const boosted: Member = { kind: 'boosted', start, trees: singleOutput([leafTree(3)], 2) }
  const cases = [{ code: 0.1, member: forest(1) }]
  const members = [
    { name: 'a', weight: 1, member: { kind: 'segments', column: 1, cases, fallback: boosted } satisfies Member },
    { name: 'b', weight: 0, member: forest(2) },
    { name: 'c', weight: 1, member: { kind: 'column', score: start } satisfies Member },
  ]
  const blend: Blend = { nFeatures: 2, members, intercept: 0, calibrator: { kind: 'none' } }
  const found = treesOfBlend(blend).map(({ trees, pins }) => [trees[0]?.value[0], pins])
  expect(found).toEqual([
    [1, [{ column: 1, value: Math.fround(0.1) }]],
    [3, [{ column: 1, value: Number.NaN }]],
  ])
})
