import { expect, test } from 'vitest'
import { fitLogistic, logisticScores } from '../../../shared/calibration/logistic.ts'
import { sigmoid } from '../../../shared/kernel/numeric.ts'
import golden from './logistic.json' with { type: 'json' }

test.each([
  ['one input', 1, golden.one_input],
  ['three inputs', 3, golden.three_inputs],
])('the fit on %s is that of scikit-learn', (_, nInputs, theirs) => {
  const columns = golden.columns.slice(0, nInputs).map((column) => Float64Array.from(column))
  const model = fitLogistic(columns, Float64Array.from(golden.labels))
  const ours = [model.intercept, ...model.coefficients, ...logisticScores(model, columns).subarray(0, 10).map(sigmoid)]
  const expected = [theirs.intercept, ...theirs.coefficients, ...theirs.probabilities_of_first_ten]
  expect(ours).toHaveLength(1 + nInputs + 10)
  expect(Math.max(...expected.map((value, i) => Math.abs((ours[i] ?? Number.NaN) - value)))).toBeLessThan(1e-6)
})
