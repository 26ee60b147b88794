import { describe, expect, test } from 'vitest'
import { fitPlatt } from '../../../shared/calibration/platt.ts'
import { logit } from '../../../shared/kernel/numeric.ts'

const refusal = (code: string) => expect.objectContaining({ name: 'DomainError', code })
/** One of four where the score is 0, three of four where it is 1. */
const scores = [0, 0, 0, 0, 1, 1, 1, 1]
const labels = [1, 0, 0, 0, 1, 1, 1, 0]

describe('fitPlatt', () => {
  test('draws the line to smoothed targets', () => {
    // Four ones and four zeros: targets 5/6 and 1/6. Means (5/6 + 3/6)/4 = 1/3 at score 0 and 2/3 at score 1.
    const { slope, intercept } = fitPlatt(scores, labels)
    expect(intercept).toBeCloseTo(logit(1 / 3), 10)
    expect(slope).toBeCloseTo(2 * Math.log(2), 10)
  })

  test('draws it to the labels themselves where asked', () => {
    const { slope, intercept } = fitPlatt(scores, labels, { smoothed: false })
    expect(intercept).toBeCloseTo(-Math.log(3), 10)
    expect(slope).toBeCloseTo(Math.log(9), 10)
  })

  test('smooths ones and zeros by their own numbers', () => {
    // Three ones, one zero: targets 4/5 and 1/3.
    const { slope, intercept } = fitPlatt([0, 0, 1, 1], [1, 0, 1, 1])
    expect(intercept).toBeCloseTo(logit((4 / 5 + 1 / 3) / 2), 10)
    expect(intercept + slope).toBeCloseTo(Math.log(4), 10)
  })

  test('stays finite where the scores part the labels, at the smoothed targets', () => {
    const { slope, intercept } = fitPlatt([0, 0, 1, 1], [0, 0, 1, 1])
    expect(intercept).toBeCloseTo(-Math.log(3), 10)
    expect(intercept + slope).toBeCloseTo(Math.log(3), 10)
  })

  test('converges where a plain Newton step overshoots', () => {
    // Zeros only where the score is 0, ones only where it is 1: the targets themselves, 1/102 and 6/7.
    const steep = Array.from({ length: 105 }, (_, r) => (r < 100 ? 0 : 1))
    const { slope, intercept } = fitPlatt(steep, steep)
    expect(intercept).toBeCloseTo(-Math.log(101), 10)
    expect(intercept + slope).toBeCloseTo(Math.log(6), 10)
  })

  test('falls where the scores speak against the labels', () => {
    const upsideDown = labels.map((y) => 1 - y)
    expect(fitPlatt(scores, upsideDown).slope).toBeCloseTo(-2 * Math.log(2), 10)
  })
})

describe('fitPlatt refuses', () => {
  test.each<[string, string, number[], number[]]>([
    ['scores and labels of different lengths', 'length_mismatch', [0, 1], [0, 1, 1]],
    ['a score that is not a number', 'score_not_finite', [0, Number.NaN, 1], [0, 1, 1]],
    ['an infinite score', 'score_not_finite', [0, Number.POSITIVE_INFINITY, 1], [0, 1, 1]],
    ['a label of one half', 'label_not_binary', [0, 1, 2], [0, 0.5, 1]],
    ['a label that is not a number', 'label_not_binary', [0, 1, 2], [0, Number.NaN, 1]],
    ['labels that are all one', 'one_class', [0, 1, 2], [1, 1, 1]],
    ['labels that are all zero', 'one_class', [0, 1, 2], [0, 0, 0]],
    ['no rows', 'one_class', [], []],
    ['scores that are all equal', 'singular', [2, 2, 2, 2], [0, 1, 1, 0]],
  ])('%s', (_, code, badScores, badLabels) => {
    expect(() => fitPlatt(badScores, badLabels)).toThrow(refusal(code))
  })

  test('scores that part the labels, where nothing is smoothed', () => {
    expect(() => fitPlatt([0, 0, 1, 1], [0, 0, 1, 1], { smoothed: false })).toThrow(refusal('singular'))
  })
})
