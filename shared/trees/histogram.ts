import type { BinnedMatrix } from './binned-matrix.ts'
import { MISSING_BIN } from './binning.ts'
import type { SumKernel } from './sum-kernel.ts'
import { plainKernel, wasmKernel } from './sum-kernel.ts'

/**
 * Sums of gradients and Hessians by feature and bin: entry 2·(256·slot + code) is Σ gradient, the next Σ hessian,
 * with `slot` the feature's position in the tree's column sample.
 */
export type Histogram = Float64Array

const BINS_PER_FEATURE = MISSING_BIN + 1

/** Numbers that one feature takes in a {@link Histogram}. */
const SLOT_LENGTH = 2 * BINS_PER_FEATURE

/** Rows that are gathered and summed before the next ones: their words and pairs fit the nearest caches. */
const CHUNK_ROWS = 1024

/** Bytes of one feature's sums. */
const SLOT_BYTES = 8 * SLOT_LENGTH

/** Histograms are reused: a tree of depth six fills dozens and needs a handful at once. */
export interface HistogramPool {
  /** A histogram of any content. */
  take(): Histogram
  give(histogram: Histogram): void
}

/** An empty histogram for `nSlots` features. */
export function createHistogram(nSlots: number): Histogram {
  return new Float64Array(SLOT_LENGTH * nSlots)
}

/** Offset of feature slot `slot` in a {@link Histogram}. */
export function slotOffset(slot: number): number {
  return SLOT_LENGTH * slot
}

export function createHistogramPool(nSlots: number): HistogramPool {
  const free: Histogram[] = []
  return {
    take: () => free.pop() ?? createHistogram(nSlots),
    give: (histogram) => free.push(histogram),
  }
}

/** What to sum: `rows[begin … end)`, with gradient and Hessian of `rows[i]` at 2i and 2i + 1 of `pairs`. */
export interface SummedRows {
  rows: Int32Array
  begin: number
  end: number
  pairs: Float64Array
}

/** Sums gradients and Hessians of rows into a histogram, replacing what was there. */
export type HistogramFiller = (out: Histogram, summed: SummedRows) => void

/**
 * A {@link HistogramFiller} for the features of one tree.
 *
 * Each bin is summed in the order of the rows, whatever the layout and the kernel, so that results depend on neither.
 *
 * @param features  feature indices, ascending; the position of each is its slot
 * @param kernel    sums words; WebAssembly's where left out and there is any
 */
export function createHistogramFiller(
  matrix: BinnedMatrix,
  features: Int32Array,
  kernel: SumKernel = sharedKernel(),
): HistogramFiller {
  const groups = groupByWord(features)
  const wanted = Int32Array.from(groups, ({ word }) => word)
  return (out, { rows, begin, end, pairs }) => {
    const memory = layOut(kernel, groups.length)
    memory.sums.fill(0)
    for (let from = begin; from < end; from += CHUNK_ROWS) {
      const to = Math.min(end, from + CHUNK_ROWS)
      gatherWords(memory.codes, wanted, matrix, rows.subarray(from, to))
      memory.pairs.set(pairs.subarray(2 * from, 2 * to))
      for (const [i, group] of groups.entries()) addGroup(kernel, memory, group, i, to - from)
    }
    for (const [i, group] of groups.entries()) copySums(out, memory.sums, group, i)
  }
}

/** out = parent − sibling, in place of a second pass over the larger child's rows. */
export function subtractHistogram(out: Histogram, parent: Histogram, sibling: Histogram): void {
  for (let i = 0; i < out.length; i++) out[i] = (parent[i] as number) - (sibling[i] as number)
}

let kernelInUse: SumKernel | undefined

/** One kernel serves all trees, as nothing is left in its memory between two fillings. */
function sharedKernel(): SumKernel {
  kernelInUse ??= wasmKernel() ?? plainKernel()
  return kernelInUse
}

/** Features that share a word: their slots from `firstSlot` on, and where each begins in the word. */
interface WordGroup {
  word: number
  firstSlot: number
  shifts: number[]
}

function groupByWord(features: Int32Array): WordGroup[] {
  const groups: WordGroup[] = []
  for (const [slot, feature] of features.entries()) {
    const last = groups.at(-1)
    const shift = 8 * (feature & 3)
    if (last?.word === feature >> 2) last.shifts.push(shift)
    else groups.push({ word: feature >> 2, firstSlot: slot, shifts: [shift] })
  }
  return groups
}

/** A kernel's memory: a chunk's pairs, its words row by row, and four features' sums for each group. */
interface KernelMemory {
  pairs: Float64Array
  codes: Int32Array
  sums: Float64Array
  sumsAt: number
}

const CODES_AT = 16 * CHUNK_ROWS

function layOut(kernel: SumKernel, nGroups: number): KernelMemory {
  const sumsAt = CODES_AT + 4 * nGroups * CHUNK_ROWS
  const buffer = kernel.reserve(sumsAt + 4 * nGroups * SLOT_BYTES)
  const pairs = new Float64Array(buffer, 0, 2 * CHUNK_ROWS)
  const codes = new Int32Array(buffer, CODES_AT, nGroups * CHUNK_ROWS)
  return { pairs, codes, sums: new Float64Array(buffer, sumsAt, 4 * nGroups * SLOT_LENGTH), sumsAt }
}

/** Copies the words that are wanted of each row. */
function gatherWords(codes: Int32Array, wanted: Int32Array, matrix: BinnedMatrix, rows: Int32Array): void {
  const { words, wordsPerRow } = matrix
  const first = rows[0] as number
  const n = wanted.length
  if (n === wordsPerRow && (rows.at(-1) as number) - first === rows.length - 1) {
    codes.set(words.subarray(first * wordsPerRow, (first + rows.length) * wordsPerRow))
    return
  }
  readAhead(matrix, rows)
  for (let i = 0, to = 0; i < rows.length; i++) {
    const from = Math.imul(rows[i] as number, wordsPerRow)
    for (let k = 0; k < n; k++) codes[to++] = words[(from + (wanted[k] as number)) | 0] as number
  }
}

/** Keeps what {@link readAhead} reads from being left out as useless. */
const SEEN = new Int32Array(CHUNK_ROWS)

/**
 * Reads both ends of every row. In a deep node rows lie all over memory: a loop that does nothing else waits for many of
 * them at once, the copying that follows would wait for each.
 */
function readAhead({ words, wordsPerRow }: BinnedMatrix, rows: Int32Array): void {
  const last = wordsPerRow - 1
  for (let i = 0; i < rows.length; i++) {
    const from = Math.imul(rows[i] as number, wordsPerRow)
    SEEN[i] = (words[from] as number) ^ (words[(from + last) | 0] as number)
  }
}

function addGroup(kernel: SumKernel, memory: KernelMemory, { shifts }: WordGroup, i: number, n: number): void {
  const [stride, codes] = [memory.codes.length / (CHUNK_ROWS / 4), CODES_AT + 4 * i]
  const sums = memory.sumsAt + 4 * i * SLOT_BYTES
  if (shifts.length > 2) {
    kernel.addFour(codes, stride, n, 0, sums)
    return
  }
  for (const shift of shifts) kernel.addOne(codes, stride, n, 0, sums + (shift / 8) * SLOT_BYTES, shift)
}

function copySums(out: Histogram, sums: Float64Array, { firstSlot, shifts }: WordGroup, i: number): void {
  for (const [k, shift] of shifts.entries()) {
    const from = SLOT_LENGTH * (4 * i + shift / 8)
    out.set(sums.subarray(from, from + SLOT_LENGTH), slotOffset(firstSlot + k))
  }
}
