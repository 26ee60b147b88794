import { UpstreamError } from '../kernel/errors.ts'
import { thresholdRows } from '../onnx/threshold-rows.ts'
import type { RoiHead } from '../recipe/roi-head.ts'
import { predictRoi } from '../recipe/roi-head.ts'
import type { RoiParity } from '../registry/roi-gate.ts'
import type { LoadScorer, Scorer } from '../registry/scorer.ts'
import type { FeatureMatrix } from '../trees/matrix.ts'
import { rowRange, toRowMajor } from '../trees/matrix.ts'
import { largestGap, ownArithmetic } from './own-arithmetic.ts'

/** Rows that the ways to a split start from. */
const BASE_ROWS = 500

/**
 * Runs a head's file on rows and on rows around every split of its trees, and compares it with our own arithmetic.
 *
 * @param load  of files whose output is `ROI_OUTPUT`
 * @param rows  one or more
 * @returns     a sentence where the file does not run
 */
export async function tryRoiHead(
  load: LoadScorer,
  { head, onnx }: { head: RoiHead; onnx: Uint8Array },
  rows: FeatureMatrix,
): Promise<RoiParity | string> {
  let scorer: Scorer | undefined
  try {
    scorer = await load(onnx, rows.columns.length)
    const own = ownArithmetic(onnx, (matrix) => predictRoi(head, matrix))
    let largestDifference = largestGap(own, rows, await scorer.score(toRowMajor(rows), rows.nRows))
    let tried = 0
    const base = rowRange(rows, 0, Math.min(rows.nRows, BASE_ROWS))
    for (const around of thresholdRows([{ trees: head.trees.trees }], base)) {
      const said = await scorer.score(toRowMajor(around), around.nRows)
      largestDifference = Math.max(largestDifference, largestGap(own, around, said))
      tried += around.nRows
    }
    return { rows: rows.nRows, thresholdRows: tried, largestDifference }
  } catch (thrown) {
    if (thrown instanceof UpstreamError) return `its file does not run: ${thrown.message}`
    throw thrown
  } finally {
    await scorer?.release()
  }
}
