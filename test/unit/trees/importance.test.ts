import { expect, test } from 'vitest'
import { splitImportance } from '../../../shared/trees/importance.ts'
import type { Tree } from '../../../shared/trees/tree.ts'
import { leafTree } from '../../support/trees.ts'

/** Splits on feature 2, then on its left on feature 0; a leaf's feature and gain mean nothing. */
const TREE: Tree = {
  ...leafTree(0),
  feature: Int32Array.of(2, 0, 1, 1, 1),
  left: Int32Array.of(1, 3, -1, -1, -1),
  right: Int32Array.of(2, 4, -1, -1, -1),
  gain: Float32Array.of(8, 2, 99, 99, 99),
}

test('sums, averages and counts the splits of each feature', () => {
  const { totalGain, meanGain, splits } = splitImportance([TREE, { ...TREE, feature: Int32Array.of(0, 0, 1, 1, 1) }], 4)
  expect(Array.from(totalGain)).toEqual([12, 0, 8, 0])
  expect(Array.from(splits)).toEqual([3, 0, 1, 0])
  expect(Array.from(meanGain)).toEqual([4, 0, 8, 0])
})

test('a tree of one leaf says nothing', () => {
  expect(Array.from(splitImportance([leafTree(3)], 1).splits)).toEqual([0])
})
