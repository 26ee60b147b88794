import { describe, expect, test } from 'vitest'
import { scoreBinary } from '../../../shared/evaluation/metrics.ts'
import { sigmoid } from '../../../shared/kernel/numeric.ts'
import { ensembleScores } from '../../../shared/trees/ensemble.ts'
import type { ForestParams } from '../../../shared/trees/forest.ts'
import { trainForest } from '../../../shared/trees/forest.ts'
import { randomRows } from '../../support/trees.ts'

const PARAMS: ForestParams = {
  ...{ nTrees: 60, maxDepth: 8, minChildWeight: 15, featuresPerNode: 0.5, seed: 3 },
  ...{ sampling: 'bootstrap', sampleShare: 1 },
}
const rows = randomRows(1, 1500)
const predict = (forest: ReturnType<typeof trainForest>, asked = rows) =>
  ensembleScores(forest.ensemble, asked.matrix)[0] ?? new Float64Array()
const textOf = (forest: ReturnType<typeof trainForest>) => Array.from(predict(forest)).join()

/** Log loss beyond that of the probabilities that the labels were drawn with. */
function lossAboveTruth({ matrix, labels }: typeof rows, p: Float64Array): number {
  const truth = Float64Array.from(matrix.columns[0] ?? [], (x) => sigmoid(1.5 * x))
  return scoreBinary(labels, p).logLoss - scoreBinary(labels, truth).logLoss
}

describe('trainForest', () => {
  test('gives probabilities near the truth on rows that it never saw', () => {
    const unseen = randomRows(2, 1500)
    const p = predict(trainForest(rows, PARAMS), unseen)
    expect(Math.min(...p)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...p)).toBeLessThanOrEqual(1)
    expect(lossAboveTruth(unseen, p)).toBeLessThan(0.03)
  })

  test('is one tree of mean labels where there is one, worked out by hand', () => {
    const matrix = { nRows: 6, columns: [Float32Array.of(1, 1, 1, 2, 2, Number.NaN)] }
    const labels = Float64Array.of(0, 0, 3, 8, 10, 100)
    const whole = { ...PARAMS, nTrees: 1, minChildWeight: 1, featuresPerNode: 1, sampling: 'subsample' as const }
    const forest = trainForest({ matrix, labels }, whole)
    expect(Array.from(ensembleScores(forest.ensemble, matrix)[0] ?? [])).toEqual([1, 1, 1, 9, 9, 100])
    expect(Array.from(forest.outOfBag)).toEqual(new Array(6).fill(Number.NaN))
    const weights = Float64Array.of(1, 0, 3, 1, 1, 1)
    const weighted = trainForest({ matrix, labels, weights }, whole)
    expect(Array.from(ensembleScores(weighted.ensemble, matrix)[0] ?? [])).toEqual([2.25, 2.25, 2.25, 9, 9, 100])
  })

  test.each(['bootstrap', 'subsample'] as const)('by %s is the mean of its trees', (sampling) => {
    const forest = trainForest(rows, { ...PARAMS, nTrees: 4, sampling, sampleShare: 0.6 })
    const alone = forest.ensemble.trees.map((tree) =>
      predict({ ...forest, ensemble: { ...forest.ensemble, trees: [tree] } }),
    )
    // Each alone is a quarter of a probability.
    expect(Math.max(...alone.flatMap((scores) => Array.from(scores)))).toBeLessThanOrEqual(0.25)
    const sums = alone[0]?.map((_, r) => alone.reduce((sum, scores) => sum + (scores[r] ?? Number.NaN), 0))
    for (const [r, p] of predict(forest).entries()) expect(p).toBeCloseTo(sums?.[r] ?? Number.NaN, 12)
  })

  test('counts a row as often as it was drawn', () => {
    const covers = (params: Partial<ForestParams>) =>
      trainForest(rows, { ...PARAMS, nTrees: 3, ...params }).ensemble.trees.map((tree) => tree.cover[0])
    expect(covers({})).toEqual([1500, 1500, 1500])
    expect(covers({ sampleShare: 0.4 })).toEqual([600, 600, 600])
  })

  test('is the same for the same seed, and another for another', () => {
    const once = textOf(trainForest(rows, { ...PARAMS, nTrees: 5 }))
    expect(textOf(trainForest(rows, { ...PARAMS, nTrees: 5 }))).toBe(once)
    expect(textOf(trainForest(rows, { ...PARAMS, nTrees: 5, seed: 4 }))).not.toBe(once)
  })

  test('tells the number of trees after each', () => {
    const told: number[] = []
    trainForest(rows, { ...PARAMS, nTrees: 3 }, (done) => told.push(done))
    expect(told).toEqual([1, 2, 3])
  })
})

describe('out-of-bag predictions', () => {
  test('judge a forest as rows that it never saw do', () => {
    const forest = trainForest(rows, PARAMS)
    const unseen = randomRows(5, 1500)
    const outOfBag = lossAboveTruth(rows, forest.outOfBag)
    expect(Math.abs(outOfBag - lossAboveTruth(unseen, predict(forest, unseen)))).toBeLessThan(0.015)
    expect(lossAboveTruth(rows, predict(forest))).toBeLessThan(outOfBag - 0.03)
  })

  test('are missing for about (1 − 1/e)^k of the rows after k trees', () => {
    const { outOfBag } = trainForest(rows, { ...PARAMS, nTrees: 3 })
    // 0.632³ = 0.2526 of 1,500 rows is 379; three standard deviations are 50.
    expect(Math.abs(outOfBag.filter(Number.isNaN).length - 379)).toBeLessThan(50)
  })

  test('leave the share of a subsample out', () => {
    const { outOfBag } = trainForest(rows, { ...PARAMS, nTrees: 1, sampling: 'subsample', sampleShare: 0.7 })
    expect(Math.abs(outOfBag.filter(Number.isNaN).length - 1050)).toBeLessThan(54)
  })
})

describe('trainForest refuses', () => {
  test.each([
    ['constant labels', { ...rows, labels: new Float64Array(1500).fill(1) }, {}, 'constant_labels'],
    ['a NaN label', { ...rows, labels: rows.labels.with(2, Number.NaN) }, {}, 'label_not_finite'],
    ['a negative weight', { ...rows, weights: new Float64Array(1500).fill(-1) }, {}, 'weight_not_usable'],
    ['three rows', { ...randomRows(1, 3), labels: Float64Array.of(0, 1, 0) }, {}, 'too_few_rows'],
    ['no trees', rows, { nTrees: 0 }, 'parameter_out_of_range'],
    ['no rows a tree', rows, { sampleShare: 0 }, 'parameter_out_of_range'],
    ['no feature a node', rows, { featuresPerNode: Number.NaN }, 'parameter_out_of_range'],
  ])('%s', (_, bad, params, code) => {
    expect(() => trainForest(bad, { ...PARAMS, ...params })).toThrow(
      expect.objectContaining({ name: 'DomainError', code }),
    )
  })
})
