import type { TreeEnsemble } from '../trees/ensemble.ts'

/** A tree model that another library trained, as its own file says it. */
export interface ImportedModel {
  readonly library: 'xgboost' | 'lightgbm'
  /** Version of the library, or of its file layout, as written in the file. */
  readonly version: string
  /** The library's name of what was minimised, such as `binary:logistic`. */
  readonly objective: string
  /** In the order of the row; empty where the file names none. */
  readonly featureNames: readonly string[]
  /**
   * Trees with the library's decisions and 32-bit leaf values. Their `splitBin` is 0 throughout: they were not grown on
   * our bins, so only rows of values can be sent through them.
   */
  readonly ensemble: TreeEnsemble
  /** Rounds of boosting in the file, ≥ 1. */
  readonly rounds: number
  /** Index of the best round of an early-stopped run, where the file knows it and holds that round. */
  readonly bestRound: number | undefined
}

/** Rows wider than this are refused: a number in a hostile file must not decide how much memory is taken. */
export const MAX_FEATURES = 100_000
