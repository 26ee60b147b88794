import type { Calibrator } from '../calibration/calibrator.ts'
import type { TreeEnsemble } from '../trees/ensemble.ts'

/** A score read off one column: intercept + slope · x[column]. Missing where the column is missing. */
export interface ColumnScore {
  column: number
  slope: number
  intercept: number
}

/**
 * A linear score over some columns: intercept + Σ coefficients[j] · (x[columns[j]] − means[j]) / scales[j]; a missing
 * value stands at its mean, so it adds nothing.
 */
export interface LinearScore {
  columns: readonly number[]
  means: readonly number[]
  /** > 0. */
  scales: readonly number[]
  coefficients: readonly number[]
  intercept: number
}

/**
 * One model of a blend, from a row to log-odds.
 *
 * - `column`: the column's score alone (a recalibrated market)
 * - `linear`: a logistic regression
 * - `boosted`: `start` + the sum of the trees (identity link), trees grown on top of that start
 * - `forest`: logit of the trees' sum, a probability kept within [`FOREST_FLOOR`, 1 − `FOREST_FLOOR`]
 * - `segments`: the first case whose column equals its code as a 32-bit float decides; else the fallback
 */
export type Member =
  | { kind: 'column'; score: ColumnScore }
  | { kind: 'linear'; score: LinearScore }
  | { kind: 'boosted'; start: ColumnScore; trees: TreeEnsemble }
  | { kind: 'forest'; trees: TreeEnsemble }
  | { kind: 'segments'; column: number; cases: readonly { code: number; member: Member }[]; fallback: Member }

/** Least probability that a forest's vote counts as, and 1 minus the greatest. */
export const FOREST_FLOOR = 1e-3

/**
 * A calibrated probability from several models: calibrator(intercept + Σ weights[k] · score of members[k]).
 */
export interface Blend {
  nFeatures: number
  members: readonly { name: string; weight: number; member: Member }[]
  intercept: number
  calibrator: Calibrator
}
