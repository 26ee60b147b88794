import { expect, test } from 'vitest'
import { scoreBinary } from '../../../shared/evaluation/metrics.ts'
import golden from './metrics.json' with { type: 'json' }

const scores = scoreBinary(golden.y, golden.p)

test.each([
  ['log loss', scores.logLoss, golden.log_loss],
  ['Brier score', scores.brier, golden.brier],
  ['area under the ROC curve', scores.auc, golden.roc_auc],
  ['expected calibration error', scores.ece, golden.ece_10],
])('the %s is that of scikit-learn', (_, ours, theirs) => {
  expect(scores.n).toBe(400)
  expect(Math.abs(ours - theirs)).toBeLessThan(1e-9)
})
