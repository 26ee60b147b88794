import * as z from 'zod'
import { accuracyOf, scoreBinary } from '../../shared/evaluation/metrics.ts'
import { multiclassAccuracy, multiclassLogLoss, rankedProbabilityScore } from '../../shared/evaluation/ranked.ts'
import { meanAbsoluteError, rootMeanSquaredError, rSquared } from '../../shared/evaluation/regression.ts'
import type { FileCheck, Tolerance } from './golden-report.ts'
import { compare, readStrictly } from './golden-report.ts'

const numbers = z.array(z.number())

const schema = z.strictObject({
  source: z.string(),
  binary: z.strictObject({
    y: numbers,
    p: numbers,
    roc_auc: z.number(),
    log_loss: z.number(),
    brier: z.number(),
    accuracy: z.number(),
    ece_10: z.number(),
  }),
  ordered3: z.strictObject({
    y: numbers,
    p: z.array(numbers),
    rps: z.number(),
    log_loss: z.number(),
    accuracy: z.number(),
  }),
  regression: z.strictObject({ y: numbers, p: numbers, mae: z.number(), rmse: z.number(), r2: z.number() }),
})

const TOLERANCE: Tolerance = { size: 1e-9 }

/** metrics.json: scores of probabilities, of ordered classes and of real values. */
export const checkMetrics: FileCheck = (json) => {
  const { data, unknown } = readStrictly(schema, json)
  const { binary, ordered3: ordered, regression } = data
  const scores = scoreBinary(binary.y, binary.p)
  const one = (name: string, ours: number, theirs: number) => compare(name, [ours], [theirs], TOLERANCE)
  return {
    unknown,
    comparisons: [
      one('area under the ROC curve', scores.auc, binary.roc_auc),
      one('log loss', scores.logLoss, binary.log_loss),
      one('Brier score', scores.brier, binary.brier),
      one('accuracy', accuracyOf(binary.y, binary.p), binary.accuracy),
      one('expected calibration error', scores.ece, binary.ece_10),
      one('ranked probability score', rankedProbabilityScore(ordered.p, ordered.y), ordered.rps),
      one('log loss of three classes', multiclassLogLoss(ordered.p, ordered.y), ordered.log_loss),
      one('accuracy of three classes', multiclassAccuracy(ordered.p, ordered.y), ordered.accuracy),
      one('mean absolute error', meanAbsoluteError(regression.y, regression.p), regression.mae),
      one('root mean squared error', rootMeanSquaredError(regression.y, regression.p), regression.rmse),
      one('R squared', rSquared(regression.y, regression.p), regression.r2),
    ],
  }
}
