import { describe, expect, test } from 'vitest'
import { applyCalibrator } from '../../../shared/calibration/apply.ts'
import { fitBeta } from '../../../shared/calibration/beta.ts'
import { fitIsotonic } from '../../../shared/calibration/isotonic.ts'
import { fitPlatt } from '../../../shared/calibration/platt.ts'
import { fitTemperature } from '../../../shared/calibration/temperature.ts'
import golden from './calibration.json' with { type: 'json' }

const { scores, labels, weights, grid } = golden

function largestGap(ours: readonly number[], theirs: readonly number[]): number {
  expect(ours).toHaveLength(theirs.length)
  return Math.max(...theirs.map((value, i) => Math.abs((ours[i] ?? Number.NaN) - value)))
}

describe('isotonic regression', () => {
  test.each([
    ['unweighted', {}, golden.isotonic],
    ['weighted', { weights }, golden.isotonic_weighted],
  ])('%s keeps the points of scikit-learn and reads the same between them', (_, options, theirs) => {
    const calibrator = fitIsotonic(scores, labels, options)
    expect(calibrator.scores).toEqual(theirs.thresholds)
    expect(largestGap(calibrator.probabilities, theirs.values)).toBeLessThan(1e-12)
    const read = grid.map((score) => applyCalibrator(calibrator, score))
    expect(largestGap(read, theirs.predicted)).toBeLessThan(1e-9)
  })
})

describe('Platt scaling', () => {
  test('is that of scikit-learn, whose optimiser stops at a gradient of 1e−5', () => {
    const calibrator = fitPlatt(scores, labels)
    const ours = [-calibrator.slope, -calibrator.intercept, ...grid.map((score) => applyCalibrator(calibrator, score))]
    expect(largestGap(ours, [golden.platt.a, golden.platt.b, ...golden.platt.predicted])).toBeLessThan(1e-6)
  })

  test('is plain logistic regression where not smoothed', () => {
    const { slope, intercept } = fitPlatt(scores, labels, { smoothed: false })
    const { platt_unsmoothed: theirs } = golden
    expect(largestGap([slope, intercept], [theirs.slope, theirs.intercept])).toBeLessThan(1e-9)
  })
})

test('the temperature is the inverse slope of a logistic regression without an intercept', () => {
  expect(Math.abs(fitTemperature(scores, labels).temperature - golden.temperature)).toBeLessThan(1e-9)
})

describe('beta calibration', () => {
  test('is a logistic regression on ln p and −ln(1 − p)', () => {
    const { a, b, c } = fitBeta(scores, labels)
    expect(largestGap([a, b, c], [golden.beta.a, golden.beta.b, golden.beta.c])).toBeLessThan(1e-8)
  })

  test('leaves out the input whose coefficient would be negative', () => {
    const bounded = golden.beta_bounded
    expect(bounded.unbounded[1]).toBeLessThan(0)
    const { a, b, c } = fitBeta(bounded.scores, bounded.labels)
    expect(b).toBe(0)
    expect(largestGap([a, c], [bounded.a, bounded.c])).toBeLessThan(1e-8)
  })
})
