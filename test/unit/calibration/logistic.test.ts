import { describe, expect, test } from 'vitest'
import type { LogisticModel } from '../../../shared/calibration/logistic.ts'
import { fitLogistic, logisticScores } from '../../../shared/calibration/logistic.ts'
import { sigmoid } from '../../../shared/kernel/numeric.ts'
import { createRng } from '../../../shared/kernel/random.ts'

const refusal = (code: string) => expect.objectContaining({ name: 'DomainError', code })

function normals(seed: number, n: number): Float64Array {
  const rng = createRng(seed)
  return Float64Array.from({ length: n }, () => rng.normal())
}

function drawnLabels(scores: Float64Array, seed: number): Float64Array {
  const rng = createRng(seed)
  return scores.map((score) => (rng.next() < sigmoid(score) ? 1 : 0))
}

describe('fitLogistic', () => {
  test('finds the log-odds of two groups exactly', () => {
    // One win of four where x = 0, three of four where x = 1: odds 1/3 and 3.
    const model = fitLogistic([Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1)], Float64Array.of(1, 0, 0, 0, 1, 1, 1, 0))
    expect(model.intercept).toBeCloseTo(-Math.log(3), 10)
    expect(model.coefficients[0]).toBeCloseTo(Math.log(9), 10)
  })

  test('fits the share of ones where there are no inputs', () => {
    expect(fitLogistic([], Float64Array.of(1, 0, 0, 0)).intercept).toBeCloseTo(-Math.log(3), 10)
  })

  test('recovers the coefficients that drew the labels', () => {
    const columns = [normals(1, 20_000), normals(2, 20_000)]
    const truth: LogisticModel = { intercept: -0.5, coefficients: [1.2, -0.7] }
    const model = fitLogistic(columns, drawnLabels(logisticScores(truth, columns), 3))
    // Standard errors are about 0.02.
    expect(Math.abs(model.intercept + 0.5)).toBeLessThan(0.06)
    expect(Math.abs((model.coefficients[0] ?? Number.NaN) - 1.2)).toBeLessThan(0.07)
    expect(Math.abs((model.coefficients[1] ?? Number.NaN) + 0.7)).toBeLessThan(0.06)
  })

  test.each([1e-9, 1e-3, 1e6])('does not mind inputs in units of %d', (unit) => {
    const x = normals(4, 500)
    const labels = drawnLabels(x, 5)
    const [plain] = fitLogistic([x], labels).coefficients
    const [scaled] = fitLogistic([x.map((value) => value * unit)], labels).coefficients
    expect((scaled ?? Number.NaN) * unit).toBeCloseTo(plain ?? Number.NaN, 8)
  })

  test('converges where a plain Newton step overshoots', () => {
    // One win of 100 where x = 0, four of five where x = 1: odds 1/99 and 4.
    const x = Float64Array.from({ length: 105 }, (_, r) => (r < 100 ? 0 : 1))
    const labels = x.map((_, r) => (r === 0 || r > 100 ? 1 : 0))
    const model = fitLogistic([x], labels)
    expect(model.intercept).toBeCloseTo(-Math.log(99), 10)
    expect(model.coefficients[0]).toBeCloseTo(Math.log(4 * 99), 10)
  })
})

describe('fitLogistic refuses', () => {
  test.each([0, 1])('labels that are all %d', (label) => {
    expect(() => fitLogistic([normals(1, 10)], new Float64Array(10).fill(label))).toThrow(refusal('one_class'))
  })

  test('no rows', () => {
    expect(() => fitLogistic([new Float64Array()], new Float64Array())).toThrow(refusal('one_class'))
  })

  test.each([1, 1e-4, 1e3])('collinear inputs in units of %d', (unit) => {
    const x = normals(6, 2000)
    const labels = drawnLabels(x, 7)
    const inputs = [x.map((value) => unit * value), x.map((value) => unit * (3 * value + 1))]
    expect(() => fitLogistic(inputs, labels)).toThrow(refusal('singular'))
  })

  test('a constant input, which the intercept is already', () => {
    const labels = drawnLabels(normals(8, 1000), 9)
    expect(() => fitLogistic([new Float64Array(1000).fill(0.3)], labels)).toThrow(refusal('singular'))
  })

  test('inputs that tell the labels apart without error: no finite maximum exists', () => {
    const x = Float64Array.from({ length: 40 }, (_, i) => i - 19.5)
    expect(() =>
      fitLogistic(
        [x],
        x.map((value) => (value > 0 ? 1 : 0)),
      ),
    ).toThrow(refusal('singular'))
    expect(() => fitLogistic([Float64Array.of(0, 0, 1, 1)], Float64Array.of(0, 0, 1, 1))).toThrow(refusal('singular'))
    for (let seed = 0; seed < 60; seed++) {
      const inputs = [normals(seed, 50).map((value) => 0.01 * value), normals(seed + 100, 50)]
      const labels = Float64Array.from(inputs[0] ?? [], (value) => (value > -0.003 ? 1 : 0))
      expect(() => fitLogistic(inputs, labels)).toThrow(refusal('singular'))
    }
  })

  test('missing inputs', () => {
    const labels = Float64Array.of(0, 1, 0, 1)
    expect(() => fitLogistic([Float64Array.of(1, 2, Number.NaN, 1)], labels)).toThrow(refusal('singular'))
  })
})

test('logisticScores adds up inputs and intercept', () => {
  const model: LogisticModel = { intercept: 1, coefficients: [2, -1] }
  expect(Array.from(logisticScores(model, [Float64Array.of(0, 3), Float64Array.of(5, 1)]))).toEqual([-4, 6])
})
