import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyCalibrator } from '../../shared/calibration/apply.ts'
import { fitBeta } from '../../shared/calibration/beta.ts'
import type { Calibrator } from '../../shared/calibration/calibrator.ts'
import { fitIsotonic, keepOffCertainty } from '../../shared/calibration/isotonic.ts'
import { fitPlatt } from '../../shared/calibration/platt.ts'
import { fitTemperature } from '../../shared/calibration/temperature.ts'
import { rowLogLosses } from '../../shared/evaluation/metrics.ts'
import { binProbabilities } from '../../shared/evaluation/probability-bins.ts'
import { calibrationErrors, reliabilityCurve } from '../../shared/evaluation/reliability.ts'
import { DomainError } from '../../shared/kernel/errors.ts'

/** To a millionth: scores closer than rounding count as one score. */
const fine = fc.integer({ min: -6e6, max: 6e6 }).map((k) => k / 1e6)

/** Rows with many equal scores, of both classes, with weights. */
const row = fc.record({
  score: fc.oneof(
    fc.integer({ min: -8, max: 8 }).map((k) => k / 2),
    fine,
  ),
  label: fc.integer({ min: 0, max: 1 }),
  weight: fc.integer({ min: 1, max: 4 }),
})
const rows = fc
  .array(row, { minLength: 2, maxLength: 60 })
  .filter((list) => new Set(list.map(({ label }) => label)).size === 2)
  .map((list) => ({
    scores: list.map(({ score }) => score),
    labels: list.map(({ label }) => label),
    weights: list.map(({ weight }) => weight),
  }))

const read = (calibrator: Calibrator, scores: readonly number[]) =>
  scores.map((score) => applyCalibrator(calibrator, score))

const lossOf = (calibrator: Calibrator, scores: readonly number[], labels: readonly number[]) =>
  rowLogLosses(labels, read(calibrator, scores)).reduce((sum, loss) => sum + loss, 0)

/** The fit, or undefined where none exists; any error but ours fails the property. */
function fitted<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch (error) {
    if (error instanceof DomainError && ['singular', 'no_temperature'].includes(error.code)) return undefined
    throw error
  }
}

test('isotonic probabilities rise with the score and have the mean of the labels', () => {
  fc.assert(
    fc.property(rows, ({ scores, labels, weights }) => {
      const calibrator = fitIsotonic(scores, labels, { weights })
      const { probabilities } = calibrator
      expect(calibrator.scores.every((score, i) => i === 0 || score > (calibrator.scores[i - 1] ?? Number.NaN))).toBe(
        true,
      )
      expect(probabilities.every((p, i) => p >= 0 && p <= 1 && (i === 0 || p >= (probabilities[i - 1] ?? 2)))).toBe(
        true,
      )
      const weighted = (values: readonly number[]) =>
        values.reduce((sum, value, r) => sum + value * (weights[r] ?? Number.NaN), 0)
      expect(weighted(read(calibrator, scores))).toBeCloseTo(weighted(labels), 8)
    }),
  )
})

