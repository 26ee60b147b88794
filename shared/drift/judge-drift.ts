import { benjaminiHochberg } from '../evaluation/multiple-testing.ts'
import type { ColumnDrift } from './column-drift.ts'
import { effectOf } from './column-drift.ts'

/** Share of false finds among the drifted columns that is accepted. */
export const FALSE_DISCOVERY_RATE = 0.05

/** A smaller change is none that anybody acts on, however sure it is: share of rows that changed. */
export const LEAST_EFFECT = 0.03

/** Changes from here on are moderate, and high. */
const MODERATE_EFFECT = 0.1
const HIGH_EFFECT = 0.2

/** Fewer rows in either sample answer nothing. */
export const LEAST_ROWS = 100

export const SEVERITIES = ['none', 'low', 'moderate', 'high'] as const
export type Severity = (typeof SEVERITIES)[number]

/** What was found of one column. */
export interface ColumnVerdict {
  /** `insufficient_data`: nothing can be said, which is not the same as that nothing moved. */
  status: 'stable' | 'drifted' | 'insufficient_data'
  severity: Severity
  /** What moved: the known values, the share of missing ones, or both. */
  moved: readonly ('values' | 'missing')[]
  /** The larger of both changes, as a share of rows in [0, 1]; NaN where nothing could be compared. */
  effect: number
  /** The lesser of both p-values, adjusted over all columns; NaN where there is none. */
  adjustedPValue: number
}

/**
 * Which columns have drifted: the change is unlikely by chance among so many (Benjamini and Hochberg over the tests of all
 * columns) and large enough to matter. Neither alone is enough: with many rows everything is significant, and with few
 * everything moves.
 *
 * @returns verdicts in the order of the columns
 */
export function judgeDrift(columns: readonly ColumnDrift[]): ColumnVerdict[] {
  const tests = columns.flatMap((column, c) =>
    hasEnoughRows(column) ? testsOf(column).map((test) => ({ c, ...test })) : [],
  )
  const adjusted = benjaminiHochberg(tests.map(({ pValue }) => pValue))
  const judged = tests.map((test, i) => ({ ...test, adjusted: adjusted[i] as number }))
  return columns.map((column, c) =>
    verdictOf(
      column,
      judged.filter((test) => test.c === c),
    ),
  )
}

interface Test {
  of: 'values' | 'missing'
  pValue: number
  effect: number
}

function testsOf({ values, missing }: ColumnDrift): Test[] {
  const ofMissing: Test[] =
    (missing.reference === 0 && missing.current === 0) || missing.pValue === 1
      ? []
      : [{ of: 'missing', pValue: missing.pValue, effect: Math.abs(missing.current - missing.reference) }]
  if (values === undefined) return ofMissing
  return [{ of: 'values', pValue: values.pValue, effect: effectOf(values) }, ...ofMissing]
}

function verdictOf(column: ColumnDrift, tests: readonly (Test & { adjusted: number })[]): ColumnVerdict {
  const moved = tests.filter((test) => test.adjusted <= FALSE_DISCOVERY_RATE && test.effect >= LEAST_EFFECT)
  const effect = tests.length === 0 ? Number.NaN : Math.max(...tests.map((test) => test.effect))
  const adjustedPValue = tests.length === 0 ? Number.NaN : Math.min(...tests.map((test) => test.adjusted))
  if (moved.length > 0) {
    const severity = severityOf(Math.max(...moved.map((test) => test.effect)))
    return { status: 'drifted', severity, moved: moved.map((test) => test.of), effect, adjustedPValue }
  }
  const status = hasEnoughRows(column) && column.values !== undefined ? 'stable' : 'insufficient_data'
  return { status, severity: 'none', moved: [], effect, adjustedPValue }
}

function severityOf(effect: number): Severity {
  if (effect >= HIGH_EFFECT) return 'high'
  return effect >= MODERATE_EFFECT ? 'moderate' : 'low'
}

function hasEnoughRows({ rows }: ColumnDrift): boolean {
  return Math.min(rows.reference, rows.current) >= LEAST_ROWS
}
