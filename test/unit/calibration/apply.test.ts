import { describe, expect, test } from 'vitest'
import { applyCalibrator } from '../../../shared/calibration/apply.ts'
import type { Calibrator } from '../../../shared/calibration/calibrator.ts'

const LN_3 = Math.log(3)
const ISOTONE: Calibrator = { kind: 'isotonic', scores: [-1, 0, 0.5, 2], probabilities: [0.1, 0.3, 0.3, 0.9] }

describe('applyCalibrator', () => {
  test.each<[string, Calibrator, number, number]>([
    ['none: odds of 3 to 1 are 3/4', { kind: 'none' }, LN_3, 0.75],
    ['platt: 2 · ln 3 is odds of 9 to 1', { kind: 'platt', slope: 2, intercept: 0 }, LN_3, 0.9],
    ['platt: its intercept shifts log-odds', { kind: 'platt', slope: 0, intercept: LN_3 }, 5, 0.75],
    ['temperature: ln 9 at 2 is ln 3', { kind: 'temperature', temperature: 2 }, 2 * LN_3, 0.75],
    ['beta: a = b = 1 changes nothing', { kind: 'beta', a: 1, b: 1, c: 0 }, LN_3, 0.75],
    // p = 3/4: ln-odds = 2 ln(3/4) = ln(9/16), so 9/25.
    ['beta: a alone weighs ln p', { kind: 'beta', a: 2, b: 0, c: 0 }, LN_3, 0.36],
    // −3 ln(1/4) = ln 64.
    ['beta: b alone weighs −ln(1 − p)', { kind: 'beta', a: 0, b: 3, c: 0 }, LN_3, 64 / 65],
    ['beta: c shifts log-odds', { kind: 'beta', a: 0, b: 0, c: LN_3 }, 8, 0.75],
    ['isotonic: below the first point', ISOTONE, -7, 0.1],
    ['isotonic: at the first point', ISOTONE, -1, 0.1],
    ['isotonic: between two points', ISOTONE, -0.25, 0.25],
    ['isotonic: on a level piece', ISOTONE, 0.2, 0.3],
    ['isotonic: a third of a piece', ISOTONE, 1, 0.5],
    ['isotonic: at the last point', ISOTONE, 2, 0.9],
    ['isotonic: above the last point', ISOTONE, 9, 0.9],
    ['isotonic: one point', { kind: 'isotonic', scores: [3], probabilities: [0.4] }, -2, 0.4],
  ])('%s', (_, calibrator, score, probability) => {
    expect(applyCalibrator(calibrator, score)).toBeCloseTo(probability, 14)
  })

  test.each<[Calibrator, number, number]>([
    [{ kind: 'beta', a: 1, b: 0, c: LN_3 }, 0, 0.75],
    [{ kind: 'beta', a: 0, b: 1, c: -LN_3 }, 0.25, 1],
    [{ kind: 'beta', a: 1, b: 1, c: 0 }, 0, 1],
    [ISOTONE, 0.1, 0.9],
  ])('%j has limits at infinite scores', (calibrator, low, high) => {
    expect(applyCalibrator(calibrator, Number.NEGATIVE_INFINITY)).toBeCloseTo(low, 14)
    expect(applyCalibrator(calibrator, Number.POSITIVE_INFINITY)).toBeCloseTo(high, 14)
  })

  test('the first of two points that share a score holds there', () => {
    const step: Calibrator = { kind: 'isotonic', scores: [0, 1, 1, 2], probabilities: [0, 0.2, 0.8, 1] }
    expect(applyCalibrator(step, 1)).toBe(0.2)
    expect(applyCalibrator(step, 1 + 1e-9)).toBeCloseTo(0.8, 8)
  })

  test.each<Calibrator>([
    { kind: 'none' },
    { kind: 'platt', slope: 0, intercept: 0 },
    { kind: 'temperature', temperature: 1 },
    { kind: 'beta', a: 0, b: 0, c: 0 },
    ISOTONE,
  ])('a missing score stays missing: $kind', (calibrator) => {
    expect(applyCalibrator(calibrator, Number.NaN)).toBeNaN()
  })

  test('an isotone without points, or with unequal lists, is our bug', () => {
    const refusal = expect.objectContaining({ name: 'InvariantError' })
    expect(() => applyCalibrator({ kind: 'isotonic', scores: [], probabilities: [] }, 0)).toThrow(refusal)
    expect(() => applyCalibrator({ kind: 'isotonic', scores: [1, 2], probabilities: [0.5] }, 0)).toThrow(refusal)
  })
})
