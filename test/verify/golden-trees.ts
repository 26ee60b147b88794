import * as z from 'zod'
import type { ImportedModel } from '../../shared/interchange/imported-model.ts'
import { importXgboost } from '../../shared/interchange/xgboost-json.ts'
import { sigmoid } from '../../shared/kernel/numeric.ts'
import type { TreeEnsemble } from '../../shared/trees/ensemble.ts'
import { ensembleScores } from '../../shared/trees/ensemble.ts'
import type { FeatureMatrix } from '../../shared/trees/matrix.ts'
import { createExplainer } from '../../shared/trees/shap.ts'
import { addTreeScores } from '../../shared/trees/tree.ts'
import type { FileCheck, Tolerance } from './golden-report.ts'
import { compare, numberOrNaN, readStrictly } from './golden-report.ts'

const perRow = z.array(z.union([z.number(), z.array(z.number())]))

const schema = z.strictObject({
  source: z.string(),
  model: z.unknown(),
  rows: z.array(z.array(numberOrNaN)),
  prediction: perRow,
  margin: perRow,
  shap: z.array(z.union([z.array(z.number()), z.array(z.array(z.number()))])),
})

/** XGBoost adds up 32-bit floats; so added, the same trees give its numbers. */
const SAME_SUM: Tolerance = { size: 1e-6 }
const ROUNDED = 'XGBoost rounds every sum to 32 bits, so 1e-6 of the largest number where that is more'
const PREDICTION: Tolerance = { size: 1e-6, ofLargest: 1e-6, reason: ROUNDED }
const SHAP: Tolerance = { size: 1e-5, ofLargest: 1e-6, reason: ROUNDED }
/** Of numbers added up in 32 bits in the same order two units of the last place are left to their terms' own rounding. */
const SAME_SHAP_SUM: Tolerance = { size: 1e-5, ofLargest: 2.4e-7 }
const OWN_SUM: Tolerance = { size: 1e-9 }

/** xgboost-*.json: predictions of an imported model and the contributions of its features. */
export const checkTrees: FileCheck = (json) => {
  const { data, unknown } = readStrictly(schema, json)
  const model = importXgboost(data.model)
  const { ensemble } = model
  const rows = data.rows.map((row) => Float32Array.from(row))
  const scores = byRow(ensembleScores(ensemble, matrixOf(rows, ensemble.nFeatures)))
  const sums = rows.map((row) => sumsIn32Bits(ensemble, row))
  const explainer = createExplainer(ensemble)
  const shap = rows.map((row) => explainer.explain(row))
  const margin = data.margin.flat()
  return {
    unknown,
    comparisons: [
      compare('prediction, summed in 32 bits', predictionsOf(model, sums), data.prediction.flat(), SAME_SUM),
      compare('margin, summed in 32 bits', sums.flat(), margin, SAME_SUM),
      compare('prediction', predictionsOf(model, scores), data.prediction.flat(), PREDICTION),
      compare('margin', scores.flat(), margin, PREDICTION),
      compare('SHAP values, summed in 32 bits', shapIn32Bits(ensemble, rows), data.shap.flat(2), SAME_SHAP_SUM),
      compare('SHAP values', flat(shap), data.shap.flat(2), SHAP),
      compare(
        'SHAP values, summed',
        shap.flatMap((values) => sumsOf(values, ensemble)),
        scores.flat(),
        OWN_SUM,
      ),
    ],
  }
}

function matrixOf(rows: readonly Float32Array[], nFeatures: number): FeatureMatrix {
  const columns = Array.from({ length: nFeatures }, (_, f) => Float32Array.from(rows, (row) => row[f] ?? Number.NaN))
  return { nRows: rows.length, columns }
}

/** One array for each row from one for each output. */
function byRow(outputs: readonly Float64Array[]): number[][] {
  return Array.from(outputs[0] ?? [], (_, r) => outputs.map((scores) => scores[r] ?? Number.NaN))
}

function sumsIn32Bits(ensemble: TreeEnsemble, row: Float32Array): number[] {
  const matrix = matrixOf([row], ensemble.nFeatures)
  const sums = Array.from(ensemble.baseScores, Math.fround)
  for (const [t, tree] of ensemble.trees.entries()) {
    const value = new Float64Array(1)
    addTreeScores(tree, matrix, value)
    const k = ensemble.outputOf[t] as number
    sums[k] = Math.fround((sums[k] as number) + (value[0] as number))
  }
  return sums
}

/** Values of the trees one by one, each rounded to 32 bits and added up in 32 bits; the base scores join at the end. */
function shapIn32Bits(ensemble: TreeEnsemble, rows: readonly Float32Array[]): number[] {
  const width = ensemble.nFeatures + 1
  const none = new Float64Array(ensemble.nOutputs)
  const explainers = ensemble.trees.map((tree, t) =>
    createExplainer({ ...ensemble, trees: [tree], outputOf: ensemble.outputOf.slice(t, t + 1), baseScores: none }),
  )
  return rows.flatMap((row) => {
    const sums = new Float32Array(ensemble.nOutputs * width)
    for (const explainer of explainers) {
      for (const [i, value] of explainer.explain(row).entries()) sums[i] = (sums[i] as number) + Math.fround(value)
    }
    for (const [k, base] of ensemble.baseScores.entries()) {
      sums[(k + 1) * width - 1] = (sums[(k + 1) * width - 1] as number) + base
    }
    return Array.from(sums)
  })
}

/** As `Booster.predict` gives them: probabilities, values, or for `multi:softmax` the class. */
function predictionsOf({ objective, ensemble }: ImportedModel, scores: readonly number[][]): number[] {
  if (ensemble.link === 'identity') return scores.flat()
  if (ensemble.link === 'logistic') return scores.flat().map(sigmoid)
  if (objective === 'multi:softmax') return scores.map((row) => row.indexOf(Math.max(...row)))
  return scores.flatMap((row) => {
    const powers = row.map((score) => Math.exp(score - Math.max(...row)))
    const total = powers.reduce((sum, power) => sum + power, 0)
    return powers.map((power) => power / total)
  })
}

function sumsOf(values: Float64Array, { nOutputs, nFeatures }: TreeEnsemble): number[] {
  const width = nFeatures + 1
  return Array.from({ length: nOutputs }, (_, k) =>
    values.subarray(k * width, (k + 1) * width).reduce((sum, value) => sum + value, 0),
  )
}

function flat(rows: readonly Float64Array[]): number[] {
  return rows.flatMap((row) => Array.from(row))
}
