import type { BinnedMatrix } from './binned-matrix.ts'
import { MISSING_BIN } from './binning.ts'

/** Where a split sends codes. */
interface CodeSplit {
  feature: number
  bin: number
  missingLeft: boolean
}

/**
 * Rows in the order of a tree's nodes, each node's together, with the gradient and Hessian of `rows[i]` at 2i and 2i + 1.
 *
 * The pairs move with the rows: a node's are then read in order instead of all over memory.
 */
export interface OrderedRows {
  rows: Int32Array
  pairs: Float64Array
}

/** What the left side of a partition holds. */
export interface LeftSide {
  /** Where the right side begins. */
  middle: number
  /** Sums over the left side, in the order of its rows. */
  gradient: number
  hessian: number
}

/**
 * Parts rows [begin, end) in place, those that go left first, both sides keeping their order.
 *
 * @param scratch     as long as the rows in order; its content is lost
 * @param movesPairs  whether pairs move too; where nobody reads them again, they may be left out of order
 */
export function partitionRows(
  { rows, pairs }: OrderedRows,
  { begin, end }: { begin: number; end: number },
  split: CodeSplit,
  { matrix, scratch, movesPairs }: { matrix: BinnedMatrix; scratch: OrderedRows; movesPairs: boolean },
): LeftSide {
  const codes = matrix.codes[split.feature] as Uint8Array
  const goesLeft = leftCodes(split)
  const { rows: rightRows, pairs: rightPairs } = scratch
  let gradient = 0
  let hessian = 0
  let write = begin
  let nRight = 0
  for (let i = begin; i < end; i++) {
    const r = rows[i] as number
    const g = pairs[2 * i] as number
    const h = pairs[2 * i + 1] as number
    const left = goesLeft[codes[r] as number] as number
    // Written to both sides and kept on one: which side is chance to the processor, and a branch would guess wrong.
    rows[write] = r
    rightRows[nRight] = r
    if (movesPairs) {
      pairs[2 * write] = g
      pairs[2 * write + 1] = h
      rightPairs[2 * nRight] = g
      rightPairs[2 * nRight + 1] = h
    }
    gradient += left * g
    hessian += left * h
    write = (write + left) | 0
    nRight = (nRight + 1 - left) | 0
  }
  rows.set(rightRows.subarray(0, nRight), write)
  if (movesPairs) pairs.set(rightPairs.subarray(0, 2 * nRight), 2 * write)
  return { middle: write, gradient, hessian }
}

/** 1 for each code that goes left. */
function leftCodes({ bin, missingLeft }: CodeSplit): Uint8Array {
  const codes = new Uint8Array(MISSING_BIN + 1)
  codes.fill(1, 0, bin + 1)
  codes[MISSING_BIN] = missingLeft ? 1 : 0
  return codes
}
