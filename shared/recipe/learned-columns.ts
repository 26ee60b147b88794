import type { FeatureMatrix } from '../trees/matrix.ts'
import { isCode } from './inputs.ts'

/** The rows without the codes that say nothing by their size; every column keeps its place. */
export function withoutCodes({ nRows, columns }: FeatureMatrix): FeatureMatrix {
  const nothing = new Float32Array(nRows).fill(Number.NaN)
  return { nRows, columns: columns.map((column, f) => (isCode(f) ? nothing : column)) }
}
