import { describe, expect, test } from 'vitest'
import { importModel } from '../../../shared/interchange/import-model.ts'
import { sigmoid } from '../../../shared/kernel/numeric.ts'
import { ensembleScores } from '../../../shared/trees/ensemble.ts'
import { createExplainer } from '../../../shared/trees/shap.ts'
import absolute from './absolute.json' with { type: 'json' }
import binary from './binary.json' with { type: 'json' }
import constant from './constant.json' with { type: 'json' }
import crossEntropy from './cross-entropy.json' with { type: 'json' }
import dropout from './dropout.json' with { type: 'json' }
import forest from './forest.json' with { type: 'json' }
import multiclass from './multiclass.json' with { type: 'json' }
import noneMissing from './none-missing.json' with { type: 'json' }
import regression from './regression.json' with { type: 'json' }
import scaled from './sigmoid.json' with { type: 'json' }
import zeroMissing from './zero-missing.json' with { type: 'json' }

/** What LightGBM's raw scores are multiplied by to give log-odds: its sigmoid's factor; a forest's are sums of 6 trees. */
describe.each([
  ['binary', binary, 1],
  ['binary with a sigmoid of 2.5', scaled, 2.5],
  ['cross_entropy', crossEntropy, 1],
  ['regression', regression, 1],
  ['regression_l1', absolute, 1],
  ['huber with dropped trees', dropout, 1],
  ['multiclass', multiclass, 1],
  ['a random forest', forest, 1 / 6],
  ['a regression on rows without missing values', noneMissing, 1],
  ['a regression that takes zeros for missing', zeroMissing, 1],
  ['a constant', constant, 1],
])('%s', (_, file, factor) => {
  const { ensemble, library, version } = importModel(file.model)
  const rows = file.rows.map((row) => Float32Array.from(row as (number | null)[], (x) => x ?? Number.NaN))
  const columns = Array.from({ length: ensemble.nFeatures }, (_, f) =>
    Float32Array.from(rows, (row) => row[f] ?? Number.NaN),
  )
  const outputs = ensembleScores(ensemble, { nRows: rows.length, columns })
  const scores = rows.map((_, r) => outputs.map((output) => output[r] ?? Number.NaN))

  test('is read with its version', () => {
    expect([library, version]).toEqual(['lightgbm', 'v4'])
  })

  test('scores rows as LightGBM does', () => {
    expect(largestGap(scores.flat(), (file.margin as number[] | number[][]).flat(), factor)).toBeLessThan(1e-6)
  })

  test('predicts as LightGBM does', () => {
    const predictions = scores.flatMap((row) => linked(row, ensemble.link))
    expect(largestGap(predictions, (file.prediction as number[] | number[][]).flat())).toBeLessThan(1e-6)
  })

  test('is explained as LightGBM explains it', () => {
    const explainer = createExplainer(ensemble)
    const values = rows.flatMap((row) => Array.from(explainer.explain(row)))
    expect(largestGap(values, file.shap.flat(), factor)).toBeLessThan(1e-6)
  })
})

/** Differences by the largest number, where that is above 1. */
function largestGap(ours: readonly number[], theirs: readonly number[], factor = 1): number {
  expect(ours).toHaveLength(theirs.length)
  expect(theirs.length).toBeGreaterThanOrEqual(20)
  const scale = Math.max(1, ...theirs.map((value) => Math.abs(value * factor)))
  return Math.max(...theirs.map((value, i) => Math.abs((ours[i] ?? Number.NaN) - value * factor))) / scale
}

function linked(scores: readonly number[], link: string): number[] {
  if (link === 'identity') return [...scores]
  if (link === 'logistic') return scores.map(sigmoid)
  const powers = scores.map(Math.exp)
  const total = powers.reduce((sum, power) => sum + power, 0)
  return powers.map((power) => power / total)
}
