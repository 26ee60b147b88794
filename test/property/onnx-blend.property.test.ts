import fc from 'fast-check'
import { expect, test } from 'vitest'
import { predictBlend } from '../../shared/blend/predict.ts'
import { createRng } from '../../shared/kernel/random.ts'
import { encodeBlend } from '../../shared/onnx/encode-blend.ts'
import { readTreeEnsembles } from '../../shared/onnx/read-trees.ts'
import { thresholdRows, treesOfBlend } from '../../shared/onnx/threshold-rows.ts'
import type { FeatureMatrix } from '../../shared/trees/matrix.ts'
import { EXPORT, largestDifference, randomBlend, randomMatrix } from '../support/onnx-models.ts'
import { runOnnx } from '../support/onnx-session.ts'

const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 })

function joined(a: FeatureMatrix, b: FeatureMatrix): FeatureMatrix {
  const columns = a.columns.map((column, f) => Float32Array.of(...column, ...(b.columns[f] ?? [])))
  return { nRows: a.nRows + b.nRows, columns }
}

test('any blend gives any row the same probability in ONNX Runtime as in our arithmetic', async () => {
  let finite = 0
  await fc.assert(
    fc.asyncProperty(
      seed,
      fc.integer({ min: 2, max: 9 }),
      fc.integer({ min: 1, max: 300 }),
      async (s, width, nRows) => {
        const rng = createRng(s)
        const blend = randomBlend(rng, width)
        const data = randomMatrix(rng, nRows, width)
        const onnx = encodeBlend(blend, EXPORT)
        const [around] = thresholdRows(treesOfBlend(blend), data, { batchRows: 300 })
        const matrix = around === undefined ? data : joined(data, around)
        const ours = predictBlend(blend, matrix)
        finite += ours.filter(Number.isFinite).length
        expect(largestDifference(await runOnnx(onnx, matrix), ours)).toBeLessThan(1e-5)
      },
    ),
    { numRuns: 25, seed: 5 },
  )
  expect(finite).toBeGreaterThan(1000)
})

test('the trees of any blend come back from its file bit for bit', () => {
  fc.assert(
    fc.property(seed, (s) => {
      const rng = createRng(s)
      const blend = randomBlend(rng, 4)
      const written = treesOfBlend(blend)
        .map(({ trees }) => trees)
        .filter((trees) => trees.length > 0)
      const read = readTreeEnsembles(encodeBlend(blend, EXPORT)).map(({ ensemble }) => ensemble.trees)
      const byText = (ensembles: (typeof written)[number][]) =>
        ensembles.map((trees) => JSON.stringify(trees)).toSorted()
      expect(byText(read)).toEqual(byText(written))
    }),
    { numRuns: 20, seed: 6 },
  )
})
