import { describe, expect, test } from 'vitest'
import { scoreBinary } from '../../../shared/evaluation/metrics.ts'
import { sigmoid } from '../../../shared/kernel/numeric.ts'
import { createRng } from '../../../shared/kernel/random.ts'
import type { LabelledRows } from '../../../shared/trees/boosting.ts'
import { boostedEnsemble, rawScores, trainBoostedTrees } from '../../../shared/trees/boosting.ts'
import { ensembleScores } from '../../../shared/trees/ensemble.ts'
import { rowRange } from '../../../shared/trees/matrix.ts'
import { drawFeatures, drawRows, firstIntegers } from '../../../shared/trees/sampling.ts'
import { BOOSTING, randomRows } from '../../support/trees.ts'

const PARAMS = BOOSTING

function lossAfter(rows: LabelledRows, trees: Parameters<typeof rawScores>[0]['trees']): number {
  return scoreBinary(rows.labels, rawScores({ trees }, rows.matrix, rows.initialScores).map(sigmoid)).logLoss
}

const bytesOf = (model: ReturnType<typeof trainBoostedTrees>) =>
  JSON.stringify(model.trees.map((tree) => Object.values(tree).map((field) => Array.from(field as Iterable<number>))))

describe('trainBoostedTrees', () => {
  test('lowers the training loss with every tree where it sees every row', () => {
    const rows = randomRows(1, 600)
    const { trees, validationLoss } = trainBoostedTrees(rows, PARAMS)
    expect(trees).toHaveLength(30)
    expect(validationLoss).toEqual([])
    const losses = trees.map((_, i) => lossAfter(rows, trees.slice(0, i + 1)))
    expect([Math.LN2, ...losses.slice(0, -1)].every((before, i) => (losses[i] ?? Number.NaN) < before)).toBe(true)
  })

  test('predicts rows that it never saw', () => {
    const { trees } = trainBoostedTrees(randomRows(1, 2000), { ...PARAMS, learningRate: 0.1 })
    const unseen = randomRows(2, 2000)
    const truth = Float64Array.from(unseen.matrix.columns[0] ?? [], (x) => sigmoid(1.5 * x))
    expect(lossAfter(unseen, trees)).toBeLessThan(scoreBinary(unseen.labels, truth).logLoss + 0.02)
  })

  test('starts from the initial scores', () => {
    const rows = randomRows(3, 800)
    const truth = Float64Array.from(rows.matrix.columns[0] ?? [], (x) => 1.5 * x)
    const [fromZero] = trainBoostedTrees(rows, PARAMS).trees
    const [fromTruth] = trainBoostedTrees({ ...rows, initialScores: truth }, PARAMS).trees
    const largest = (values: Iterable<number> = []) => Math.max(...values)
    expect(largest(fromZero?.gain)).toBeGreaterThan(50)
    expect(largest(fromTruth?.gain)).toBeLessThan(20)
  })

  test('is the same to the byte for the same seed, and another for another', () => {
    const rows = randomRows(1, 300)
    const sampled = { ...PARAMS, subsample: 0.7, colsample: 0.5, rounds: 5 }
    const once = bytesOf(trainBoostedTrees(rows, sampled))
    expect(bytesOf(trainBoostedTrees(rows, sampled))).toBe(once)
    expect(bytesOf(trainBoostedTrees(rows, { ...sampled, seed: 8 }))).not.toBe(once)
  })

  test('uses no chance where it samples neither rows nor features', () => {
    const rows = randomRows(1, 300)
    const once = bytesOf(trainBoostedTrees(rows, { ...PARAMS, rounds: 5 }))
    expect(bytesOf(trainBoostedTrees(rows, { ...PARAMS, rounds: 5, seed: 8 }))).toBe(once)
  })

  test('lets each tree use its share of the features', () => {
    const { trees } = trainBoostedTrees(randomRows(4, 500, 0.3), { ...PARAMS, colsample: 0.5, gamma: 0 })
    const used = trees.map((tree) => new Set(tree.feature.filter((_, node) => tree.left[node] !== -1)))
    expect(Math.max(...used.map((features) => features.size))).toBe(2)
    expect(new Set(used.flatMap((features) => [...features])).size).toBe(4)
  })

  test('shows each tree its share of the rows', () => {
    const { trees } = trainBoostedTrees(randomRows(5, 1000), { ...PARAMS, subsample: 0.8, rounds: 1 })
    // At even odds every row weighs ¼; three standard deviations of 1,000 draws are 38 rows.
    expect(Math.abs((trees[0]?.cover[0] ?? Number.NaN) * 4 - 800)).toBeLessThan(38)
  })

  test('respects the least weight of a child in every tree', () => {
    const { trees } = trainBoostedTrees(randomRows(6, 500), { ...PARAMS, minChildWeight: 8 })
    const children = trees.flatMap((tree) => Array.from(tree.cover).slice(1))
    expect(children.length).toBeGreaterThan(60)
    expect(Math.min(...children)).toBeGreaterThanOrEqual(Math.fround(7.9999))
  })

  test('learns where missing values belong', () => {
    const rng = createRng(9)
    const x = Float32Array.from({ length: 400 }, (_, r) => (r % 2 === 0 ? Number.NaN : rng.next()))
    const labels = Float64Array.from(x, (value) => (Number.isNaN(value) ? 1 : value > 0.5 ? 1 : 0))
    const matrix = { nRows: 400, columns: [x] }
    const model = trainBoostedTrees({ matrix, labels, initialScores: new Float64Array(400) }, PARAMS)
    const asked = { nRows: 3, columns: [Float32Array.of(Number.NaN, 0.1, 0.9)] }
    const [missing = 0, low = 0, high = 0] = rawScores(model, asked, new Float64Array(3))
    expect(missing).toBeGreaterThan(2)
    expect(low).toBeLessThan(-2)
    expect(high).toBeGreaterThan(2)
  })

  test('tells the number of trees after each round', () => {
    const told: number[] = []
    trainBoostedTrees(randomRows(1, 100), { ...PARAMS, rounds: 4 }, { onRound: (done) => told.push(done) })
    expect(told).toEqual([1, 2, 3, 4])
  })

  test('gives no NaN where a sample may be empty and nothing is penalised', () => {
    const rows = randomRows(1, 6)
    const model = trainBoostedTrees(rows, { ...PARAMS, subsample: 0.05, lambdaL2: 0, minChildWeight: 0 })
    expect(Array.from(rawScores(model, rows.matrix, rows.initialScores)).every(Number.isFinite)).toBe(true)
  })
})

