import type { DriftReport } from '../../shared/usecases/drift-reports.ts'

/** A report of a check that found nothing: one input, 412 bets of seven days. */
export function driftReport(fields: Partial<DriftReport> = {}): DriftReport {
  return {
    timestamp: '2026-02-28T02:00:00.000Z',
    total_features_checked: 1,
    features_with_drift: 0,
    drifted_features: [],
    requires_retraining: false,
    feature_details: { sport: { drift_score: 0.04, is_drifted: false, method: 'PSI', psi: 0.04 } },
    window_days: 7,
    current_samples: 412,
    ...fields,
  }
}