test('no rising step function has a smaller squared error than isotonic regression', () => {
  const step = fc.record({
    at: fine,
    low: fc.double({ min: 0, max: 1, noNaN: true }),
    high: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  fc.assert(
    fc.property(rows, step, ({ scores, labels, weights }, { at, low, high }) => {
      const squared = (values: readonly number[]) =>
        values.reduce((sum, p, r) => sum + (weights[r] ?? Number.NaN) * (p - (labels[r] ?? Number.NaN)) ** 2, 0)
      const steps = scores.map((score) => (score < at ? Math.min(low, high) : Math.max(low, high)))
      const calibrator = fitIsotonic(scores, labels, { weights })
      expect(squared(read(calibrator, scores))).toBeLessThanOrEqual(squared(steps) + 1e-9)
    }),
  )
})

test('isotonic regression weighs a row of weight k as k rows', () => {
  fc.assert(
    fc.property(rows, ({ scores, labels, weights }) => {
      const repeat = (values: readonly number[]) => values.flatMap((v, r) => new Array<number>(weights[r] ?? 0).fill(v))
      const weighted = read(fitIsotonic(scores, labels, { weights }), scores)
      const repeated = read(fitIsotonic(repeat(scores), repeat(labels)), scores)
      expect(Math.max(...weighted.map((p, r) => Math.abs(p - (repeated[r] ?? Number.NaN))))).toBeLessThan(1e-9)
    }),
  )
})

test('keeping off certainty leaves the order and bounds the loss of any row', () => {
  fc.assert(
    fc.property(rows, ({ scores, labels }) => {
      const kept = keepOffCertainty(fitIsotonic(scores, labels), labels.length)
      const { probabilities } = kept
      expect(probabilities.every((p, i) => i === 0 || p >= (probabilities[i - 1] ?? 2))).toBe(true)
      const losses = rowLogLosses(
        labels.map((y) => 1 - y),
        read(kept, scores),
      )
      expect(Math.max(...losses)).toBeLessThanOrEqual(Math.log(labels.length + 2) + 1e-9)
    }),
  )
})

test('no other line, temperature or beta map has a smaller loss than the one that was fitted', () => {
  const nudge = fc.tuple(...[0, 1, 2].map(() => fc.double({ min: -0.3, max: 0.3, noNaN: true })))
  fc.assert(
    fc.property(rows, nudge, ({ scores, labels }, [d0 = 0, d1 = 0, d2 = 0]) => {
      const bound = (calibrator: Calibrator) => lossOf(calibrator, scores, labels) + 1e-7
      const platt = fitted(() => fitPlatt(scores, labels, { smoothed: false }))
      if (platt !== undefined) {
        const other = { ...platt, slope: platt.slope + d0, intercept: platt.intercept + d1 }
        expect(lossOf(platt, scores, labels)).toBeLessThanOrEqual(bound(other))
      }
      const warm = fitted(() => fitTemperature(scores, labels))
      if (warm !== undefined) {
        expect(lossOf(warm, scores, labels)).toBeLessThanOrEqual(
          bound({ ...warm, temperature: warm.temperature * Math.exp(d0) }),
        )
      }
      const beta = fitted(() => fitBeta(scores, labels))
      if (beta !== undefined) {
        expect(Math.min(beta.a, beta.b)).toBeGreaterThanOrEqual(0)
        const other = { ...beta, a: Math.max(0, beta.a + d0), b: Math.max(0, beta.b + d1), c: beta.c + d2 }
        expect(lossOf(beta, scores, labels)).toBeLessThanOrEqual(bound(other))
      }
    }),
    { numRuns: 200 },
  )
})

test('Platt scaling always has an answer where two scores differ', () => {
  fc.assert(
    fc.property(rows, ({ scores, labels }) => {
      fc.pre(Math.max(...scores) - Math.min(...scores) > 0.01)
      const { slope, intercept } = fitPlatt(scores, labels)
      expect(Number.isFinite(slope) && Number.isFinite(intercept)).toBe(true)
    }),
  )
})

const scored = fc.array(
  fc.record({
    p: fc.oneof(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 0, max: 10 }).map((k) => k / 10),
    ),
    y: fc.integer({ min: 0, max: 1 }),
  }),
  { minLength: 1, maxLength: 60 },
)
const binning = fc.record({
  bins: fc.integer({ min: 1, max: 15 }),
  kind: fc.constantFrom('equal_width' as const, 'equal_mass' as const),
})

test('bins hold every row once, rise with the probability and do not part equals', () => {
  fc.assert(
    fc.property(scored, binning, (list, how) => {
      const p = list.map((one) => one.p)
      const { count, ofRow } = binProbabilities(p, how)
      for (const [r, k] of ofRow.entries()) {
        expect(k >= 0 && k < count).toBe(true)
        for (const [s, other] of ofRow.entries()) if ((p[r] ?? 2) <= (p[s] ?? -1)) expect(k).toBeLessThanOrEqual(other)
      }
      const curve = reliabilityCurve(
        list.map(({ y }) => y),
        p,
        how,
      )
      expect(curve.reduce((sum, { n }) => sum + n, 0)).toBe(list.length)
      expect(curve.every(({ low, share, high }) => low <= share && share <= high)).toBe(true)
    }),
  )
})

test('the ECE is at most the MCE, and at least the gap of the means', () => {
  fc.assert(
    fc.property(scored, binning, (list, how) => {
      const { ece, mce } = calibrationErrors(
        list.map(({ y }) => y),
        list.map(({ p }) => p),
        how,
      )
      expect(ece).toBeLessThanOrEqual(mce + 1e-12)
      const gap = list.reduce((sum, { p, y }) => sum + y - p, 0) / list.length
      expect(ece).toBeGreaterThanOrEqual(Math.abs(gap) - 1e-12)
      expect(mce).toBeLessThanOrEqual(1)
    }),
  )
})
