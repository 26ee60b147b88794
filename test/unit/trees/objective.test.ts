import { describe, expect, test } from 'vitest'
import type { ObjectiveName } from '../../../shared/trees/objective.ts'
import { OBJECTIVES, objectiveOf, softmaxObjective } from '../../../shared/trees/objective.ts'

const labels = Float64Array.of(0, 1, 1)
const scores = [Float64Array.of(0, Math.log(3), -2)]

function pairsOf(name: ObjectiveName, weights?: Float64Array): number[] {
  const pairs = new Float64Array(6)
  objectiveOf(name).fillPairs([pairs], scores, { labels, weights })
  return Array.from(pairs)
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length)
  for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 12)
}

describe('gradients and Hessians', () => {
  test('of log loss are p − y and p(1 − p)', () => {
    const p = 1 / (1 + Math.exp(2))
    expectClose(pairsOf('log_loss'), [0.5, 0.25, -0.25, 0.1875, p - 1, p * (1 - p)])
  })

  test('of squared error are the residual and 1', () => {
    expectClose(pairsOf('squared_error'), [0, 1, Math.log(3) - 1, 1, -3, 1])
  })

  test('of absolute error are its sign and 1', () => {
    expectClose(pairsOf('absolute_error'), [0, 1, 1, 1, -1, 1])
  })

  test('of softmax are p − [own class] and 2p(1 − p)', () => {
    const pairs = [new Float64Array(2), new Float64Array(2), new Float64Array(2)]
    const one = [Float64Array.of(0), Float64Array.of(Math.log(2)), Float64Array.of(0)]
    softmaxObjective(3).fillPairs(pairs, one, { labels: Float64Array.of(1) })
    expectClose(pairs[0] ?? [], [0.25, 0.375])
    expectClose(pairs[1] ?? [], [-0.5, 0.5])
    expectClose(pairs[2] ?? [], [0.25, 0.375])
  })

  test.each(OBJECTIVES)('of %s are multiplied by the weight', (name) => {
    const plain = pairsOf(name)
    const weighted = pairsOf(name, Float64Array.of(2, 0, 0.5))
    expectClose(
      weighted,
      plain.map((value, i) => value * ([2, 0, 0.5][i >> 1] ?? Number.NaN)),
    )
  })

  test('of log loss keep a certain row a little weight', () => {
    const pairs = new Float64Array(2)
    objectiveOf('log_loss').fillPairs([pairs], [Float64Array.of(800)], { labels: Float64Array.of(1) })
    expect(Array.from(pairs)).toEqual([0, 1e-16])
  })
})

describe('mean losses', () => {
  const weights = Float64Array.of(1, 3, 0)

  test('of log loss stay finite where the probability rounds to 0', () => {
    const meanLoss = objectiveOf('log_loss').meanLoss
    expect(meanLoss([Float64Array.of(-800)], { labels: Float64Array.of(1) })).toBeCloseTo(800, 9)
    expect(meanLoss(scores, { labels, weights })).toBeCloseTo((Math.LN2 + 3 * Math.log(4 / 3)) / 4, 12)
  })

  test('of squared and absolute error', () => {
    const residual = Math.log(3) - 1
    expect(objectiveOf('squared_error').meanLoss(scores, { labels })).toBeCloseTo((residual ** 2 + 9) / 3, 12)
    expect(objectiveOf('absolute_error').meanLoss(scores, { labels, weights })).toBeCloseTo((3 * residual) / 4, 12)
  })

  test('of softmax are −ln p of the own class, without overflow', () => {
    const two = [Float64Array.of(0, 1000), Float64Array.of(Math.log(3), 0)]
    const { meanLoss } = softmaxObjective(2)
    expect(meanLoss(two, { labels: Float64Array.of(0, 0) })).toBeCloseTo(Math.log(4) / 2, 12)
    expect(meanLoss(two, { labels: Float64Array.of(1, 1) })).toBeCloseTo((Math.log(4 / 3) + 1000) / 2, 9)
  })
})

test('the leaf of absolute error is the weighted median of its residuals', () => {
  const leaf = objectiveOf('absolute_error').leafValue
  const own = Float64Array.of(1, 1, 1, 1)
  const truth = Float64Array.of(2, 4, 9, 100)
  expect(leaf?.(own, { labels: truth }, Int32Array.of(0, 1, 2))).toBe(3)
  expect(leaf?.(own, { labels: truth }, Int32Array.of(0, 1, 2, 3))).toBe(5.5)
  const weights = Float64Array.of(1, 1, 5, 1)
  expect(leaf?.(own, { labels: truth, weights }, Int32Array.of(0, 1, 2))).toBe(8)
})
