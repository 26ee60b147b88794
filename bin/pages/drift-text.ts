import type { BaselineManifest } from '../../shared/usecases/drift-baseline.ts'
import type { ColumnDetails, FullDriftReport } from '../../shared/usecases/drift-report-schema.ts'
import { bold, table } from '../terminal.ts'
import { count } from './figures.ts'

/** A drift report for a terminal: the verdict, every column, and what is not compared. */
export function driftText(file: string, report: FullDriftReport): string[] {
  const { current_window: now, reference_window: before, last_year_window: lastYear } = report
  const window = (name: string, of: typeof before) =>
    of === null ? `  ${name}: none` : `  ${name}: ${of.from} to ${of.to}, ${count(of.bets)} bets`
  return [
    bold(verdictText(report)),
    `  ${report.reason}.`,
    '',
    window('Current window', now),
    window('Reference', before),
    window('Same days a year before', lastYear),
    `  Model ${report.model_version ?? 'none'}, ${report.baseline_version}; calibrated by ${report.past_windows} windows of the past`,
    ...(report.data_age_days !== null && report.data_age_days > 1
      ? [`  The newest bet is ${report.data_age_days} days old.`]
      : []),
    '',
    ...table([
      [
        'Column',
        'verdict',
        'severity',
        'changed',
        'score',
        'method',
        'p adjusted',
        'missing before → now',
        'which moved',
      ],
      ...Object.entries(report.feature_details).map(([name, details]) => columnLine(name, details)),
    ]).split('\n'),
    '',
    jointText(report),
    ...Object.entries(report.not_compared).map(([name, because]) => `Not compared: ${name}, for ${because}.`),
    `Report: drift/reports/${file}`,
  ]
}

/** A baseline for a terminal. */
export function baselineText(baseline: BaselineManifest, standing: string): string[] {
  const { version, modelVersion, from, to, rows, sampled, createdAt, columns } = baseline
  return [
    bold(`${version}, ${standing}`),
    modelVersion === null
      ? `  of the days before the current window, for no model says what it learned from`
      : `  of the bets that ${modelVersion} learned from`,
    `  ${from} to ${to}, ${count(rows)} bets${sampled < rows ? `, ${count(sampled)} of them kept` : ''}, ${columns.length} columns`,
    `  made ${createdAt}`,
  ]
}

function verdictText({ status, requires_retraining, features_with_drift, total_features_checked }: FullDriftReport) {
  if (status === 'insufficient_data') return 'Drift: insufficient data'
  if (status === 'stable') return 'Drift: none found'
  const what = `Drift: ${features_with_drift} of ${total_features_checked} columns`
  return requires_retraining ? `${what}, training is asked for` : `${what}, no training asked for`
}

function columnLine(name: string, details: ColumnDetails): string[] {
  const { status, severity, effect, drift_score, method, adjusted_p_value, movement } = details
  const share = (value: number | null) => (value === null ? '–' : `${(100 * value).toFixed(1)} %`)
  const missing =
    details.reference_missing || details.current_missing
      ? `${share(details.reference_missing)} → ${share(details.current_missing)}`
      : ''
  return [
    details.compared_as ?? name,
    status === 'insufficient_data' ? 'too few' : status,
    severity === 'none' ? '' : severity,
    share(effect),
    drift_score === null ? '–' : drift_score.toFixed(3),
    method === 'none' ? '' : method,
    adjusted_p_value === null ? '–' : adjusted_p_value.toPrecision(2),
    missing,
    MOVED[movement],
  ]
}

const MOVED: Readonly<Record<ColumnDetails['movement'], string>> = {
  none: '',
  seasonal: 'seasonal: as last year',
  lasting: 'reference and last year',
  unconfirmed: 'reference (no last year)',
  year_on_year: 'last year only',
}

function jointText({ joint }: FullDriftReport): string {
  if (joint === null) return 'All columns together: too few bets.'
  const usual =
    joint.usual === null
      ? ''
      : `; usual is ${joint.usual.mean.toFixed(3)} ± ${(joint.usual.deviation ?? 0).toFixed(3)} over ${joint.usual.windows} windows`
  const verdict = joint.is_drifted ? 'told apart' : 'not told apart from the past'
  return `All columns together: ${verdict} (AUC ${joint.auc.toFixed(3)}${usual}, p ${joint.p_value.toPrecision(2)}).`
}
