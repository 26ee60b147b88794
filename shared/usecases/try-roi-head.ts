import { UpstreamError } from '../kernel/errors.ts'
import { thresholdRows } from '../onnx/threshold-rows.ts'
import type { RoiHead } from '../recipe/roi-head.ts'
import { predictRoi } from '../recipe/roi-head.ts'
import type { RoiParity } from '../registry/roi-gate.ts'
import type { LoadScorer, Scorer } from '../registry/scorer.ts'
import type { FeatureMatrix } from '../trees/matrix.ts'
import { rowRange, toRowMajor } from '../trees/matrix.ts'

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
    let largestDifference = await gapOf(scorer, head, rows)
    let tried = 0
    const base = rowRange(rows, 0, Math.min(rows.nRows, BASE_ROWS))
    for (const around of thresholdRows([{ trees: head.trees.trees }], base)) {
      largestDifference = Math.max(largestDifference, await gapOf(scorer, head, around))
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

/** The largest difference; that of a missing expectation to any other is 1. */
async function gapOf(scorer: Scorer, head: RoiHead, rows: FeatureMatrix): Promise<number> {
  const own = predictRoi(head, rows)
  const said = await scorer.score(toRowMajor(rows), rows.nRows)
  let largest = 0
  for (let r = 0; r < own.length; r++) {
    const [a, b] = [own[r] as number, said[r] as number]
    if (Number.isNaN(a) && Number.isNaN(b)) continue
    const gap = Math.abs(a - b)
    largest = Math.max(largest, Number.isNaN(gap) ? 1 : gap)
  }
  return largest
}
