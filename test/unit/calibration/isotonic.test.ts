import { describe, expect, test } from 'vitest'
import { fitIsotonic, keepOffCertainty } from '../../../shared/calibration/isotonic.ts'

const refusal = (code: string) => expect.objectContaining({ name: 'DomainError', code })

describe('fitIsotonic', () => {
  test('pools what falls into its mean', () => {
    // 0 | 1 0 0 pooled to 1/3 | 1.
    expect(fitIsotonic([1, 2, 3, 4, 5], [0, 1, 0, 0, 1])).toEqual({
      kind: 'isotonic',
      scores: [1, 2, 4, 5],
      probabilities: [0, 1 / 3, 1 / 3, 1],
    })
  })

  test('does not mind the order of the rows', () => {
    expect(fitIsotonic([5, 3, 1, 4, 2], [1, 0, 0, 0, 1]).scores).toEqual([1, 2, 4, 5])
  })

  test('keeps only the ends of a run, and both ends of the whole', () => {
    const { scores, probabilities } = fitIsotonic([1, 2, 3, 4, 5, 6], [0, 0, 0, 1, 1, 1])
    expect(scores).toEqual([1, 3, 4, 6])
    expect(probabilities).toEqual([0, 0, 1, 1])
  })

  test('pools rows of one score first, however their labels stand', () => {
    // Scores 1, 1, 2, 2 with means ½ and ½: one run.
    expect(fitIsotonic([1, 1, 2, 2], [1, 0, 0, 1])).toEqual({
      kind: 'isotonic',
      scores: [1, 2],
      probabilities: [0.5, 0.5],
    })
    // Means 1/2 (two rows) and 1/3 (three rows) fall, and pool to 2/5 by their rows.
    expect(fitIsotonic([1, 1, 2, 2, 2], [1, 0, 0, 1, 0]).probabilities).toEqual([0.4, 0.4])
  })

  test('weighs rows', () => {
    // 1 of weight 3 before 0 of weight 1: pooled to 3/4.
    expect(fitIsotonic([1, 2], [1, 0], { weights: [3, 1] }).probabilities).toEqual([0.75, 0.75])
    // Within one score: 2·1 + 6·0 over 8.
    expect(fitIsotonic([1, 1, 2], [1, 0, 1], { weights: [2, 6, 1] }).probabilities).toEqual([0.25, 1])
  })

  test('leaves rows of no weight out', () => {
    const { scores } = fitIsotonic([0, 1, 2, 9], [1, 0, 1, 0], { weights: [0, 1, 1, 0] })
    expect(scores).toEqual([1, 2])
  })

  test('is one level where all scores are equal or the labels only fall', () => {
    expect(fitIsotonic([3, 3, 3, 3], [1, 0, 0, 0])).toEqual({ kind: 'isotonic', scores: [3], probabilities: [0.25] })
    expect(fitIsotonic([1, 2, 3, 4], [1, 1, 0, 0])).toEqual({
      kind: 'isotonic',
      scores: [1, 4],
      probabilities: [0.5, 0.5],
    })
  })
})

describe('fitIsotonic refuses', () => {
  test.each<[string, string, number[], number[], number[] | undefined]>([
    ['labels of another length', 'length_mismatch', [1, 2, 3], [0, 1], undefined],
    ['weights of another length', 'length_mismatch', [1, 2], [0, 1], [1]],
    ['a negative weight', 'weight_out_of_range', [1, 2], [0, 1], [1, -1]],
    ['a weight that is not a number', 'weight_out_of_range', [1, 2], [0, 1], [1, Number.NaN]],
    ['an infinite weight', 'weight_out_of_range', [1, 2], [0, 1], [1, Number.POSITIVE_INFINITY]],
    ['weights that leave one class', 'one_class', [1, 2, 3], [0, 1, 1], [0, 1, 1]],
    ['weights that leave nothing', 'one_class', [1, 2], [0, 1], [0, 0]],
    ['one class', 'one_class', [1, 2], [0, 0], undefined],
    ['a missing score', 'score_not_finite', [1, Number.NaN], [0, 1], undefined],
    ['a label of two', 'label_not_binary', [1, 2, 3], [0, 1, 2], undefined],
  ])('%s', (_, code, scores, labels, weights) => {
    expect(() => fitIsotonic(scores, labels, weights === undefined ? {} : { weights })).toThrow(refusal(code))
  })
})

test('keepOffCertainty keeps probabilities within what so many rows can say', () => {
  const calibrator = { kind: 'isotonic', scores: [1, 2, 3], probabilities: [0, 0.3, 1] } as const
  expect(keepOffCertainty(calibrator, 8)).toEqual({ ...calibrator, probabilities: [0.1, 0.3, 0.9] })
})
