import { concat } from './concat.ts'
import type { LearningRows } from './dataset.ts'
import type { Predictions } from './walk-forward.ts'

/** The predictions of several folds as one set, in the folds' order; their features are left behind. */
export function joinPredictions(parts: readonly Predictions[]): Predictions {
  const of = (pick: (part: Predictions) => Float64Array) => concat(parts.map(pick))
  const row = (pick: (rows: LearningRows) => Float64Array) => of(({ test }) => pick(test))
  return {
    test: {
      matrix: { nRows: parts.reduce((sum, { test }) => sum + test.labels.length, 0), columns: [] },
      ledgerRows: Int32Array.from(parts.flatMap(({ test }) => Array.from(test.ledgerRows))),
      labels: row(({ labels }) => labels),
      impliedProbabilities: row(({ impliedProbabilities }) => impliedProbabilities),
      returns: row(({ returns }) => returns),
      placedAtMs: row(({ placedAtMs }) => placedAtMs),
      knownAtMs: row(({ knownAtMs }) => knownAtMs),
    },
    model: of(({ model }) => model),
    implied: of(({ implied }) => implied),
    recalibratedImplied: of(({ recalibratedImplied }) => recalibratedImplied),
    baseRate: of(({ baseRate }) => baseRate),
  }
}
