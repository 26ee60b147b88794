import { applyCalibrator } from '../calibration/apply.ts'
import { invariant } from '../kernel/errors.ts'
import { clamp, logit } from '../kernel/numeric.ts'
import type { TreeEnsemble } from '../trees/ensemble.ts'
import type { FeatureMatrix } from '../trees/matrix.ts'
import { columnOf } from '../trees/matrix.ts'
import { addTreeScores } from '../trees/tree.ts'
import type { Blend, ColumnScore, LinearScore, Member } from './blend.ts'
import { FOREST_FLOOR } from './blend.ts'

/**
 * Calibrated probability of each row, in [0, 1]; NaN where a member that has weight gives NaN (a missing price).
 *
 * @throws {InvariantError} where the rows are not `blend.nFeatures` wide
 */
export function predictBlend(blend: Blend, matrix: FeatureMatrix): Float64Array {
  return blendScores(blend, matrix).map((score) => applyCalibrator(blend.calibrator, score))
}

/** Log-odds of each row before calibration: intercept + Σ weights[k] · score of members[k]; weight 0 is not evaluated. */
export function blendScores(blend: Blend, matrix: FeatureMatrix): Float64Array {
  const width = matrix.columns.length
  invariant(width === blend.nFeatures, `rows of ${width} features for a blend of ${blend.nFeatures}`)
  const scores = new Float64Array(matrix.nRows)
  for (const { weight, member } of blend.members) {
    if (weight === 0) continue
    const own = memberScores(member, matrix)
    for (let r = 0; r < scores.length; r++) scores[r] = (scores[r] as number) + weight * (own[r] as number)
  }
  return scores.map((score) => score + blend.intercept)
}

/**
 * Log-odds that one member gives each row.
 *
 * The sum of a member's trees is rounded to a 32-bit float once, which is what the tree operator of ONNX gives out, so
 * that a steep calibrator cannot part this arithmetic from the exported model's.
 */
export function memberScores(member: Member, matrix: FeatureMatrix): Float64Array {
  switch (member.kind) {
    case 'column':
      return columnScores(member.score, matrix)
    case 'linear':
      return linearScores(member.score, matrix)
    case 'boosted': {
      const start = columnScores(member.start, matrix)
      return treeScores(member.trees, matrix).map((sum, r) => (start[r] as number) + sum)
    }
    case 'forest':
      return treeScores(member.trees, matrix).map((sum) => logit(clamp(sum, FOREST_FLOOR, 1 - FOREST_FLOOR)))
    case 'segments':
      return segmentScores(member, matrix)
  }
}

function columnScores({ column, slope, intercept }: ColumnScore, matrix: FeatureMatrix): Float64Array {
  return Float64Array.from(columnOf(matrix, column), (x) => slope * x + intercept)
}

function linearScores(score: LinearScore, matrix: FeatureMatrix): Float64Array {
  const sums = new Float64Array(matrix.nRows)
  for (const [j, column] of score.columns.entries()) {
    const values = columnOf(matrix, column)
    const mean = score.means[j] as number
    const weight = (score.coefficients[j] as number) / (score.scales[j] as number)
    for (let r = 0; r < sums.length; r++) {
      const x = values[r] as number
      if (!Number.isNaN(x)) sums[r] = (sums[r] as number) + weight * (x - mean)
    }
  }
  return sums.map((sum) => sum + score.intercept)
}

function treeScores(ensemble: TreeEnsemble, matrix: FeatureMatrix): Float64Array {
  invariant(ensemble.nOutputs === 1, `a member of a blend has one output, not ${ensemble.nOutputs}`)
  const sums = new Float64Array(matrix.nRows)
  for (const tree of ensemble.trees) addTreeScores(tree, matrix, sums)
  const base = ensemble.baseScores[0] as number
  return sums.map((sum) => Math.fround(sum) + base)
}

type Segments = Extract<Member, { kind: 'segments' }>

/** Each member sees only the rows that it decides. */
function segmentScores({ column, cases, fallback }: Segments, matrix: FeatureMatrix): Float64Array {
  const codes = cases.map(({ code }) => Math.fround(code))
  const members = [...cases.map(({ member }) => member), fallback]
  const rowsOf = members.map((): number[] => [])
  for (const [r, x] of columnOf(matrix, column).entries()) {
    const found = codes.indexOf(x)
    rowsOf[found < 0 ? cases.length : found]?.push(r)
  }
  const scores = new Float64Array(matrix.nRows)
  for (const [m, member] of members.entries()) {
    const rows = rowsOf[m] as number[]
    if (rows.length === 0) continue
    for (const [i, score] of memberScores(member, pickRows(matrix, rows)).entries()) scores[rows[i] as number] = score
  }
  return scores
}

function pickRows(matrix: FeatureMatrix, rows: readonly number[]): FeatureMatrix {
  if (rows.length === matrix.nRows) return matrix
  const columns = matrix.columns.map((column) => Float32Array.from(rows, (r) => column[r] as number))
  return { nRows: rows.length, columns }
}
