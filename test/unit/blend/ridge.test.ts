import { describe, expect, test } from 'vitest'
import { fitRidge } from '../../../shared/blend/ridge.ts'
import { sigmoid } from '../../../shared/kernel/numeric.ts'
import { createRng } from '../../../shared/kernel/random.ts'

const refusal = (code: string) => expect.objectContaining({ name: 'DomainError', code })

const X0 = Float64Array.of(-2, -1.5, -1, -0.5, -0.25, 0, 0.25, 0.5, 1, 1.5, 2, 3)
const X1 = Float64Array.of(1, -1, 2, 0, -2, 1, 3, -1, 0, 2, -3, 1)
const LABELS = Float64Array.of(0, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 1)
const NOTHING = new Float64Array(12)

function expectFit(fit: ReturnType<typeof fitRidge>, [intercept, ...coefficients]: [number, ...number[]]): void {
  expect(fit.intercept).toBeCloseTo(intercept, 7)
  expect(fit.coefficients).toEqual(coefficients.map((value) => expect.closeTo(value, 7)))
}

describe('fitRidge', () => {
  // sklearn.linear_model.LogisticRegression(C=1/λ, solver="newton-cholesky", tol=1e-13), scikit-learn 1.2.1.
  test.each([
    [1e-12, [-0.1378391144606252, 0.84607074519868, -0.15848415507588637]],
    [2, [-0.0935630315420863, 0.5434689821597218, -0.12396875142387266]],
  ] as [number, [number, number, number]][])("gives scikit-learn's coefficients at a penalty of %d", (lambda, fit) => {
    expectFit(fitRidge([X0, X1], LABELS, { offset: NOTHING, penalties: [lambda, lambda] }), fit)
  })

  test('starts from the offset and penalises each number by its own', () => {
    // scipy.optimize.minimize(method="BFGS", gtol=1e-13), SciPy 1.10, of Σ log loss + Σ ½·λ·w².
    const offset = Float64Array.of(0.5, -0.5, 0.25, 0, 1, -1, 0.75, -0.25, 0, 0.5, -0.75, 0.25)
    const fit = fitRidge([X0, X1], LABELS, { offset, penalties: [1.5, 0.25], interceptPenalty: 4 })
    expectFit(fit, [-0.052611112457777144, 0.5991884742723885, -0.2746497097951927])
  })

  test('is the maximum of the likelihood without a penalty', () => {
    // One of four at 0, three of four at 1: log-odds −ln 3 and ln 3, less an offset of 2 everywhere.
    const x = Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1)
    const y = Float64Array.of(1, 0, 0, 0, 1, 1, 1, 0)
    const fit = fitRidge([x], y, { offset: new Float64Array(8).fill(2), penalties: [0] })
    expectFit(fit, [-Math.log(3) - 2, 2 * Math.log(3)])
  })

  test('leaves the offset as it is where the penalty is all that counts', () => {
    const { intercept, coefficients } = fitRidge([X0], LABELS, {
      ...{ offset: NOTHING, penalties: [1e12], interceptPenalty: 1e12 },
    })
    for (const value of [intercept, ...coefficients]) expect(Math.abs(value)).toBeLessThan(1e-10)
  })

  test('finds an intercept alone where there is no input', () => {
    const fit = fitRidge([], Float64Array.of(1, 1, 1, 0), { offset: new Float64Array(4), penalties: [] })
    expectFit(fit, [Math.log(3)])
  })

  test('adds nothing to an offset that fits already', () => {
    const offset = Float64Array.of(...new Array(4).fill(-Math.log(3)), ...new Array(4).fill(Math.log(3)))
    const y = Float64Array.of(1, 0, 0, 0, 1, 1, 1, 0)
    expectFit(fitRidge([Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1)], y, { offset, penalties: [0] }), [0, 0])
  })

  test.each([1e-5, 1e-3, 1e4])(
    'does not mind units: an input %d times as large has as much smaller a coefficient',
    (unit) => {
      const scaled = X0.map((x) => x * unit)
      const penalties = [2 * unit ** 2, 2]
      const { intercept, coefficients } = fitRidge([scaled, X1], LABELS, { offset: NOTHING, penalties })
      const [first = Number.NaN, second = Number.NaN] = coefficients
      expectFit(
        { intercept, coefficients: [first * unit, second] },
        [-0.0935630315420863, 0.5434689821597218, -0.12396875142387266],
      )
    },
  )

  test('ends where the slope of the penalised loss is nothing, from the worst of offsets too', () => {
    const rng = createRng(3)
    for (let trial = 0; trial < 40; trial++) {
      const n = 30 + rng.integer(50)
      const column = Float64Array.from({ length: n }, () => 5 * rng.normal())
      const labels = column.map((x) => (rng.next() < sigmoid(x) ? 1 : 0))
      const offset = column.map((x) => -4 * x + 10 * rng.normal())
      const { intercept, coefficients } = fitRidge([column], labels, {
        offset,
        penalties: [0.1],
        interceptPenalty: 0.1,
      })
      const [slope = Number.NaN] = coefficients
      const residuals = column.map((x, r) => sigmoid((offset[r] ?? 0) + intercept + slope * x) - (labels[r] ?? 0))
      expect(residuals.reduce((sum, e) => sum + e, 0.1 * intercept)).toBeCloseTo(0, 6)
      expect(residuals.reduce((sum, e, r) => sum + e * (column[r] ?? 0), 0.1 * slope)).toBeCloseTo(0, 5)
    }
  })

  test('holds a penalised fit where the input parts the labels without error', () => {
    const x = Float64Array.of(-1, -1, 1, 1)
    const { coefficients } = fitRidge([x], Float64Array.of(0, 0, 1, 1), { offset: new Float64Array(4), penalties: [1] })
    // 4·sigmoid(−b) = b by scipy.optimize.brentq.
    expect(coefficients[0]).toBeCloseTo(1.0425969140005578, 7)
  })

  test.each([
    ['no rows', 'no_rows', [], [], [], []],
    ['a missing input', 'input_not_finite', [[1, Number.NaN]], [0, 1], [0, 0], [1]],
    ['an infinite offset', 'input_not_finite', [[1, 2]], [0, 1], [0, Number.NEGATIVE_INFINITY], [1]],
    ['an input of another length', 'length_mismatch', [[1]], [0, 1], [0, 0], [1]],
    ['a penalty too few', 'length_mismatch', [[1, 2]], [0, 1], [0, 0], []],
    ['a label that is missing', 'label_not_binary', [[1, 2]], [0, Number.NaN], [0, 0], [1]],
    ['a negative penalty', 'penalty_out_of_range', [[1, 2]], [0, 1], [0, 0], [-1]],
    ['a penalty that is no number', 'penalty_out_of_range', [[1, 2]], [0, 1], [0, 0], [Number.NaN]],
    ['one input twice without a penalty', 'singular', [X0, X0], LABELS, NOTHING, [0, 0]],
    ['one class without a penalty', 'singular', [[1, 2]], [1, 1], [0, 0], [1]],
  ] as [string, string, ArrayLike<number>[], ArrayLike<number>, ArrayLike<number>, number[]][])(
    'refuses %s',
    (_, code, columns, labels, offset, penalties) => {
      const inputs = columns.map((column) => Float64Array.from(column))
      const fit = () => fitRidge(inputs, Float64Array.from(labels), { offset: Float64Array.from(offset), penalties })
      expect(fit).toThrow(refusal(code))
    },
  )
})
