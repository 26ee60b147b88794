import { DomainError } from '../kernel/errors.ts'
import { mean } from '../kernel/numeric.ts'
import type { Rng } from '../kernel/random.ts'
import type { FeatureMatrix } from './matrix.ts'

/** How much a score falls when a feature's values are shuffled among the rows; arrays by feature. */
export interface PermutationImportance {
  /** The score of the rows as they are. */
  baseline: number
  /** Mean of baseline − score over the repeats; below 0 where shuffling helped. */
  mean: Float64Array
  /** Standard deviation over the repeats (n − 1) by √repeats; NaN of a single one. */
  standardError: Float64Array
}

/**
 * Permutation importance: feature by feature, the column is shuffled and the rows are scored again.
 *
 * Of features that tell the same, each looks unimportant, since the other stands in for it. The standard error is that
 * of the shuffling alone, not of the rows. `matrix` is left as it was.
 *
 * @param score    scores rows of the matrix's layout, higher being better; a loss is passed with its sign turned
 * @param repeats  shuffles of each feature, ≥ 1
 * @throws {DomainError} `repeats_out_of_range`, `score_not_finite`
 * @see A. Fisher, C. Rudin, F. Dominici, "All models are wrong, but many are useful", JMLR 20(177), 2019
 */
export function permutationImportance(
  matrix: FeatureMatrix,
  score: (matrix: FeatureMatrix) => number,
  { repeats, rng }: { repeats: number; rng: Rng },
): PermutationImportance {
  if (!(Number.isInteger(repeats) && repeats >= 1)) {
    throw new DomainError('repeats_out_of_range', `${repeats} repeats: must be a whole number of at least 1`)
  }
  const scoreOf = (rows: FeatureMatrix) => finiteScore(score(rows))
  const baseline = scoreOf(matrix)
  const drops = matrix.columns.map((column, f) =>
    Float64Array.from({ length: repeats }, () => {
      const columns = matrix.columns.with(f, shuffled(column, rng))
      return baseline - scoreOf({ nRows: matrix.nRows, columns })
    }),
  )
  return { baseline, mean: Float64Array.from(drops, mean), standardError: Float64Array.from(drops, standardError) }
}

function finiteScore(score: number): number {
  if (!Number.isFinite(score)) throw new DomainError('score_not_finite', `score ${score}: must be finite`)
  return score
}

/** Fisher–Yates. */
function shuffled(column: Float32Array, rng: Rng): Float32Array {
  const values = column.slice()
  for (let i = values.length - 1; i > 0; i--) {
    const j = rng.integer(i + 1)
    const value = values[i] as number
    values[i] = values[j] as number
    values[j] = value
  }
  return values
}

function standardError(values: Float64Array): number {
  const centre = mean(values)
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1) / values.length)
}
