import { expect } from 'vitest'
import type { FeatureMatrix } from '../../../shared/trees/matrix.ts'
import type { Tree } from '../../../shared/trees/tree.ts'

/** A tree as the golden files have it; `threshold` holds a leaf's value. */
export interface GoldenTree {
  left: number[]
  right: number[]
  feature: number[]
  threshold: number[]
  missing_left: number[]
  gain: number[]
  cover: number[]
}

/** Columns of rows in which null is missing. */
export function matrixOf(rows: readonly (readonly (number | null)[])[]): FeatureMatrix {
  const columns = Array.from({ length: rows[0]?.length ?? 0 }, (_, f) =>
    Float32Array.from(rows, (row) => row[f] ?? Number.NaN),
  )
  return { nRows: rows.length, columns }
}

/** Expects the same splits of the same rows at every node; returns how many splits were compared. */
export function expectSameSplits(ours: Tree, theirs: GoldenTree, matrix: FeatureMatrix): number {
  const rows = Array.from({ length: matrix.nRows }, (_, r) => r)
  return compareNode({ ours, theirs, matrix }, 0, 0, rows)
}

interface Pair {
  ours: Tree
  theirs: GoldenTree
  matrix: FeatureMatrix
}

function compareNode(pair: Pair, mine: number, golden: number, rows: readonly number[]): number {
  const { ours, theirs, matrix } = pair
  expectClose(ours.cover[mine], theirs.cover[golden])
  const isLeaf = theirs.left[golden] === -1
  expect(ours.left[mine] === -1, `node ${golden} is a leaf`).toBe(isLeaf)
  if (isLeaf) return 0
  const feature = theirs.feature[golden] ?? Number.NaN
  expect(ours.feature[mine]).toBe(feature)
  expectClose(ours.gain[mine], theirs.gain[golden])
  const column = matrix.columns[feature] ?? new Float32Array()
  const [left, right] = part(rows, column, (x) => x <= at(ours.threshold, mine), ours.missingLeft[mine] === 1)
  const [low, high] = part(rows, column, (x) => x < at(theirs.threshold, golden), theirs.missing_left[golden] === 1)
  const isExchanged = left.join() === high.join()
  expect(left).toEqual(isExchanged ? high : low)
  const [lower, upper] = [at(theirs.left, golden), at(theirs.right, golden)]
  const [l, r] = isExchanged ? [upper, lower] : [lower, upper]
  return 1 + compareNode(pair, at(ours.left, mine), l, left) + compareNode(pair, at(ours.right, mine), r, right)
}

function part(
  rows: readonly number[],
  column: Float32Array,
  isLow: (x: number) => boolean,
  missingLeft: boolean,
): [number[], number[]] {
  const goesLeft = (r: number) => (Number.isNaN(at(column, r)) ? missingLeft : isLow(at(column, r)))
  return [rows.filter(goesLeft), rows.filter((r) => !goesLeft(r))]
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? Number.NaN
}

function expectClose(mine = Number.NaN, golden = Number.NaN): void {
  expect(Math.abs(mine - golden)).toBeLessThan(1e-4 * Math.max(1, Math.abs(golden)))
}
