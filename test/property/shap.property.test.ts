import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Rng } from '../../shared/kernel/random.ts'
import { createRng } from '../../shared/kernel/random.ts'
import type { TreeEnsemble } from '../../shared/trees/ensemble.ts'
import { ensembleScores } from '../../shared/trees/ensemble.ts'
import { createExplainer } from '../../shared/trees/shap.ts'
import type { Tree } from '../../shared/trees/tree.ts'

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 })

/** A tree of up to `splits` splits, at leaves chosen by chance; some covers are 0. */
function randomTree(rng: Rng, nFeatures: number, splits: number): Tree {
  const left = [-1]
  const right = [-1]
  for (let split = 0; split < splits; split++) {
    const leaves = left.flatMap((child, node) => (child === -1 ? [node] : []))
    const node = leaves[rng.integer(leaves.length)] ?? 0
    left[node] = left.length
    right[node] = left.length + 1
    left.push(-1, -1)
    right.push(-1, -1)
  }
  const n = left.length
  return {
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    feature: Int32Array.from({ length: n }, () => rng.integer(nFeatures)),
    threshold: Float32Array.from({ length: n }, () => rng.integer(5) - 2),
    missingLeft: Uint8Array.from({ length: n }, () => rng.integer(2)),
    value: Float32Array.from({ length: n }, () => rng.normal()),
    cover: Float32Array.from({ length: n }, () => (rng.next() < 0.15 ? 0 : 1 + rng.integer(20))),
    gain: new Float32Array(n),
    splitBin: new Uint8Array(n),
  }
}

function randomEnsemble(rng: Rng, nFeatures: number, nOutputs: number): TreeEnsemble {
  const trees = Array.from({ length: 1 + rng.integer(5) }, () => randomTree(rng, nFeatures, rng.integer(25)))
  return {
    nFeatures,
    nOutputs,
    link: 'identity',
    trees,
    outputOf: Int32Array.from(trees, () => rng.integer(nOutputs)),
    baseScores: Float64Array.from({ length: nOutputs }, () => rng.normal()),
  }
}

function randomRow(rng: Rng, nFeatures: number): Float32Array {
  return Float32Array.from({ length: nFeatures }, () => (rng.next() < 0.25 ? Number.NaN : rng.integer(7) - 3))
}

/** Value of a tree where only the features of the set `known` (bits) are known. */
function valueKnowing(tree: Tree, row: Float32Array, known: number, node = 0): number {
  const left = tree.left[node] ?? -1
  const right = tree.right[node] ?? -1
  if (left < 0) return tree.value[node] ?? Number.NaN
  const feature = tree.feature[node] ?? 0
  if (known & (1 << feature)) {
    const x = row[feature] ?? Number.NaN
    const goesLeft = Number.isNaN(x) ? tree.missingLeft[node] === 1 : x <= (tree.threshold[node] ?? Number.NaN)
    return valueKnowing(tree, row, known, goesLeft ? left : right)
  }
  const covers = [tree.cover[left] ?? 0, tree.cover[right] ?? 0] as const
  const share = covers[0] + covers[1] > 0 ? covers[0] / (covers[0] + covers[1]) : 0.5
  return share * valueKnowing(tree, row, known, left) + (1 - share) * valueKnowing(tree, row, known, right)
}

/** Shapley values by their definition: Σ over coalitions S without i of |S|!·(n−|S|−1)!/n! · (v(S ∪ i) − v(S)). */
function shapleyByDefinition(tree: Tree, row: Float32Array): number[] {
  const n = row.length
  const factorial = (k: number): number => (k <= 1 ? 1 : k * factorial(k - 1))
  const sizeOf = (set: number) => set.toString(2).replaceAll('0', '').length
  const worth = Array.from({ length: 2 ** n }, (_, set) => valueKnowing(tree, row, set))
  return Array.from({ length: n }, (_, i) =>
    worth.reduce((sum, value, set) => {
      if (set & (1 << i)) return sum
      const weight = (factorial(sizeOf(set)) * factorial(n - sizeOf(set) - 1)) / factorial(n)
      return sum + weight * ((worth[set | (1 << i)] ?? Number.NaN) - value)
    }, 0),
  )
}

test('the values of a tree are the Shapley values by their definition', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 20 }), (seed, nFeatures, splits) => {
      const rng = createRng(seed)
      const tree = randomTree(rng, nFeatures, splits)
      const row = randomRow(rng, nFeatures)
      const explainer = createExplainer({
        nFeatures,
        nOutputs: 1,
        link: 'identity',
        trees: [tree],
        outputOf: Int32Array.of(0),
        baseScores: Float64Array.of(0),
      })
      const values = explainer.explain(row)
      for (const [i, value] of shapleyByDefinition(tree, row).entries()) expect(values[i]).toBeCloseTo(value, 12)
      expect(values[nFeatures]).toBeCloseTo(valueKnowing(tree, row, 0), 12)
    }),
    { numRuns: 300 },
  )
})

test('the values of an output sum to its raw score', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 3 }), (seed, nFeatures, nOutputs) => {
      const rng = createRng(seed)
      const ensemble = randomEnsemble(rng, nFeatures, nOutputs)
      const row = randomRow(rng, nFeatures)
      const columns = Array.from(row, (x) => Float32Array.of(x))
      const scores = ensembleScores(ensemble, { nRows: 1, columns })
      const values = createExplainer(ensemble).explain(row)
      for (const [k, score] of scores.entries()) {
        const own = values.subarray(k * (nFeatures + 1), (k + 1) * (nFeatures + 1))
        expect(Math.abs(own.reduce((sum, value) => sum + value, 0) - (score[0] ?? Number.NaN))).toBeLessThan(1e-12)
      }
    }),
    { numRuns: 300 },
  )
})

test('a feature that no tree asks for owes nothing', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 8 }), (seed, nFeatures) => {
      const rng = createRng(seed)
      const ensemble = { ...randomEnsemble(rng, nFeatures, 1), nFeatures: nFeatures + 2 }
      const values = createExplainer(ensemble).explain(randomRow(rng, nFeatures + 2))
      const asked = new Set(
        ensemble.trees.flatMap((tree) => Array.from(tree.feature).filter((_, node) => tree.left[node] !== -1)),
      )
      for (let f = 0; f < nFeatures + 2; f++) if (!asked.has(f)) expect(values[f]).toBe(0)
    }),
  )
})

test('the values do not depend on the order of the trees, nor on which side is called left', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const rng = createRng(seed)
      const ensemble = randomEnsemble(rng, 4, 1)
      const row = randomRow(rng, 4)
      const values = createExplainer(ensemble).explain(row)
      const mirrored = ensemble.trees.map((tree) => ({
        ...tree,
        left: tree.right,
        right: tree.left,
        // x ≤ t becomes −x > −t; thresholds and rows are whole numbers, so −x ≤ −t − ½ is its opposite.
        threshold: tree.threshold.map((t) => -t - 0.5),
        missingLeft: tree.missingLeft.map((side) => 1 - side),
      }))
      const again = createExplainer({ ...ensemble, trees: mirrored.reverse() }).explain(row.map((x) => -x))
      for (const [i, value] of values.entries()) expect(again[i]).toBeCloseTo(value, 12)
    }),
  )
})
