import { describe, expect, test } from 'vitest'
import { logit, sigmoid } from '../../../shared/kernel/numeric.ts'
import { createRng } from '../../../shared/kernel/random.ts'
import { assess } from '../../../shared/performance/assessment.ts'
import { scoreboardOf } from '../../../shared/recipe/scoreboard.ts'
import type { Predictions } from '../../../shared/recipe/walk-forward.ts'
import { CONTENDERS } from '../../../shared/recipe/walk-forward.ts'
import { drawnRows } from '../../support/learning-rows.ts'

const N = 3000

/** Rows whose model knows the signal that drew the results; returns follow from results and prices. */
function predicted(strength = 0.6, n = N): Predictions {
  const test = drawnRows(n, { winLogOdds: (x, signal) => x + strength * signal })
  const prices = test.impliedProbabilities
  const signal = test.matrix.columns[5] ?? new Float32Array()
  return {
    test: { ...test, returns: test.labels.map((label, r) => (label === 1 ? 1 / (prices[r] ?? 1) - 1 : -1)) },
    model: prices.map((q, r) => sigmoid(logit(q) + strength * (signal[r] ?? 0))),
    implied: prices,
    recalibratedImplied: prices.map((q) => sigmoid(logit(q) - 0.01)),
    baseRate: new Float64Array(n).fill(0.5),
  }
}

const NO_CLOSES = new Float64Array(N).fill(Number.NaN)
const good = predicted()
const report = assess(good, NO_CLOSES)

describe('assess', () => {
  test('scores all contenders as the scoreboard does', () => {
    expect(report.scores).toEqual(scoreboardOf(good))
    for (const name of CONTENDERS) {
      const right = good[name].filter((p, r) => p > 0.5 === (good.test.labels[r] === 1)).length
      if (name !== 'baseRate') expect(report.accuracy[name]).toBeCloseTo(right / N, 12)
    }
  })

  test('finds that probabilities which drew the results are calibrated and add to the price', () => {
    const { line, equalWidth, equalSize, noise, curve } = report.calibration.model
    expect(line?.slope.low).toBeLessThan(1)
    expect(line?.slope.high).toBeGreaterThan(1)
    expect(line?.intercept.low).toBeLessThan(0)
    expect(line?.intercept.high).toBeGreaterThan(0)
    for (const { ece, mce } of [equalWidth, equalSize]) expect(ece).toBeLessThan(mce)
    expect(noise.mean).toBeGreaterThan(0)
    expect(curve.reduce((sum, { n }) => sum + n, 0)).toBe(N)
    expect(report.encompassing).toMatchObject({ kind: 'tested', modelAdds: true })
  })

  test('draws no line through a single probability', () => {
    expect(report.calibration.baseRate.line).toBeUndefined()
    expect(report.calibration.baseRate.curve).toMatchObject([{ n: N }])
  })

  test('tells a model that is too sure of itself', () => {
    const sure = { ...good, model: good.model.map((p) => sigmoid(3 * logit(p))) }
    expect(assess(sure, NO_CLOSES).calibration.model.line?.slope.high).toBeLessThan(1)
  })

  test('bets where the model expects more than the threshold, beside the same rule on the price', () => {
    expect(report.rules.map(({ threshold }) => threshold)).toEqual([0, 0.02, 0.05])
    for (const { threshold, rule, placebos, everything } of report.rules) {
      const taken = good.model.filter((p, r) => p / (good.implied[r] ?? 1) - 1 > threshold).length
      expect(rule).toMatchObject({ offered: N, n: taken })
      expect(everything.n).toBe(N)
      expect(Object.keys(placebos)).toEqual(['implied', 'recalibratedImplied'])
      // The price never beats itself, nor does one a hundredth of a log-odd below it.
      expect(placebos.implied).toMatchObject({ n: 0, roi: undefined })
      expect(placebos.recalibratedImplied).toMatchObject({ n: 0 })
      expect(rule.roi?.mean).toBeGreaterThan(everything.roi?.mean ?? 0)
    }
  })

  test('gives the mean return of the bets taken', () => {
    const returns = good.test.returns.filter((_, r) => (good.model[r] ?? 0) / (good.implied[r] ?? 1) - 1 > 0.05)
    const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length
    expect(report.rules[2]?.rule.roi?.mean).toBeCloseTo(mean, 12)
  })

  test('leaves bets without a known return out of the rules, and no others', () => {
    const returns = good.test.returns.map((value, r) => (r < 1000 ? Number.NaN : value))
    const other = assess({ ...good, test: { ...good.test, returns } }, NO_CLOSES)
    expect(other.rules[0]?.everything.n).toBe(N - 1000)
    expect(other.scores).toEqual(report.scores)
    const unknown = assess({ ...good, test: { ...good.test, returns: NO_CLOSES } }, NO_CLOSES)
    expect(unknown.rules).toEqual([])
  })

  test('tells closing line values where closing prices are known, of the very bets', () => {
    const rng = createRng(1)
    const closes = good.model.map((p, r) => (rng.next() < 0.5 ? p / (good.implied[r] ?? 1) - 1 : Number.NaN))
    const returns = good.test.returns.with(0, Number.NaN)
    const { rules } = assess({ ...good, test: { ...good.test, returns } }, closes)
    const taken = closes.filter((value, r) => r > 0 && value > 0)
    expect(rules[0]?.rule.closing.n).toBe(taken.length)
    expect(rules[0]?.rule.closing.value?.mean).toBeCloseTo(taken.reduce((sum, v) => sum + v, 0) / taken.length, 10)
    expect(report.rules[0]?.rule.closing).toMatchObject({ n: 0, value: undefined })
  })

  test('says nothing that too few days cannot tell', () => {
    // Three days: enough for a calibration line, too few to hold a model against the price.
    const few = assess(predicted(0.6, 72), new Float64Array(72).fill(Number.NaN))
    expect(few.encompassing).toBeUndefined()
    expect(few.scores.modelMinusImplied.clusters).toBe(3)
    const oneDay = () => assess(predicted(0.6, 20), new Float64Array(20).fill(Number.NaN))
    expect(oneDay).toThrow(expect.objectContaining({ code: 'too_few_clusters' }))
  })

  test('says that a model which restates the price adds nothing to it', () => {
    const { encompassing } = assess({ ...good, model: good.recalibratedImplied }, NO_CLOSES)
    expect(encompassing).toMatchObject({ kind: 'collinear', reason: 'model_restates_reference' })
  })

  test('is the same for the same predictions', () => {
    expect(assess(good, NO_CLOSES)).toEqual(report)
  })
})
