import { expect, test } from 'vitest'
import { scoreBinary } from '../../../shared/evaluation/metrics.ts'
import { sigmoid } from '../../../shared/kernel/numeric.ts'
import { rawScores, trainBoostedTrees } from '../../../shared/trees/boosting.ts'
import { rowRange } from '../../../shared/trees/matrix.ts'
import { BOOSTING } from '../../support/trees.ts'
import { matrixOf } from './expect-trees.ts'
import golden from './held-out.json' with { type: 'json' }

test('fifty rounds score held-out rows as XGBoost does', () => {
  const matrix = matrixOf(golden.rows)
  const labels = Float64Array.from(golden.label)
  const [learned, all] = [golden.train_rows, labels.length]
  const train = {
    matrix: rowRange(matrix, 0, learned),
    labels: labels.subarray(0, learned),
    initialScores: new Float64Array(learned),
  }
  const params = { ...BOOSTING, rounds: 50, learningRate: 0.1, maxDepth: 4, minChildWeight: 1, presenceSplits: true }
  const scores = rawScores(
    trainBoostedTrees(train, params),
    rowRange(matrix, learned, all),
    new Float64Array(all - learned),
  )
  const { logLoss } = scoreBinary(labels.subarray(learned), scores.map(sigmoid))
  expect(Math.abs(logLoss - golden.log_loss)).toBeLessThan(0.002)
})
