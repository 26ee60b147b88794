import type { Bins } from './binning.ts'
import { MISSING_BIN } from './binning.ts'
import type { FeatureMatrix } from './matrix.ts'

/**
 * A matrix after binning, one byte for each value, in two layouts.
 *
 * By column: `codes[f][r]`, for whoever reads one feature of many rows. By row, four features to a word: feature f of
 * row r is byte f mod 4, lowest first, of word r · wordsPerRow + ⌊f/4⌋, for histograms, which read all features of rows
 * that are far apart in a deep node. Words are signed, as the engine keeps those in integer registers.
 */
export interface BinnedMatrix {
  readonly nRows: number
  readonly codes: readonly Uint8Array[]
  readonly wordsPerRow: number
  readonly words: Int32Array
}

/** Rows that are packed column by column before the next ones, so that their words stay in the cache. */
const CHUNK_ROWS = 2048

/**
 * Replaces every value by the index of its bin: that of the first edge that is not below it, the number of edges if
 * there is none, {@link MISSING_BIN} for NaN.
 */
export function binMatrix(matrix: FeatureMatrix, bins: Bins): BinnedMatrix {
  const { nRows, columns } = matrix
  const codes = columns.map((column, f) => codesOf(column, createLookup(bins.edges[f] as Float32Array)))
  const wordsPerRow = Math.ceil(columns.length / 4)
  const words = new Int32Array(nRows * wordsPerRow)
  for (let begin = 0; begin < nRows; begin += CHUNK_ROWS) {
    const end = Math.min(nRows, begin + CHUNK_ROWS)
    for (const [f, column] of codes.entries()) {
      packCodes(column.subarray(begin, end), words, begin * wordsPerRow + (f >> 2), { wordsPerRow, shift: 8 * (f & 3) })
    }
  }
  return { nRows, codes, wordsPerRow, words }
}

/** Writes codes to byte `shift`/8 of every `wordsPerRow`-th word from `at` on. */
function packCodes(
  codes: Uint8Array,
  words: Int32Array,
  at: number,
  { wordsPerRow, shift }: { wordsPerRow: number; shift: number },
): void {
  for (let i = 0, w = at; i < codes.length; i++, w += wordsPerRow) {
    words[w] = (words[w] as number) | ((codes[i] as number) << shift)
  }
}

/**
 * A feature's edges and where to look among them: the bin of a value whose upper 16 bits are k ({@link keyOf}) lies in
 * [first[k], first[k + 1]], mostly one or two edges instead of all.
 */
interface EdgeLookup {
  edges: Float32Array
  /** Index of the first edge whose key is not below k. */
  first: Uint8Array
}

const KEYS = 65_536

function createLookup(edges: Float32Array): EdgeLookup {
  const first = new Uint8Array(KEYS + 1).fill(edges.length)
  let from = 0
  const bits = new Int32Array(edges.slice().buffer)
  for (let bin = 0; bin < edges.length; bin++) {
    const key = keyOf(bits[bin] as number)
    for (let k = from; k <= key; k++) first[k] = bin
    from = Math.max(from, key + 1)
  }
  return { edges, first }
}

/** Upper 16 bits of a float's bits, in the order of the floats; both zeros are one. */
function keyOf(bits: number): number {
  if (bits >= 0) return (bits >>> 16) | 0x8000
  return bits === -0x80000000 ? 0x8000 : ~bits >>> 16
}

function codesOf(values: Float32Array, { edges, first }: EdgeLookup): Uint8Array {
  const codes = new Uint8Array(values.length)
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length)
  for (let r = 0; r < codes.length; r++) {
    const value = values[r] as number
    if (Number.isNaN(value)) {
      codes[r] = MISSING_BIN
      continue
    }
    const key = keyOf(bits[r] as number)
    let low = first[key] as number
    let high = first[key + 1] as number
    while (low < high) {
      const middle = (low + high) >> 1
      if (value <= (edges[middle] as number)) high = middle
      else low = middle + 1
    }
    codes[r] = low
  }
  return codes
}
