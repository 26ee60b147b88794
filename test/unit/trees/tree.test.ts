import { expect, test } from 'vitest'
import { binMatrix } from '../../../shared/trees/binned-matrix.ts'
import type { Tree } from '../../../shared/trees/tree.ts'
import { addBinnedTreeScores, addTreeScores, nodeCount } from '../../../shared/trees/tree.ts'

/** x0 ≤ 2 → (x1 ≤ 5 → 1, else 2; missing x1 → 2), else 4; missing x0 → left. */
const TREE: Tree = {
  feature: Int32Array.of(0, 1, 0, 0, 0),
  threshold: Float32Array.of(2, 5, 0, 0, 0),
  splitBin: Uint8Array.of(1, 0, 0, 0, 0),
  left: Int32Array.of(1, 3, -1, -1, -1),
  right: Int32Array.of(2, 4, -1, -1, -1),
  missingLeft: Uint8Array.of(1, 0, 0, 0, 0),
  value: Float32Array.of(0, 0, 4, 1, 2),
  gain: new Float32Array(5),
  cover: new Float32Array(5),
}
const bins = { edges: [Float32Array.of(1, 2, 3), Float32Array.of(5)] }
const matrix = {
  nRows: 6,
  columns: [Float32Array.of(2, 2, 2.5, Number.NaN, 1, Number.NaN), Float32Array.of(5, 6, 0, 5, Number.NaN, Number.NaN)],
}
const EXPECTED = [1, 2, 4, 1, 2, 2]

test('rows go left up to the threshold and where they are missing as the node says', () => {
  const scores = new Float64Array(6)
  addTreeScores(TREE, matrix, scores)
  expect(Array.from(scores)).toEqual(EXPECTED)
})

test('binned rows reach the same leaves', () => {
  const scores = new Float64Array(6)
  addBinnedTreeScores(TREE, binMatrix(matrix, bins), scores)
  expect(Array.from(scores)).toEqual(EXPECTED)
})

test('only the rows asked for are scored', () => {
  const scores = new Float64Array(6)
  addBinnedTreeScores(TREE, binMatrix(matrix, bins), scores, Int32Array.of(4, 1))
  expect(Array.from(scores)).toEqual([0, 2, 0, 0, 2, 0])
})

test('a threshold without end parts the rows that have a value from those that do not', () => {
  const presence = { ...TREE, threshold: Float32Array.of(Infinity, 0, 0, 0, 0), splitBin: Uint8Array.of(3, 0, 0, 0, 0) }
  const tree = { ...presence, left: Int32Array.of(3, -1, -1, -1, -1), right: Int32Array.of(2, -1, -1, -1, -1) }
  const expected = [1, 1, 1, 4, 1, 4]
  const [scores, binned] = [new Float64Array(6), new Float64Array(6)]
  addTreeScores({ ...tree, missingLeft: new Uint8Array(5) }, matrix, scores)
  addBinnedTreeScores({ ...tree, missingLeft: new Uint8Array(5) }, binMatrix(matrix, bins), binned)
  expect(Array.from(scores)).toEqual(expected)
  expect(Array.from(binned)).toEqual(expected)
})

test('scores are added to what is there', () => {
  const scores = new Float64Array(6).fill(10)
  addTreeScores(TREE, matrix, scores)
  expect(Array.from(scores)).toEqual(EXPECTED.map((value) => 10 + value))
})

test('nodeCount counts leaves too', () => {
  expect(nodeCount(TREE)).toBe(5)
})
