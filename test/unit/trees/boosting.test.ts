import { describe, expect, test } from 'vitest'
import { scoreBinary } from '../../../shared/evaluation/metrics.ts'
import { sigmoid } from '../../../shared/kernel/numeric.ts'
import { createRng } from '../../../shared/kernel/random.ts'
import type { BoostingParams, LabelledRows } from '../../../shared/trees/boosting.ts'
import { rawScores, trainBoostedTrees } from '../../../shared/trees/boosting.ts'

const PARAMS: BoostingParams = {
  rounds: 30,
  learningRate: 0.3,
  maxDepth: 3,
  minChildWeight: 2,
  lambdaL2: 1,
  gamma: 0,
  subsample: 1,
  colsample: 1,
  earlyStoppingRounds: 5,
  seed: 7,
}

/** Rows whose log-odds are `strength` times the first of four columns; the fourth is noise that is often missing. */
function randomRows(seed: number, nRows: number, strength = 1.5): LabelledRows {
  const rng = createRng(seed)
  const columns = Array.from({ length: 4 }, (_, f) =>
    Float32Array.from({ length: nRows }, () => (f === 3 && rng.next() < 0.3 ? Number.NaN : rng.normal())),
  )
  const labels = Float64Array.from(columns[0] ?? [], (x) => (rng.next() < sigmoid(strength * x) ? 1 : 0))
  return { matrix: { nRows, columns }, labels, initialScores: new Float64Array(nRows) }
}

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
  const cases: [string, LabelledRows, string][] = [
    ['no rows', none, 'no_rows'],
    ['labels of 1 only', { ...rows, labels: new Float64Array(10).fill(1) }, 'one_class'],
    ['labels of 0 only', { ...rows, labels: new Float64Array(10) }, 'one_class'],
    ['a NaN label', withLabel(Number.NaN), 'label_not_binary'],
    ['a label of one half', withLabel(0.5), 'label_not_binary'],
    ['fewer labels than rows', { ...rows, labels: rows.labels.subarray(0, 9) }, 'label_not_binary'],
    ['a NaN initial score', withScore(Number.NaN), 'initial_score_not_finite'],
    ['an infinite initial score', withScore(Number.NEGATIVE_INFINITY), 'initial_score_not_finite'],
  ]
  test.each(cases)('%s', (_, bad, code) => {
    expect(() => trainBoostedTrees(bad, PARAMS)).toThrow(expect.objectContaining({ name: 'DomainError', code }))
  })

  test.each(cases.filter(([, , code]) => code !== 'one_class'))('%s to validate on', (_, validation, code) => {
    expect(() => trainBoostedTrees(randomRows(2, 50), PARAMS, { validation })).toThrow(
      expect.objectContaining({ code }),
    )
  })
})
