import { expect, test } from 'vitest'
import { accuracyOf } from '../../../shared/evaluation/metrics.ts'
import { multiclassAccuracy, multiclassLogLoss, rankedProbabilityScore } from '../../../shared/evaluation/ranked.ts'
import { meanAbsoluteError, rootMeanSquaredError, rSquared } from '../../../shared/evaluation/regression.ts'
import { calibrationErrors, reliabilityCurve } from '../../../shared/evaluation/reliability.ts'
import binary from './metrics.json' with { type: 'json' }
import golden from './scores.json' with { type: 'json' }

const { ordered, regression, quantile_11: quantiles } = golden
const massBins = { bins: 11, kind: 'equal_mass' } as const

test.each([
  ['accuracy', accuracyOf(binary.y, binary.p), golden.accuracy],
  ['maximum calibration error', calibrationErrors(binary.y, binary.p).mce, golden.mce_10],
  ['ECE in equal-mass bins', calibrationErrors(binary.y, binary.p, massBins).ece, quantiles.ece],
  ['MCE in equal-mass bins', calibrationErrors(binary.y, binary.p, massBins).mce, quantiles.mce],
  ['ranked probability score', rankedProbabilityScore(ordered.probabilities, ordered.labels), ordered.rps],
  ['log loss of several classes', multiclassLogLoss(ordered.probabilities, ordered.labels), ordered.log_loss],
  ['accuracy of several classes', multiclassAccuracy(ordered.probabilities, ordered.labels), ordered.accuracy],
  ['mean absolute error', meanAbsoluteError(regression.values, regression.predictions), regression.mae],
  ['root mean squared error', rootMeanSquaredError(regression.values, regression.predictions), regression.rmse],
  ['coefficient of determination', rSquared(regression.values, regression.predictions), regression.r2],
])('the %s is that of scikit-learn', (_, ours, theirs) => {
  expect(Math.abs(ours - theirs)).toBeLessThan(1e-9)
})

test('the reliability curve in equal-mass bins is that of scikit-learn', () => {
  const curve = reliabilityCurve(binary.y, binary.p, massBins)
  expect(curve.map(({ n }) => n)).toEqual(quantiles.n)
  for (const [k, bin] of curve.entries()) {
    expect(Math.abs(bin.share - (quantiles.share[k] ?? Number.NaN))).toBeLessThan(1e-9)
    expect(Math.abs(bin.meanProbability - (quantiles.mean_probability[k] ?? Number.NaN))).toBeLessThan(1e-9)
  }
})
