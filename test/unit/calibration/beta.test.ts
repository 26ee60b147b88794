import { describe, expect, test } from 'vitest'
import { applyCalibrator } from '../../../shared/calibration/apply.ts'
import { fitBeta } from '../../../shared/calibration/beta.ts'
import { logit } from '../../../shared/kernel/numeric.ts'

const refusal = (code: string) => expect.objectContaining({ name: 'DomainError', code })

/** Rows at three probabilities with the given share of ones out of `each`. */
function rowsAt(probabilities: readonly number[], ones: readonly number[], each: number) {
  const scores = probabilities.flatMap((p) => new Array<number>(each).fill(logit(p)))
  const labels = ones.flatMap((count) => Array.from({ length: each }, (_, i) => (i < count ? 1 : 0)))
  return { scores, labels }
}

describe('fitBeta', () => {
  test('leaves calibrated scores as they are', () => {
    const { scores, labels } = rowsAt([0.2, 0.5, 0.8], [2, 5, 8], 10)
    const { a, b, c } = fitBeta(scores, labels)
    expect([a, b, c].map((value, i) => Math.abs(value - (i < 2 ? 1 : 0))).every((gap) => gap < 1e-8)).toBe(true)
  })

  test('meets any three rising shares, since it has three parameters', () => {
    const { scores, labels } = rowsAt([0.2, 0.5, 0.9], [1, 4, 9], 10)
    const calibrator = fitBeta(scores, labels)
    const read = [0.2, 0.5, 0.9].map((p) => applyCalibrator(calibrator, logit(p)))
    expect(read.map((p) => p.toFixed(8))).toEqual(['0.10000000', '0.40000000', '0.90000000'])
  })

  test('bends the two ends by different amounts: a belongs to ln p, b to ln(1 − p)', () => {
    // Odds p²/(1 − p): at p = 0.5 one half to two, share 1/3; at 0.25 1/12, share 1/13; at 0.75 9/4, share 9/13.
    const { scores, labels } = rowsAt([0.25, 0.5, 0.75], [3, 13, 27], 39)
    const { a, b, c } = fitBeta(scores, labels)
    expect(a).toBeCloseTo(2, 8)
    expect(b).toBeCloseTo(1, 8)
    expect(c).toBeCloseTo(0, 8)
  })

  test.each<[string, number[], 'a' | 'b']>([
    ['b where the top bends down', [1, 9, 8], 'b'],
    ['a where the bottom bends up', [2, 1, 9], 'a'],
  ])('drops %s', (_, ones, dropped) => {
    const { scores, labels } = rowsAt([0.1, 0.5, 0.9], ones, 10)
    const fit = fitBeta(scores, labels)
    expect(fit[dropped]).toBe(0)
    expect(fit[dropped === 'a' ? 'b' : 'a']).toBeGreaterThan(0)
  })

  test('keeps the one input that rises with the labels where the other falls', () => {
    // Shares ½, 1/10, 6/10 at 1/10, ½, 9/10: they fall with ln p, whose low end is drawn out, and rise with −ln(1 − p).
    const { scores, labels } = rowsAt([0.1, 0.5, 0.9], [5, 1, 6], 10)
    const { a, b } = fitBeta(scores, labels)
    expect(a).toBe(0)
    expect(b).toBeGreaterThan(0)
  })

  test('gives the share of ones where the scores speak against the labels', () => {
    const { scores, labels } = rowsAt([0.2, 0.5, 0.8], [9, 5, 1], 10)
    const { a, b, c } = fitBeta(scores, labels)
    expect([a, b]).toEqual([0, 0])
    expect(c).toBeCloseTo(0, 12)
    expect(fitBeta(scores.concat(scores), labels.concat(labels.map(() => 1))).c).toBeCloseTo(Math.log(3), 10)
  })
})

describe('fitBeta refuses', () => {
  test.each<[string, string, number[], number[]]>([
    ['scores of two values, for three parameters', 'singular', [0, 0, 1, 1, 0, 1], [0, 1, 0, 1, 0, 1]],
    ['scores that part the labels', 'singular', [-2, -1, 1, 2], [0, 0, 1, 1]],
    ['one class', 'one_class', [0, 1, 2], [1, 1, 1]],
    ['labels of another length', 'length_mismatch', [0, 1, 2], [1, 0]],
    ['a missing score', 'score_not_finite', [0, Number.NaN, 2], [1, 0, 1]],
  ])('%s', (_, code, scores, labels) => {
    expect(() => fitBeta(scores, labels)).toThrow(refusal(code))
  })
})
