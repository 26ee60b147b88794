import { FALSE_DISCOVERY_RATE, LEAST_EFFECT, LEAST_ROWS, SEVERITIES } from '../drift/judge-drift.ts'
import type { Table } from '../drift/table.ts'
import type { ModelManifest } from '../registry/manifest.ts'
import type { BaselineManifest } from './drift-baseline.ts'
import { NOT_COMPARED } from './drift-columns.ts'
import { detailsOf, told } from './drift-details.ts'
import type { ColumnFinding, DriftFindings, DriftSamples } from './drift-findings.ts'
import { isJointDrift } from './drift-findings.ts'
import type { FullDriftReport } from './drift-report-schema.ts'
import type { DayWindow } from './drift-window.ts'
import { dayOf, dayText } from './drift-window.ts'
import { weighDrift } from './weigh-drift.ts'

/** All that a report is made of. */
export interface ReportSource {
  nowMs: number
  trigger: string
  champion: ModelManifest | undefined
  baseline: BaselineManifest
  samples: DriftSamples
  window: DayWindow
  lastYear: DayWindow | undefined
  findings: DriftFindings
}

/** The report of a check. */
export function driftReportOf(source: ReportSource): FullDriftReport {
  const { findings, samples, champion, baseline } = source
  const drifted = findings.columns.filter(({ verdict }) => verdict.status === 'drifted').sort(bySeverity)
  const judged = findings.columns.filter(({ verdict }) => verdict.status !== 'insufficient_data')
  const feature_details = Object.fromEntries(
    findings.columns.map((finding) => [finding.column.name, detailsOf(finding)]),
  )
  const importances = champion?.contributions ?? []
  const { moved, threshold, requiresRetraining, inputs } = weighDrift({ feature_details }, importances)
  const outcome = { drifted, judged, moved, requiresRetraining }
  return {
    timestamp: new Date(source.nowMs).toISOString(),
    total_features_checked: findings.columns.length,
    features_with_drift: drifted.length,
    drifted_features: drifted.map(nameOf),
    requires_retraining: requiresRetraining,
    feature_details,
    window_days: samples.windowDays,
    current_samples: samples.current.days.length,
    format: 'closeline-drift-report/1',
    status: judged.length === 0 ? 'insufficient_data' : drifted.length > 0 ? 'drifted' : 'stable',
    reason: reasonOf(source, outcome),
    trigger: source.trigger,
    model_version: champion?.version ?? null,
    baseline_version: baseline.version,
    ...windowsOf(source),
    data_age_days: ageOf(samples.current, source),
    past_windows: findings.windows,
    insufficient_features: findings.columns.filter(({ verdict }) => verdict.status === 'insufficient_data').map(nameOf),
    seasonal_features: findings.columns.filter(({ movement }) => movement === 'seasonal').map(nameOf),
    year_on_year_features: findings.columns.filter(({ movement }) => movement === 'year_on_year').map(nameOf),
    not_compared: { ...NOT_COMPARED },
    joint: jointOf(findings),
    weighed: {
      moved: told(moved) ?? 0,
      threshold,
      by: importances.some(({ meanAbsolute }) => meanAbsolute > 0) ? 'shap' : 'inputs_alike',
      inputs: inputs.map(({ weight, effect, ...rest }) => ({ ...rest, weight: told(weight) ?? 0, effect })),
    },
    rules: { false_discovery_rate: FALSE_DISCOVERY_RATE, least_effect: LEAST_EFFECT, least_rows: LEAST_ROWS },
  }
}

function windowsOf({ samples, window, lastYear }: ReportSource) {
  const { reference, current } = samples
  const [first, last] = [reference.days[0], reference.days.at(-1)]
  return {
    reference_window:
      first === undefined || last === undefined
        ? null
        : { from: dayText(first), to: dayText(last), bets: reference.days.length },
    current_window: { ...daysText(window), bets: current.days.length },
    last_year_window:
      lastYear === undefined || samples.lastYear === undefined || samples.lastYear.days.length === 0
        ? null
        : { ...daysText(lastYear), bets: samples.lastYear.days.length },
  }
}

function daysText({ fromDay, toDay }: DayWindow) {
  return { from: dayText(fromDay), to: dayText(toDay - 1) }
}

function ageOf({ days }: Table, { nowMs }: ReportSource): number | null {
  const newest = days.at(-1)
  return newest === undefined ? null : dayOf(nowMs) - newest
}

function jointOf({ joint }: DriftFindings): FullDriftReport['joint'] {
  if (joint === undefined) return null
  const { auc, error, usual, pValue } = joint
  return {
    is_drifted: isJointDrift(joint),
    ...{ auc: told(auc) ?? 0.5, error: told(error), p_value: told(pValue) ?? 1 },
    usual:
      usual === null
        ? null
        : { windows: usual.windows, mean: told(usual.mean) ?? 0.5, deviation: told(usual.deviation) },
  }
}

function reasonOf(
  { samples, findings }: ReportSource,
  outcome: {
    drifted: readonly ColumnFinding[]
    judged: readonly ColumnFinding[]
    moved: number
    requiresRetraining: boolean
  },
): string {
  const { drifted, judged, moved, requiresRetraining } = outcome
  const [n, m] = [samples.reference.days.length, samples.current.days.length]
  if (judged.length === 0)
    return `nothing can be said of ${m} current bets against ${n}: ${LEAST_ROWS} of each are needed`
  if (drifted.length === 0) return `none of ${judged.length} columns differs from the reference by more than windows do`
  const most = drifted.slice(0, 3).map(nameOf).join(', ')
  const share = `${(100 * moved).toFixed(1)} % of what the model goes by has moved`
  const verdict = requiresRetraining ? 'enough to train anew' : 'too little to train anew'
  const whose = `between ${n} earlier bets and ${m} of the current window`
  return `${drifted.length} of ${findings.columns.length} columns (${most}) have drifted ${whose}; ${share}, ${verdict}`
}

function bySeverity(a: ColumnFinding, b: ColumnFinding): number {
  const rank = ({ verdict }: ColumnFinding) => SEVERITIES.indexOf(verdict.severity)
  return rank(b) - rank(a) || b.verdict.effect - a.verdict.effect
}

function nameOf({ column }: ColumnFinding): string {
  return column.name
}
