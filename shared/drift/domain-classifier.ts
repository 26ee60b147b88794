import { twoSidedNormal } from '../evaluation/distributions.ts'
import { rawScores, trainBoostedTrees } from '../trees/boosting.ts'
import type { FeatureMatrix } from '../trees/matrix.ts'
import type { ClusteredAuc } from './clustered-auc.ts'
import { clusteredAuc } from './clustered-auc.ts'
import { fisherTail } from './fisher-tail.ts'
import type { Table, TableColumn } from './table.ts'
import { columnNamed, pickRows } from './table.ts'
import { LEAST_WINDOWS } from './window-variance.ts'

/** Rows of each sample that the classifier sees at most: beyond, the answer is hardly another. */
const MOST_ROWS = 1500

/** Windows of the past that are told apart from the others, to know what is usual. */
const MOST_WINDOWS = 8

/** Small trees, few of them: what cannot be told by these is told by no column that anybody acts on. */
const TREES = {
  ...{ rounds: 20, learningRate: 0.3, maxDepth: 3, minChildWeight: 5, lambdaL2: 1, gamma: 0 },
  ...{ subsample: 1, colsample: 1, earlyStoppingRounds: 20, maxBins: 32, seed: 1 },
} as const

/** Whether the rows of two samples can be told apart by all their columns together. */
export interface JointDrift extends ClusteredAuc {
  /** AUC of windows of the past against the others: mean and standard deviation; null where there are too few. */
  usual: { windows: number; mean: number; deviation: number } | null
  /** Chance of an AUC at least this large where the current window is like any other; in [0, 1]. */
  pValue: number
}

/**
 * Tells the current window from the reference with boosted trees, cross-fitted: rows of even days are scored by trees grown
 * on odd days and the other way round, so that nothing is told by having been seen.
 *
 * Two questions must both be answered: is the AUC above a half by more than chance (its error clustered by day), and is it
 * above what windows of the past reach against the others (Student's prediction interval)? The larger p-value counts. Where
 * there are too few windows, the first question is alone.
 *
 * @param windows  of the past; none where rows are independent
 * @returns        undefined where either sample has fewer than `least` rows
 */
export function tellApart(
  reference: Table,
  current: Table,
  { windows, least }: { windows: readonly Table[]; least: number },
): JointDrift | undefined {
  if (Math.min(reference.days.length, current.days.length) < least) return undefined
  const now = crossFittedAuc(thin(reference, MOST_ROWS), thin(current, MOST_ROWS))
  const byChance = upperTail((now.auc - 0.5) / now.error)
  const usable = spread(windows.filter(({ days }) => days.length >= least))
  if (usable.length < LEAST_WINDOWS) return { ...now, usual: null, pValue: byChance }
  const some = thin(reference, 2 * MOST_ROWS)
  const past = usable.map((window) => {
    const others = thin(without(some, window), MOST_ROWS)
    return crossFittedAuc(others, thin(window, MOST_ROWS)).auc
  })
  const mean = past.reduce((sum, auc) => sum + auc, 0) / past.length
  const deviation = Math.sqrt(past.reduce((sum, auc) => sum + (auc - mean) ** 2, 0) / (past.length - 1))
  const beyond = studentUpperTail((now.auc - mean) / (deviation * Math.sqrt(1 + 1 / past.length)), past.length - 1)
  return { ...now, usual: { windows: past.length, mean, deviation }, pValue: Math.max(byChance, beyond) }
}

function crossFittedAuc(reference: Table, current: Table): ClusteredAuc {
  const days = Int32Array.from([...reference.days, ...current.days])
  const isCurrent = new Uint8Array(days.length).fill(1, reference.days.length)
  const matrix = matrixOf(reference, current)
  const scores = new Float64Array(days.length)
  const folds = [0, 1].map((fold) => rowsWhere(days, (day) => Math.abs(day) % 2 === fold))
  for (const [fold, scored] of folds.entries()) {
    const learned = folds[1 - fold] as Int32Array
    const labels = Float64Array.from(learned, (r) => isCurrent[r] as number)
    const ones = labels.reduce((sum, label) => sum + label, 0)
    // A sample that came on even days only, say, cannot be told apart without having been seen.
    if (ones === 0 || ones === labels.length) continue
    // Every fold starts at its own log-odds, or its scores could not be ranked with those of the other.
    const initialScores = new Float64Array(labels.length).fill(Math.log(ones / (labels.length - ones)))
    const model = trainBoostedTrees({ matrix: takeRows(matrix, learned), labels, initialScores }, TREES)
    const zeros = new Float64Array(scored.length)
    const told = rawScores(model, takeRows(matrix, scored), zeros)
    for (const [i, r] of scored.entries()) scores[r] = told[i] as number
  }
  return clusteredAuc(scores, isCurrent, days)
}