describe('early stopping', () => {
  test('keeps the trees up to the round of least validation loss', () => {
    const validation = randomRows(11, 300)
    const model = trainBoostedTrees(randomRows(10, 300), { ...PARAMS, rounds: 200 }, { validation })
    const best = model.validationLoss.indexOf(Math.min(...model.validationLoss))
    expect(model.trees).toHaveLength(best + 1)
    expect(model.validationLoss).toHaveLength(best + 1 + PARAMS.earlyStoppingRounds)
    expect(model.validationLoss[best]).toBeCloseTo(lossAfter(validation, model.trees), 12)
  })

  test('keeps no tree where the initial scores were best', () => {
    const validation = randomRows(11, 300)
    const contrary = { ...validation, labels: validation.labels.map((label) => 1 - label) }
    const model = trainBoostedTrees(randomRows(10, 300), PARAMS, { validation: contrary })
    expect(model.trees).toEqual([])
    expect(model.validationLoss).toHaveLength(PARAMS.earlyStoppingRounds)
  })

  test('learns nothing from the validation rows but where to stop', () => {
    const train = randomRows(10, 300)
    const model = trainBoostedTrees(train, PARAMS, { validation: randomRows(11, 300) })
    const alone = trainBoostedTrees(train, { ...PARAMS, rounds: model.trees.length })
    expect(bytesOf(model)).toBe(bytesOf(alone))
  })

  test('accepts validation rows of one class', () => {
    const validation = { ...randomRows(11, 20), labels: new Float64Array(20).fill(1) }
    expect(trainBoostedTrees(randomRows(10, 300), PARAMS, { validation }).validationLoss.every(Number.isFinite)).toBe(
      true,
    )
  })
})

