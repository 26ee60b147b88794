import type { ColumnDrift } from '../drift/column-drift.ts'
import type { TableCalibration } from '../drift/compare-tables.ts'
import { compareTables } from '../drift/compare-tables.ts'
import type { JointDrift } from '../drift/domain-classifier.ts'
import { tellApart } from '../drift/domain-classifier.ts'
import type { ColumnVerdict } from '../drift/judge-drift.ts'
import { judgeDrift, LEAST_ROWS } from '../drift/judge-drift.ts'
import type { Movement } from '../drift/movement.ts'
import { movementOf } from '../drift/movement.ts'
import type { Table } from '../drift/table.ts'
import { largeDaysOf, pickColumns, windowsOf } from '../drift/table.ts'
import { LEAST_WINDOW_ROWS } from '../drift/window-variance.ts'
import type { WatchedColumn } from './drift-columns.ts'
import { WATCHED_COLUMNS } from './drift-columns.ts'

/** Windows of the past are as long as the current one, but for so many at least and at most. */
export const PAST_WINDOWS = { least: 8, most: 40 } as const

/** Days of the past from which it is learned how alike bets of a day are. */
export const PAST_DAYS = { rows: LEAST_WINDOW_ROWS, most: 80 } as const

/** The classifier is believed at this p-value, and where its AUC lies this far above what is usual. */
const JOINT_LEVEL = 0.01
const LEAST_JOINT_EXCESS = 0.03

/** Samples of one ledger, each after those before it but for last year's, which may lie within the reference. */
export interface DriftSamples {
  reference: Table
  current: Table
  /** The same days a year before; undefined where they reach into the current window. */
  lastYear: Table | undefined
  windowDays: number
}

/** What was found of one column. */
export interface ColumnFinding {
  column: WatchedColumn
  drift: ColumnDrift
  verdict: ColumnVerdict
  lastYear: { drift: ColumnDrift; verdict: ColumnVerdict } | undefined
  movement: Movement
}

export interface DriftFindings {
  columns: ColumnFinding[]
  /** Undefined where there are too few rows. */
  joint: JointDrift | undefined
  /** Windows of the past that comparisons are calibrated by. */
  windows: number
}

/** Columns whose values follow one another: their missing share falls by construction as histories grow. */
const HISTORIES: ReadonlySet<string> = new Set(WATCHED_COLUMNS.filter(({ isHistory }) => isHistory).map(nameOf))

/**
 * Columns that the classifier may look at: those of the bet itself. Histories tell one month from any other, and results
 * come later.
 */
const JOINT_COLUMNS: ReadonlySet<string> = new Set(
  WATCHED_COLUMNS.filter(({ role, isHistory }) => !isHistory && (role === 'input' || role === 'field')).map(nameOf),
)

/**
 * Compares the current window with the reference and with last year's, column by column and jointly.
 *
 * @throws {DomainError} `windows_overlap`
 */
export function findDrift({ reference, current, lastYear, windowDays }: DriftSamples): DriftFindings {
  const windows = windowsOf(reference, { days: windowDays, ...PAST_WINDOWS })
  const past = { windows, days: largeDaysOf(reference, PAST_DAYS), onlyMoreMissing: HISTORIES }
  const drifts = compareTables(reference, current, { ...past, single: false })
  const verdicts = judgeDrift(drifts)
  const before = lastYear === undefined ? undefined : compareLastYear(lastYear, current, past)
  const columns = WATCHED_COLUMNS.map((column, c) => {
    const [drift, verdict, ofLastYear] = [drifts[c] as ColumnDrift, verdicts[c] as ColumnVerdict, before?.[c]]
    return { column, drift, verdict, lastYear: ofLastYear, movement: movementOf(verdict, ofLastYear?.verdict) }
  })
  const joint = tellApart(pickColumns(reference, JOINT_COLUMNS), pickColumns(current, JOINT_COLUMNS), {
    windows: windows.map((window) => pickColumns(window, JOINT_COLUMNS)),
    least: LEAST_ROWS,
  })
  return { columns, joint, windows: windows.length }
}

/** Whether the classifier tells the current window from the reference better than it does any other. */
export function isJointDrift(joint: JointDrift | undefined): boolean {
  if (joint === undefined) return false
  return joint.pValue <= JOINT_LEVEL && joint.auc - (joint.usual?.mean ?? 0.5) >= LEAST_JOINT_EXCESS
}

function compareLastYear(lastYear: Table, current: Table, past: Omit<TableCalibration, 'single'>) {
  const drifts = compareTables(lastYear, current, { ...past, single: true })
  const verdicts = judgeDrift(drifts)
  return drifts.map((drift, c) => ({ drift, verdict: verdicts[c] as ColumnVerdict }))
}

function nameOf({ name }: WatchedColumn): string {
  return name
}
