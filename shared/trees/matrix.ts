import { InvariantError } from '../kernel/errors.ts'

/**
 * A table of numeric features, stored by column: `columns[f][r]`, each column of `nRows` 32-bit floats.
 *
 * 32 bits are what the exported model sees, so training on them keeps every split on the same side in ONNX. NaN means
 * missing.
 */
export interface FeatureMatrix {
  readonly nRows: number
  readonly columns: readonly Float32Array[]
}

/** Column `feature` of a matrix. */
export function columnOf(matrix: FeatureMatrix, feature: number): Float32Array {
  const column = matrix.columns[feature]
  if (column === undefined) throw new InvariantError(`feature ${feature} of ${matrix.columns.length}`)
  return column
}

/** Rows [begin, end) of a matrix, sharing its memory. */
export function rowRange(matrix: FeatureMatrix, begin: number, end: number): FeatureMatrix {
  return { nRows: end - begin, columns: matrix.columns.map((column) => column.subarray(begin, end)) }
}

/** The matrix as one row-major array of shape [nRows, nFeatures], the layout that ONNX Runtime takes. */
export function toRowMajor(matrix: FeatureMatrix): Float32Array {
  const nFeatures = matrix.columns.length
  const flat = new Float32Array(matrix.nRows * nFeatures)
  for (let f = 0; f < nFeatures; f++) {
    const column = columnOf(matrix, f)
    for (let r = 0; r < matrix.nRows; r++) flat[r * nFeatures + f] = column[r] as number
  }
  return flat
}
