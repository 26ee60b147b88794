import { hyparquetAlertTable } from '../../shared/adapters/hyparquet-alert-table.ts'
import { hyparquetDriftTable } from '../../shared/adapters/hyparquet-drift-table.ts'
import type { ObjectStore } from '../../shared/kernel/ports.ts'
import { tableKey } from '../../shared/usecases/alert-keys.ts'
import type { AlertRow } from '../../shared/usecases/alert-ports.ts'
import type { ColumnDetails, FullDriftReport } from '../../shared/usecases/drift-report-schema.ts'
import { columnDetailsSchema, fullDriftReportSchema } from '../../shared/usecases/drift-report-schema.ts'

/** A message that was sent at the first try. */
export function alertRow(messageId: string, atMs: number, fields: Partial<AlertRow> = {}): AlertRow {
  return {
    ...{ messageId, atMs, createdMs: atMs, settledMs: atMs, rule: 'drift', key: 'k', kind: 'state' },
    ...{ severity: 'warning', title: 'Drift', text: 'Bets have changed.', channel: 'sns', outcome: 'sent' },
    ...{ attempts: 1, cause: null },
    ...fields,
  }
}

/** Writes messages as the history of a day. */
export function keepAlerts(objects: Pick<ObjectStore, 'put'>, day: string, rows: readonly AlertRow[]): Promise<void> {
  return objects.put(tableKey(day), hyparquetAlertTable().encode(rows))
}

const { severity, role, movement } = columnDetailsSchema.shape

/** A column that has changed by so much, or one that has not where the effect is 0. */
export function driftOf(effect: number): ColumnDetails {
  const isDrifted = effect > 0
  return columnDetailsSchema.parse({
    ...{ drift_score: effect, is_drifted: isDrifted, method: 'PSI', severity: severity.options[0] },
    ...{ status: isDrifted ? 'drifted' : 'stable', role: role.options[0], compared_as: null },
    ...{ movement: movement.options[0], moved: isDrifted ? ['values'] : [], effect, adjusted_p_value: 0.01 },
    ...{ p_value: 0.001, overdispersion: null, reference_rows: 900, current_rows: 300 },
    ...{ reference_missing: 0, current_missing: 0.5, missing_p_value: null, histogram: null, last_year: null },
  })
}

/** Writes a report on columns as the drift check does. */
export function keepDrift(
  objects: Pick<ObjectStore, 'put'>,
  id: string,
  at: number,
  columns: Readonly<Record<string, ColumnDetails>>,
): Promise<void> {
  return hyparquetDriftTable(objects).keep(id, driftReport(new Date(at).toISOString(), columns))
}

function driftReport(timestamp: string, columns: Readonly<Record<string, ColumnDetails>>): FullDriftReport {
  const drifted = Object.keys(columns).filter((name) => columns[name]?.is_drifted)
  return fullDriftReportSchema.parse({
    ...{ format: 'closeline-drift-report/1', timestamp, total_features_checked: Object.keys(columns).length },
    ...{ features_with_drift: drifted.length, drifted_features: drifted, requires_retraining: drifted.length > 0 },
    ...{ feature_details: columns, window_days: 30, current_samples: 300, status: 'drifted', reason: 'a test' },
    ...{ trigger: 'test', model_version: 'blend-1', baseline_version: 'base-1', reference_window: null },
    ...{ current_window: { from: '2025-01-01', to: '2025-01-30', bets: 300 }, last_year_window: null },
    ...{ data_age_days: 0, past_windows: 0, insufficient_features: [], seasonal_features: [] },
    ...{ year_on_year_features: [], not_compared: {}, joint: null },
    weighed: { moved: 0, threshold: 0.1, by: 'inputs_alike', inputs: [] },
    rules: { false_discovery_rate: 0.05, least_effect: 0.1, least_rows: 50 },
  })
}