/** Columns of both samples, one after the other; a category is the place of its name by frequency. */
function matrixOf(reference: Table, current: Table): FeatureMatrix {
  const nRows = reference.days.length + current.days.length
  const columns = reference.columns.map((column) => {
    const parts = [column, columnNamed(current, column.name)]
    if (parts.every((part) => part.kind === 'numerical')) return joined(parts.map(finiteValues), nRows)
    return codesByFrequency(parts, nRows)
  })
  return { nRows, columns }
}

function finiteValues(column: TableColumn): Float32Array {
  if (column.kind !== 'numerical') return new Float32Array(0)
  return column.values.map((value) => (Number.isFinite(value) ? value : Number.NaN))
}

function codesByFrequency(parts: readonly TableColumn[], nRows: number): Float32Array {
  const counts = new Map<string, number>()
  const known = parts.filter((part) => part.kind === 'categorical')
  for (const { codes, names } of known) {
    for (const code of codes) {
      const name = names[code]
      if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1)
    }
  }
  const falling = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  const place = new Map(falling.map(([name], i) => [name, i]))
  const coded = known.map(({ codes, names }) => {
    const places = names.map((name) => place.get(name) ?? Number.NaN)
    return Float32Array.from(codes, (code) => places[code] ?? Number.NaN)
  })
  return joined(coded, nRows)
}

function joined(parts: readonly Float32Array[], nRows: number): Float32Array {
  const all = new Float32Array(nRows)
  let begin = 0
  for (const part of parts) {
    all.set(part, begin)
    begin += part.length
  }
  return all
}

function takeRows({ columns }: FeatureMatrix, rows: Int32Array): FeatureMatrix {
  const taken = columns.map((column) => {
    const values = new Float32Array(rows.length)
    for (let i = 0; i < rows.length; i++) values[i] = column[rows[i] as number] as number
    return values
  })
  return { nRows: rows.length, columns: taken }
}

function rowsWhere(days: Int32Array, is: (day: number) => boolean): Int32Array {
  const rows = new Int32Array(days.length)
  let count = 0
  for (let r = 0; r < days.length; r++) if (is(days[r] as number)) rows[count++] = r
  return rows.subarray(0, count)
}

/** Evenly spaced rows of a table, so many at the most. */
function thin(table: Table, most: number): Table {
  const n = table.days.length
  if (n <= most) return table
  return pickRows(
    table,
    Int32Array.from({ length: most }, (_, i) => Math.floor((i * n) / most)),
  )
}

/** The reference but for the days of one of its windows. */
function without(reference: Table, window: Table): Table {
  const [first, last] = [window.days[0] ?? 0, window.days.at(-1) ?? 0]
  return pickRows(
    reference,
    rowsWhere(reference.days, (day) => day < first || day > last),
  )
}

/** Evenly spaced windows, so many at the most. */
function spread(windows: readonly Table[]): Table[] {
  const count = Math.min(MOST_WINDOWS, windows.length)
  return Array.from({ length: count }, (_, i) => windows[Math.floor((i * windows.length) / count)] as Table)
}

function upperTail(z: number): number {
  // An error that cannot be told proves nothing.
  if (Number.isNaN(z)) return 1
  return z > 0 ? twoSidedNormal(z) / 2 : 1 - twoSidedNormal(z) / 2
}

function studentUpperTail(t: number, degrees: number): number {
  if (Number.isNaN(t)) return 1
  const half = fisherTail(t * t, 1, degrees) / 2
  return t > 0 ? half : 1 - half
}
