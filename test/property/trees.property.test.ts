import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRng } from '../../shared/kernel/random.ts'
import type { BoostingParams, LabelledRows } from '../../shared/trees/boosting.ts'
import { rawScores, trainBoostedTrees } from '../../shared/trees/boosting.ts'
import type { ObjectiveName } from '../../shared/trees/objective.ts'
import { OBJECTIVES } from '../../shared/trees/objective.ts'
import { partitionRows } from '../../shared/trees/partition.ts'
import { BOOSTING } from '../support/trees.ts'

/** Rows of small whole numbers, one in seven missing, with labels of 0 and 1. */
function rowsOf(seed: number, nRows: number, nColumns: number): LabelledRows {
  const rng = createRng(seed)
  const columns = Array.from({ length: nColumns }, () =>
    Float32Array.from({ length: nRows }, () => (rng.next() < 1 / 7 ? Number.NaN : rng.integer(12))),
  )
  const labels = Float64Array.from({ length: nRows }, (_, r) => (r < 2 ? r : rng.integer(2)))
  return { matrix: { nRows, columns }, labels, initialScores: Float64Array.from(labels, () => rng.normal()) }
}

const seed = fc.integer({ min: 0, max: 1e6 })
const sizes = fc.tuple(fc.integer({ min: 8, max: 120 }), fc.integer({ min: 1, max: 6 }))
const settings = fc.record({
  maxDepth: fc.integer({ min: 1, max: 5 }),
  minChildWeight: fc.constantFrom(0, 0.5, 3),
  lambdaL2: fc.constantFrom(0, 1),
  alphaL1: fc.constantFrom(0, 0.5),
  subsample: fc.constantFrom(0.5, 1),
  colsample: fc.constantFrom(0.5, 1),
  presenceSplits: fc.boolean(),
  objective: fc.constantFrom<ObjectiveName>(...OBJECTIVES),
})
const leaves = fc.option(fc.integer({ min: 2, max: 9 }))

test('the prediction moves with a monotone feature in its direction alone, whatever the others are', () => {
  fc.assert(
    fc.property(seed, sizes, settings, leaves, fc.constantFrom(1, -1), (s, [nRows, nColumns], chosen, n, direction) => {
      const rows = rowsOf(s, nRows, nColumns)
      // Medians of absolute error know no bound.
      const objective = chosen.objective === 'absolute_error' ? 'squared_error' : chosen.objective
      const monotone = Int8Array.from({ length: nColumns }, (_, f) => (f === 0 ? direction : 0))
      const params: BoostingParams = { ...BOOSTING, ...chosen, objective, monotone, rounds: 6 }
      const model = trainBoostedTrees(rows, n === null ? params : { ...params, numLeaves: n })
      for (let r = 0; r < Math.min(nRows, 15); r++) {
        const columns = rows.matrix.columns.map((column, f) =>
          Float32Array.from({ length: 14 }, (_, x) => (f === 0 ? x - 1 : (column[r] ?? Number.NaN))),
        )
        const path = rawScores(model, { nRows: 14, columns }, new Float64Array(14))
        for (let x = 1; x < 14; x++) {
          // Leaf values are rounded to 32 bits one by one; equal ones stay equal.
          expect(direction * ((path[x] ?? Number.NaN) - (path[x - 1] ?? Number.NaN))).toBeGreaterThanOrEqual(-1e-12)
        }
      }
    }),
    { numRuns: 60 },
  )
})

test('every tree is finite, whole and within its limits', () => {
  fc.assert(
    fc.property(seed, sizes, settings, leaves, (s, [nRows, nColumns], chosen, n) => {
      const rows = rowsOf(s, nRows, nColumns)
      const params: BoostingParams = { ...BOOSTING, ...chosen, rounds: 4 }
      const { trees } = trainBoostedTrees(rows, n === null ? params : { ...params, numLeaves: n })
      for (const tree of trees) {
        const splits = Array.from(tree.left.keys()).filter((node) => tree.left[node] !== -1)
        expect(tree.left).toHaveLength(2 * splits.length + 1)
        if (n !== null) expect(splits.length).toBeLessThan(n)
        expect(tree.value.every(Number.isFinite)).toBe(true)
        for (const node of splits) {
          expect(tree.left[node]).toBeGreaterThan(node)
          expect(tree.right[node]).toBe((tree.left[node] ?? Number.NaN) + 1)
          expect(tree.gain[node]).toBeGreaterThan(0)
          if (!chosen.presenceSplits) expect(tree.threshold[node]).toBeLessThan(Number.POSITIVE_INFINITY)
        }
      }
    }),
    { numRuns: 60 },
  )
})

test('the score that boosting goes on from is that of its trees, drawn rows or not', () => {
  fc.assert(
    fc.property(seed, sizes, settings, (s, [nRows, nColumns], chosen) => {
      const rows = rowsOf(s, nRows, nColumns)
      const params: BoostingParams = { ...BOOSTING, ...chosen, colsample: 1, subsample: 1, rounds: 4 }
      const { trees } = trainBoostedTrees(rows, params)
      const [first, ...rest] = trees
      if (first === undefined) throw new Error('no tree')
      const initialScores = rawScores({ trees: [first] }, rows.matrix, rows.initialScores)
      expect(trainBoostedTrees({ ...rows, initialScores }, { ...params, rounds: 3 }).trees).toEqual(rest)
    }),
    { numRuns: 40 },
  )
})

test('rows are parted like two filters, in their order', () => {
  const code = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(255))
  fc.assert(
    fc.property(fc.array(code, { minLength: 1, maxLength: 60 }), fc.nat(5), fc.boolean(), (codes, bin, missingLeft) => {
      const matrix = { nRows: codes.length, codes: [Uint8Array.from(codes)], wordsPerRow: 1, words: new Int32Array() }
      const rows = Int32Array.from(codes, (_, i) => codes.length - 1 - i)
      // Whole numbers, so that sums are exact in any order.
      const pairs = Float64Array.from({ length: 2 * rows.length }, (_, i) => (rows[i >> 1] ?? 0) * 7 + (i % 2))
      const before = Array.from(rows)
      const range = { begin: Math.floor(codes.length / 4), end: codes.length }
      const scratch = { rows: new Int32Array(codes.length), pairs: new Float64Array(2 * codes.length) }
      const side = partitionRows(
        { rows, pairs },
        range,
        { feature: 0, bin, missingLeft },
        { matrix, scratch, movesPairs: true },
      )
      const goesLeft = (r: number) => (codes[r] === 255 ? missingLeft : (codes[r] ?? Number.NaN) <= bin)
      const asked = before.slice(range.begin)
      const left = asked.filter(goesLeft)
      const gradient = left.reduce((sum, r) => sum + 7 * r, 0)
      expect(side).toEqual({ middle: range.begin + left.length, gradient, hessian: gradient + left.length })
      expect(Array.from(pairs)).toEqual(Array.from(rows).flatMap((r) => [7 * r, 7 * r + 1]))
      expect(Array.from(rows)).toEqual([...before.slice(0, range.begin), ...left, ...asked.filter((r) => !goesLeft(r))])
    }),
  )
})
