import { createRowEvaluator } from '../onnx/row-evaluator.ts'
import type { FeatureMatrix } from '../trees/matrix.ts'
import { toRowMajor } from '../trees/matrix.ts'

/** A way to compute a model: one value a row. */
export type Arithmetic = (matrix: FeatureMatrix) => ArrayLike<number>

/**
 * Every way in which we compute a model ourselves: as whoever made it does, and by the row evaluator, which serves it.
 *
 * @param predict  undefined where there is only the file
 */
export function ownArithmetic(onnx: Uint8Array, predict: Arithmetic | undefined): Arithmetic[] {
  const evaluator = createRowEvaluator(onnx)
  const evaluated: Arithmetic | undefined = evaluator && ((rows) => evaluator.evaluate(toRowMajor(rows), rows.nRows))
  return [predict, evaluated].filter((arithmetic) => arithmetic !== undefined)
}

/**
 * The largest difference between what any of ours and somebody else says of rows; that of a missing value to any other
 * is 1.
 */
export function largestGap(own: readonly Arithmetic[], rows: FeatureMatrix, theirs: ArrayLike<number>): number {
  let largest = 0
  for (const arithmetic of own) {
    const ours = arithmetic(rows)
    for (let r = 0; r < ours.length; r++) {
      const [a, b] = [ours[r] as number, theirs[r] as number]
      if (Number.isNaN(a) && Number.isNaN(b)) continue
      const gap = Math.abs(a - b)
      largest = Math.max(largest, Number.isNaN(gap) ? 1 : gap)
    }
  }
  return largest
}
