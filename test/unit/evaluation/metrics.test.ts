import { describe, expect, test } from 'vitest'
import { accuracyOf, logOddsOf, rowLogLosses, scoreBinary } from '../../../shared/evaluation/metrics.ts'

const refusal = (code: string) => expect.objectContaining({ name: 'DomainError', code })

describe('scoreBinary', () => {
  test('scores a hand example with a tie', () => {
    // Pairs (won, lost): 0.8 beats 0.2 and 0.5; 0.5 beats 0.2 and ties with 0.5: 3.5 of 4.
    const scores = scoreBinary([1, 0, 1, 0], [0.8, 0.5, 0.5, 0.2])
    expect(scores.n).toBe(4)
    expect(scores.auc).toBe(3.5 / 4)
    expect(scores.brier).toBeCloseTo((0.04 + 0.25 + 0.25 + 0.04) / 4, 14)
    expect(scores.logLoss).toBeCloseTo((2 * Math.log(1 / 0.8) + 2 * Math.log(2)) / 4, 14)
    // The two of 0.5 share a bin and even out; the others are off by 0.2 each.
    expect(scores.ece).toBeCloseTo(0.1, 14)
  })

  test('gives one half to predictions that are all alike', () => {
    expect(scoreBinary([1, 0, 0, 1, 1], [0.3, 0.3, 0.3, 0.3, 0.3]).auc).toBe(0.5)
  })

  test('gives 1 to a perfect order and 0 to its reverse', () => {
    expect(scoreBinary([0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4]).auc).toBe(1)
    expect(scoreBinary([1, 1, 0, 0], [0.1, 0.2, 0.3, 0.4]).auc).toBe(0)
  })

  test('has no order to score in one class', () => {
    expect(scoreBinary([1, 1], [0.4, 0.6]).auc).toBeNaN()
  })

  test('puts 1 into the last calibration bin and an edge into the upper one', () => {
    // 0.1 opens the second bin, apart from 0.05: |0 − 0.05| + |1 − 0.1| + |1 − 1|, over three rows.
    expect(scoreBinary([0, 1, 1], [0.05, 0.1, 1]).ece).toBeCloseTo(0.95 / 3, 14)
  })

  test('punishes a wrong certainty by about 36 nats, not by infinity', () => {
    expect(scoreBinary([0, 1], [1, 1]).logLoss).toBeCloseTo(36.04 / 2, 2)
    expect(scoreBinary([1, 0], [0, 0]).logLoss).toBeCloseTo(36.04 / 2, 2)
  })

  test('refuses nothing to score', () => {
    expect(() => scoreBinary([], [])).toThrow(refusal('no_rows'))
  })

  test('refuses labels and probabilities of different lengths', () => {
    expect(() => scoreBinary([1], [0.5, 0.5])).toThrow(refusal('length_mismatch'))
  })

  test.each([Number.NaN, -0.1, 1.1])('refuses a probability of %d', (p) => {
    expect(() => scoreBinary([1, 0], [0.5, p])).toThrow(refusal('probability_out_of_range'))
  })

  test.each([Number.NaN, 0.5, 2])('refuses a label of %d', (label) => {
    expect(() => scoreBinary([1, label], [0.5, 0.5])).toThrow(refusal('label_not_binary'))
  })
})

test('rowLogLosses gives each row its own loss', () => {
  const [won = 0, lost = 0] = rowLogLosses([1, 0], [0.25, 0.25])
  expect(won).toBeCloseTo(Math.log(4), 14)
  expect(lost).toBeCloseTo(Math.log(4 / 3), 14)
})

describe('accuracyOf', () => {
  test('counts a probability of one half as a zero', () => {
    expect(accuracyOf([1, 0, 1, 0], [0.51, 0.5, 0.5, 0.9])).toBe(0.5)
  })

  test('refuses nothing to score and what is none', () => {
    expect(() => accuracyOf([], [])).toThrow(refusal('no_rows'))
    expect(() => accuracyOf([1], [0.5, 0.5])).toThrow(refusal('length_mismatch'))
    expect(() => accuracyOf([1], [Number.NaN])).toThrow(refusal('probability_out_of_range'))
  })
})

test('logOddsOf keeps certainties finite', () => {
  const [low = 0, middle, some = 0, high = 0] = logOddsOf([0, 0.5, 0.75, 1])
  expect(middle).toBe(0)
  expect(some).toBeCloseTo(Math.log(3), 14)
  expect(low).toBeCloseTo(-36.04, 2)
  expect(high).toBeCloseTo(36.04, 2)
})
