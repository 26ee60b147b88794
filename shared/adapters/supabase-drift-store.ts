import type { SupabaseClient } from '@supabase/supabase-js'
import type { DriftArchive } from '../usecases/drift-ports.ts'
import { dataOf } from './supabase-client.ts'

/** A {@link DriftArchive} in Supabase's table `drift_reports`. */
export function supabaseDriftStore(client: SupabaseClient): DriftArchive {
  return {
    async keep(id, report) {
      const { timestamp, status, model_version, baseline_version, window_days, current_samples } = report
      const { total_features_checked, features_with_drift, drifted_features, requires_retraining } = report
      const row = {
        ...{ id, checked_at: timestamp, status, model_version, baseline_version, window_days, current_samples },
        ...{ total_features_checked, features_with_drift, drifted_features, requires_retraining, report },
      }
      dataOf(await client.from('drift_reports').upsert(row))
    },
  }
}
