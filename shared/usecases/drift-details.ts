import type { ColumnDrift, ValueDrift } from '../drift/column-drift.ts'
import type { ColumnFinding } from './drift-findings.ts'
import type { ColumnDetails } from './drift-report-schema.ts'

/** Categories that a report shows; the others together. */
const MOST_SHOWN = 12

/** Digits that are kept of a figure: more say nothing. */
const DIGITS = 6

/** One column of a report, every number finite or null. */
export function detailsOf({ column, drift, verdict, lastYear, movement }: ColumnFinding): ColumnDetails {
  const { values, missing, rows } = drift
  return {
    ...scoreOf(values),
    is_drifted: verdict.status === 'drifted',
    severity: verdict.severity,
    status: verdict.status,
    role: column.role,
    compared_as: column.comparedAs,
    movement,
    moved: [...verdict.moved],
    effect: told(verdict.effect),
    adjusted_p_value: told(verdict.adjustedPValue),
    p_value: values === undefined ? null : told(values.pValue),
    overdispersion: values === undefined ? null : told(values.overdispersion),
    reference_rows: rows.reference,
    current_rows: rows.current,
    reference_missing: told(missing.reference),
    current_missing: told(missing.current),
    missing_p_value: told(missing.pValue),
    ...figuresOf(values),
    histogram: histogramOf(values),
    last_year:
      lastYear === undefined
        ? null
        : {
            is_drifted: lastYear.verdict.status === 'drifted',
            status: lastYear.verdict.status,
            effect: told(lastYear.verdict.effect),
            adjusted_p_value: told(lastYear.verdict.adjustedPValue),
            rows: lastYear.drift.rows.reference,
          },
  }
}

/** A number to six digits; null where it is none, so that JSON stays JSON. */
export function told(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(DIGITS)) : null
}

function scoreOf(values: ValueDrift | undefined): Pick<ColumnDetails, 'drift_score' | 'method'> {
  if (values === undefined) return { drift_score: null, method: 'none' }
  return values.kind === 'numerical'
    ? { drift_score: told(values.test.statistic), method: 'KS Test' }
    : { drift_score: told(values.psi), method: 'PSI' }
}

function figuresOf(values: ValueDrift | undefined): Partial<ColumnDetails> {
  if (values === undefined) return {}
  const shared = { psi: told(values.psi), psi_p_value: told(values.psiPValue) }
  if (values.kind === 'numerical') {
    return {
      ...shared,
      ...{ ks_statistic: told(values.test.statistic), ks_p_value: told(values.test.pValue) },
      ...{ wasserstein: told(values.wasserstein), wasserstein_in_deviations: told(values.wassersteinInDeviations) },
      mean_shift: told(values.meanShift),
    }
  }
  return {
    ...shared,
    ...{ chi_square: told(values.test.statistic), chi_square_p_value: told(values.test.pValue) },
    ...{ jensen_shannon: told(values.jensenShannon) },
    ref_categories: values.histogram.reference.filter((count) => count > 0).length,
    curr_categories: values.histogram.current.filter((count) => count > 0).length,
  }
}

function histogramOf(values: NonNullable<ColumnDrift['values']> | undefined): ColumnDetails['histogram'] {
  if (values === undefined) return null
  const { reference, current } = values.histogram
  const labels = values.kind === 'numerical' ? tenthsOf(values.histogram.edges) : [...values.histogram.names]
  const [n, m] = [sumOf(reference), sumOf(current)]
  const bins = labels.map((label, k) => ({
    label: label ?? 'rare',
    reference: (reference[k] as number) / n,
    current: (current[k] as number) / m,
  }))
  const shown =
    bins.length <= MOST_SHOWN ? bins : [...bins.slice(0, MOST_SHOWN - 1), othersOf(bins.slice(MOST_SHOWN - 1))]
  return shown.map(({ label, ...share }) => ({
    label,
    reference: told(share.reference) ?? 0,
    current: told(share.current) ?? 0,
  }))
}

function othersOf(bins: readonly { reference: number; current: number }[]) {
  return {
    label: `${bins.length} others`,
    reference: sumOf(bins.map(({ reference }) => reference)),
    current: sumOf(bins.map(({ current }) => current)),
  }
}

function tenthsOf(edges: Float64Array): string[] {
  const text = (value: number) => String(Number(value.toPrecision(3)))
  if (edges.length === 0) return ['all']
  const inner = Array.from(edges).slice(1)
  return [
    `below ${text(edges[0] as number)}`,
    ...inner.map((edge, k) => `${text(edges[k] as number)} to ${text(edge)}`),
    `from ${text(edges.at(-1) as number)}`,
  ]
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