describe('trainBoostedTrees refuses', () => {
  const rows = randomRows(1, 10)
  const none: LabelledRows = {
    matrix: { nRows: 0, columns: [] },
    labels: new Float64Array(),
    initialScores: new Float64Array(),
  }
  const withLabel = (label: number) => ({ ...rows, labels: rows.labels.with(3, label) })
  const withScore = (score: number) => ({ ...rows, initialScores: rows.initialScores.with(3, score) })
  const withWeight = (weight: number) => ({ ...rows, weights: new Float64Array(10).fill(1).with(3, weight) })
  const cases: [string, LabelledRows, string][] = [
    ['no rows', none, 'no_rows'],
    ['labels of 1 only', { ...rows, labels: new Float64Array(10).fill(1) }, 'one_class'],
    ['labels of 0 only', { ...rows, labels: new Float64Array(10) }, 'one_class'],
    ['a NaN label', withLabel(Number.NaN), 'label_not_binary'],
    ['a label of one half', withLabel(0.5), 'label_not_binary'],
    ['fewer labels than rows', { ...rows, labels: rows.labels.subarray(0, 9) }, 'label_not_binary'],
    ['a NaN initial score', withScore(Number.NaN), 'initial_score_not_finite'],
    ['an infinite initial score', withScore(Number.NEGATIVE_INFINITY), 'initial_score_not_finite'],
    ['a negative weight', withWeight(-1), 'weight_not_usable'],
    ['a NaN weight', withWeight(Number.NaN), 'weight_not_usable'],
    ['an infinite weight', withWeight(Number.POSITIVE_INFINITY), 'weight_not_usable'],
    ['fewer weights than rows', { ...rows, weights: new Float64Array(9).fill(1) }, 'weight_not_usable'],
    ['no weight at all', { ...rows, weights: new Float64Array(10) }, 'weights_all_zero'],
  ]
  test.each(cases)('%s', (_, bad, code) => {
    expect(() => trainBoostedTrees(bad, PARAMS)).toThrow(expect.objectContaining({ name: 'DomainError', code }))
  })

  test.each(cases.filter(([, , code]) => code !== 'one_class'))('%s to validate on', (_, validation, code) => {
    expect(() => trainBoostedTrees(randomRows(2, 50), PARAMS, { validation })).toThrow(
      expect.objectContaining({ code }),
    )
  })

  test.each([
    ['three rows', randomRows(1, 3), 'too_few_rows'],
    [
      'columns without a value',
      { ...rows, matrix: { nRows: 10, columns: [new Float32Array(10).fill(Number.NaN)] } },
      'all_missing',
    ],
    ['one class among the rows with weight', { ...rows, weights: rows.labels }, 'one_class'],
  ] as [string, LabelledRows, string][])('%s to learn from', (_, bad, code) => {
    const few = { ...bad, labels: bad.labels.with(0, 0).with(1, 1) }
    expect(() => trainBoostedTrees(code === 'too_few_rows' ? few : bad, PARAMS)).toThrow(
      expect.objectContaining({ name: 'DomainError', code }),
    )
  })

  test('constant labels of a regression', () => {
    const constant = { ...rows, labels: new Float64Array(10).fill(2.5) }
    expect(() => trainBoostedTrees(constant, { ...PARAMS, objective: 'squared_error' })).toThrow(
      expect.objectContaining({ name: 'DomainError', code: 'constant_labels' }),
    )
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('the label %s of a regression', (label) => {
    expect(() => trainBoostedTrees(withLabel(label), { ...PARAMS, objective: 'absolute_error' })).toThrow(
      expect.objectContaining({ code: 'label_not_finite' }),
    )
  })

  test.each([
    [{ monotone: [1, 0] }, 'monotone_length'],
    [{ monotone: [1, 0, 0.5, 0] }, 'monotone_direction'],
    [{ monotone: [1, 0, Number.NaN, 0] }, 'monotone_direction'],
    [{ maxBins: 256 }, 'bins_out_of_range'],
    [{ rounds: 0 }, 'parameter_out_of_range'],
    [{ maxDepth: 0 }, 'parameter_out_of_range'],
    [{ maxDepth: 2.5 }, 'parameter_out_of_range'],
    [{ learningRate: 0 }, 'parameter_out_of_range'],
    [{ learningRate: Number.NaN }, 'parameter_out_of_range'],
    [{ subsample: 1.5 }, 'parameter_out_of_range'],
    [{ colsample: 0 }, 'parameter_out_of_range'],
    [{ colsamplePerNode: 0 }, 'parameter_out_of_range'],
    [{ lambdaL2: -1 }, 'parameter_out_of_range'],
    [{ alphaL1: -1 }, 'parameter_out_of_range'],
    [{ gamma: Number.NaN }, 'parameter_out_of_range'],
    [{ minChildWeight: -1 }, 'parameter_out_of_range'],
    [{ maxDeltaStep: 0 }, 'parameter_out_of_range'],
    [{ numLeaves: 1 }, 'parameter_out_of_range'],
    [{ earlyStoppingRounds: 0 }, 'parameter_out_of_range'],
  ])('the settings %j', (settings, code) => {
    expect(() => trainBoostedTrees(randomRows(1, 50), { ...PARAMS, ...settings })).toThrow(
      expect.objectContaining({ name: 'DomainError', code }),
    )
  })
})

describe('weights', () => {
  const drawn = randomRows(12, 400)
  // Fewer values than bins, so that repeating rows moves no edge.
  const columns = drawn.matrix.columns.map((column) => column.map((x) => Math.round(10 * x)))
  const rows = { ...drawn, matrix: { nRows: 400, columns } }
  const counts = Float64Array.from(rows.labels, (_, r) => r % 3)

  test('count a row as often as they say', () => {
    const repeated = Array.from(counts).flatMap((count, r) => new Array<number>(count).fill(r))
    const columns = rows.matrix.columns.map((column) => Float32Array.from(repeated, (r) => column[r] ?? Number.NaN))
    const twice = {
      matrix: { nRows: repeated.length, columns },
      labels: Float64Array.from(repeated, (r) => rows.labels[r] ?? Number.NaN),
      initialScores: new Float64Array(repeated.length),
    }
    const params = { ...PARAMS, rounds: 5, maxDepth: 2, minChildWeight: 20 }
    const weighted = trainBoostedTrees({ ...rows, weights: counts }, params)
    const expected = rawScores(trainBoostedTrees(twice, params), rows.matrix, rows.initialScores)
    const scores = rawScores(weighted, rows.matrix, rows.initialScores)
    const off = scores.filter((score, r) => counts[r] !== 0 && Math.abs(score - (expected[r] ?? Number.NaN)) > 1e-5)
    expect(off.length).toBe(0)
  })

  test('of one change nothing', () => {
    const once = bytesOf(trainBoostedTrees(rows, { ...PARAMS, rounds: 5 }))
    const ones = new Float64Array(400).fill(1)
    expect(bytesOf(trainBoostedTrees({ ...rows, weights: ones }, { ...PARAMS, rounds: 5 }))).toBe(once)
  })

  test('weigh the validation loss', () => {
    const validation = randomRows(13, 100)
    const weights = new Float64Array(100).fill(0, 0, 50).fill(2, 50)
    const lastHalf = { matrix: rowRange(validation.matrix, 50, 100), labels: validation.labels.slice(50) }
    const [weighted, half] = [
      { ...validation, weights },
      { ...lastHalf, initialScores: new Float64Array(50) },
    ].map((judges) => trainBoostedTrees(rows, { ...PARAMS, rounds: 3 }, { validation: judges }).validationLoss)
    expect(weighted).toHaveLength(3)
    for (const [i, loss] of (weighted ?? []).entries()) expect(loss).toBeCloseTo(half?.[i] ?? Number.NaN, 12)
  })
})

describe('a constant or empty column', () => {
  test('never splits', () => {
    const rows = randomRows(14, 300)
    const dull = [new Float32Array(300).fill(4), new Float32Array(300).fill(Number.NaN)]
    const matrix = { nRows: 300, columns: [...dull, ...rows.matrix.columns] }
    const { trees } = trainBoostedTrees({ ...rows, matrix }, { ...PARAMS, presenceSplits: true })
    const used = new Set(trees.flatMap((tree) => Array.from(tree.feature.filter((_, node) => tree.left[node] !== -1))))
    expect(used.size).toBe(4)
    expect(Math.min(...used)).toBe(2)
  })
})

test('rows that a tree was not shown get its value too', () => {
  const rows = randomRows(16, 300)
  const [first, second] = trainBoostedTrees(rows, { ...PARAMS, subsample: 0.5, rounds: 2 }).trees
  if (first === undefined || second === undefined) throw new Error('no trees')
  const rng = createRng(PARAMS.seed)
  const order = new Int32Array(300)
  drawRows(order, 0.5, rng)
  drawFeatures(firstIntegers(4), 1, rng)
  const shown = order.subarray(0, drawRows(order, 0.5, rng))
  const p = rawScores({ trees: [first] }, rows.matrix, rows.initialScores).map(sigmoid)
  const weight = shown.reduce((sum, r) => sum + (p[r] ?? Number.NaN) * (1 - (p[r] ?? Number.NaN)), 0)
  expect(second.cover[0]).toBeCloseTo(weight, 4)
})

describe('regression', () => {
  const rng = createRng(30)
  const x = Float32Array.from({ length: 900 }, () => rng.normal())
  const clean = Float64Array.from(x, (value) => (value > 0 ? 3 : -1))
  const rows = { matrix: { nRows: 900, columns: [x] }, initialScores: new Float64Array(900) }

  test('by squared error finds a step', () => {
    const params = { ...PARAMS, objective: 'squared_error', lambdaL2: 0 } as const
    const scores = rawScores(trainBoostedTrees({ ...rows, labels: clean }, params), rows.matrix, rows.initialScores)
    expect(Math.max(...scores.map((score, r) => Math.abs(score - (clean[r] ?? Number.NaN))))).toBeLessThan(1e-3)
  })

  test('by absolute error goes a learning rate of the way to the median', () => {
    const labels = clean.with(0, clean[0] === 3 ? 8 : 4)
    const params = { ...PARAMS, objective: 'absolute_error', maxDepth: 1, rounds: 1, learningRate: 0.5 } as const
    const { trees } = trainBoostedTrees({ ...rows, labels }, params)
    expect(Array.from(trees[0]?.value ?? [])).toEqual([0, -0.5, 1.5])
  })

  test('by absolute error is not moved by a few wild labels', () => {
    const labels = clean.map((label, r) => (r % 10 === 0 ? 1e6 : label))
    const params = { ...PARAMS, objective: 'absolute_error', maxDepth: 1, minChildWeight: 50 } as const
    const scores = rawScores(trainBoostedTrees({ ...rows, labels }, params), rows.matrix, rows.initialScores)
    expect(Math.max(...scores.map((score, r) => Math.abs(score - (clean[r] ?? Number.NaN))))).toBeLessThan(1e-3)
  })
})

test('an ensemble says what the trees and the initial score say', () => {
  const rows = { ...randomRows(15, 200), initialScores: new Float64Array(200).fill(0.25) }
  const model = trainBoostedTrees(rows, PARAMS)
  const ensemble = boostedEnsemble(model, 4, { baseScore: 0.25 })
  expect(ensemble.link).toBe('logistic')
  expect(boostedEnsemble(model, 4, { objective: 'absolute_error' }).link).toBe('identity')
  expect(ensembleScores(ensemble, rows.matrix)).toEqual([rawScores(model, rows.matrix, rows.initialScores)])
})
