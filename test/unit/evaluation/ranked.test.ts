import { describe, expect, test } from 'vitest'
import { multiclassAccuracy, multiclassLogLoss, rankedProbabilityScore } from '../../../shared/evaluation/ranked.ts'

const refusal = (code: string) => expect.objectContaining({ name: 'DomainError', code })

describe('rankedProbabilityScore', () => {
  test('gives the hand example', () => {
    // Sums 0.2 and 0.7 against 0 and 1: (0.04 + 0.09)/2.
    expect(rankedProbabilityScore([[0.2, 0.5, 0.3]], [1])).toBeCloseTo(0.065, 14)
  })

  test('costs more the further off the class', () => {
    const certain = [[1, 0, 0]]
    expect(rankedProbabilityScore(certain, [0])).toBe(0)
    expect(rankedProbabilityScore(certain, [1])).toBe(0.5)
    expect(rankedProbabilityScore(certain, [2])).toBe(1)
  })

  test('is the Brier score for two classes', () => {
    expect(rankedProbabilityScore([[0.3, 0.7]], [1])).toBeCloseTo(0.09, 14)
  })

  test('is a mean over rows', () => {
    const rows = [
      [1, 0, 0],
      [1, 0, 0],
    ]
    expect(rankedProbabilityScore(rows, [0, 2])).toBe(0.5)
  })
})

describe('multiclassLogLoss', () => {
  test('is the mean of −ln of what came', () => {
    const rows = [
      [0.2, 0.5, 0.3],
      [0.1, 0.1, 0.8],
    ]
    expect(multiclassLogLoss(rows, [1, 2])).toBeCloseTo(-(Math.log(0.5) + Math.log(0.8)) / 2, 14)
  })

  test('punishes a wrong certainty by about 36 nats', () => {
    expect(multiclassLogLoss([[1, 0]], [1])).toBeCloseTo(36.04, 2)
  })

  test('forgives sums that are off by rounding', () => {
    expect(multiclassLogLoss([[0.5, 0.500002]], [0])).toBeCloseTo(-Math.log(0.5 / 1.000002), 14)
  })
})

test('multiclassAccuracy counts the most probable class, the first of equals', () => {
  const rows = [
    [0.2, 0.5, 0.3],
    [0.4, 0.4, 0.2],
    [0.4, 0.4, 0.2],
    [0.1, 0.2, 0.7],
  ]
  expect(multiclassAccuracy(rows, [1, 0, 0, 0])).toBe(0.75)
})

describe.each([
  ['rankedProbabilityScore', rankedProbabilityScore],
  ['multiclassLogLoss', multiclassLogLoss],
  ['multiclassAccuracy', multiclassAccuracy],
])('%s refuses', (_, score) => {
  test.each<[string, string, number[][], number[]]>([
    ['nothing', 'no_rows', [], []],
    ['labels of another length', 'length_mismatch', [[0.5, 0.5]], [0, 1]],
    ['rows of different lengths', 'length_mismatch', [[0.5, 0.5], [1]], [0, 0]],
    ['one class', 'too_few_classes', [[1]], [0]],
    ['a class beyond the last', 'label_out_of_range', [[0.5, 0.5]], [2]],
    ['a class below zero', 'label_out_of_range', [[0.5, 0.5]], [-1]],
    ['a class and a half', 'label_out_of_range', [[0.5, 0.5]], [0.5]],
    ['a missing class', 'label_out_of_range', [[0.5, 0.5]], [Number.NaN]],
    ['a missing probability', 'probability_out_of_range', [[Number.NaN, 0.5]], [0]],
    ['a negative probability', 'probability_out_of_range', [[-0.5, 1.5]], [0]],
    ['a sum that is not one', 'probabilities_not_one', [[0.5, 0.4]], [0]],
  ])('%s', (_what, code, rows, labels) => {
    expect(() => score(rows, labels)).toThrow(refusal(code))
  })
})
