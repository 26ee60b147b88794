import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { sigmoid } from '../../shared/kernel/numeric.ts'
import { createRng } from '../../shared/kernel/random.ts'
import type { FeatureMatrix } from '../../shared/trees/matrix.ts'

/** Columns of the synthetic problem. */
export const FEATURES = 26

/** Rows kept from training, on which the log loss is measured. */
export const HELD_OUT_ROWS = 50_000

const BLOCK_ROWS = 50_000

/**
 * Writes a seeded binary problem as raw little-endian 32-bit floats: 26 columns and the labels, each of
 * `rows + HELD_OUT_ROWS` numbers, the held-out rows last.
 *
 * Fourteen columns are normal deviates, six are skewed (e^x), four count 0 to 9, two are 0 or 1; every third column
 * misses 4 to 30 % of its values. The log-odds are a sum of lines, steps, one product and one column's being missing.
 */
export async function writeProblem(file: string, rows: number, seed: number): Promise<void> {
  const nRows = rows + HELD_OUT_ROWS
  const table = Array.from({ length: FEATURES + 1 }, () => new Float32Array(nRows))
  for (let begin = 0; begin < nRows; begin += BLOCK_ROWS) {
    fillBlock(table, begin, Math.min(nRows, begin + BLOCK_ROWS), seed + begin / BLOCK_ROWS)
  }
  const out = createWriteStream(file)
  for (const column of table) if (!out.write(new Uint8Array(column.buffer))) await once(out, 'drain')
  out.end()
  await once(out, 'close')
}

function fillBlock(table: readonly Float32Array[], begin: number, end: number, seed: number): void {
  const rng = createRng(seed)
  const x = new Float64Array(FEATURES)
  for (let r = begin; r < end; r++) {
    for (let f = 0; f < FEATURES; f++) x[f] = drawValue(f, rng)
    const label = rng.next() < sigmoid(logOdds(x)) ? 1 : 0
    for (let f = 0; f < FEATURES; f++) (table[f] as Float32Array)[r] = x[f] as number
    ;(table[FEATURES] as Float32Array)[r] = label
  }
}

function drawValue(f: number, rng: ReturnType<typeof createRng>): number {
  const value = drawPresent(f, rng)
  return f % 3 === 0 && rng.next() < 0.04 + 0.01 * f ? Number.NaN : value
}

function drawPresent(f: number, rng: ReturnType<typeof createRng>): number {
  if (f < 14) return rng.normal()
  if (f < 20) return Math.exp(rng.normal())
  if (f < 24) return rng.integer(10)
  return rng.integer(2)
}

function logOdds(x: Float64Array): number {
  const at = (f: number) => (Number.isNaN(x[f]) ? 0 : (x[f] as number))
  const lines = 0.5 * at(0) - 0.3 * at(1) + 0.2 * at(2) + 0.1 * (at(20) - 4.5)
  const steps = (at(4) > 0.5 ? 0.6 : 0) - (at(14) > 2 ? 0.5 : 0) + (at(24) === 1 ? 0.2 : -0.2)
  return lines + steps + 0.4 * at(5) * at(7) + (Number.isNaN(x[6]) ? 0.5 : 0) - 0.2
}

/** A problem's columns and labels, as {@link writeProblem} laid them out. */
export interface Problem {
  train: { matrix: FeatureMatrix; labels: Float64Array }
  heldOut: { matrix: FeatureMatrix; labels: Float64Array }
}

/** Reads a problem from the bytes of its file. */
export function parseProblem(bytes: Uint8Array): Problem {
  const nRows = bytes.byteLength / 4 / (FEATURES + 1)
  const columns = Array.from(
    { length: FEATURES + 1 },
    (_, f) => new Float32Array(bytes.buffer, bytes.byteOffset + 4 * f * nRows, nRows),
  )
  const part = (begin: number, end: number) => ({
    matrix: { nRows: end - begin, columns: columns.slice(0, FEATURES).map((column) => column.subarray(begin, end)) },
    labels: Float64Array.from((columns[FEATURES] as Float32Array).subarray(begin, end)),
  })
  return { train: part(0, nRows - HELD_OUT_ROWS), heldOut: part(nRows - HELD_OUT_ROWS, nRows) }
}
