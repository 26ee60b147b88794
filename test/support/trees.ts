import { sigmoid } from '../../shared/kernel/numeric.ts'
import { createRng } from '../../shared/kernel/random.ts'
import type { BoostingParams, LabelledRows } from '../../shared/trees/boosting.ts'
import type { Tree } from '../../shared/trees/tree.ts'

/** A tree of a single leaf. */
export function leafTree(value: number): Tree {
  return {
    feature: Int32Array.of(0),
    threshold: Float32Array.of(0),
    splitBin: Uint8Array.of(0),
    left: Int32Array.of(-1),
    right: Int32Array.of(-1),
    missingLeft: Uint8Array.of(0),
    value: Float32Array.of(value),
    gain: new Float32Array(1),
    cover: new Float32Array(1),
  }
}

/** Settings that sample nothing and penalise as XGBoost does by default. */
export const BOOSTING: BoostingParams = {
  ...{ rounds: 30, learningRate: 0.3, maxDepth: 3, minChildWeight: 2, lambdaL2: 1, gamma: 0 },
  ...{ subsample: 1, colsample: 1, earlyStoppingRounds: 5, seed: 7 },
}

/** Rows whose log-odds are `strength` times the first of four columns; the fourth is noise that is often missing. */
export function randomRows(seed: number, nRows: number, strength = 1.5): LabelledRows {
  const rng = createRng(seed)
  const columns = Array.from({ length: 4 }, (_, f) =>
    Float32Array.from({ length: nRows }, () => (f === 3 && rng.next() < 0.3 ? Number.NaN : rng.normal())),
  )
  const labels = Float64Array.from(columns[0] ?? [], (x) => (rng.next() < sigmoid(strength * x) ? 1 : 0))
  return { matrix: { nRows, columns }, labels, initialScores: new Float64Array(nRows) }
}
