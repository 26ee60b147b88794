import { expect, test } from 'vitest'
import { calibrationSlope } from '../../../shared/evaluation/calibration-slope.ts'
import { encompassingTest } from '../../../shared/evaluation/encompassing.ts'
import golden from './clustered-logistic.json' with { type: 'json' }

const { labels, clusters, reference, model } = golden

function expectNear(ours: readonly number[], theirs: readonly number[]): void {
  expect(ours).toHaveLength(theirs.length)
  expect(Math.max(...theirs.map((value, i) => Math.abs((ours[i] ?? Number.NaN) - value)))).toBeLessThan(1e-9)
}

test('the calibration slope and intercept are those of scikit-learn, their errors those of a sandwich in NumPy', () => {
  const { intercept, slope } = calibrationSlope(labels, model, clusters)
  expectNear([intercept.value, slope.value], golden.slope.coefficients)
  expectNear([intercept.error, slope.error], golden.slope.errors)
})

test('the encompassing test has the weights, errors and p-value of scikit-learn, NumPy and SciPy', () => {
  const result = encompassingTest(labels, reference, model, clusters)
  if (result.kind !== 'tested') throw new Error(`not tested: ${result.reason}`)
  const parts = [result.intercept, result.reference, result.model]
  expectNear(
    parts.map(({ value }) => value),
    golden.encompassing.coefficients,
  )
  expectNear(
    parts.map(({ error }) => error),
    golden.encompassing.errors,
  )
  expectNear([result.model.z, result.model.pValue], [golden.encompassing.z, golden.encompassing.p_value])
  expect(result.wald).toBe(result.model.z ** 2)
})
