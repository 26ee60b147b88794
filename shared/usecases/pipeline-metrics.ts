import type { Metrics } from '../kernel/ports.ts'
import { SEVERITIES } from '../quality/anomaly.ts'
import type { PipelineReport } from './pipeline-report.ts'

/** Records what a run measured; what could not be measured is left out, never zero. */
export function recordMetrics(metrics: Metrics, report: PipelineReport): void {
  const percent = (name: string, share: number | null) => {
    if (share !== null) metrics.record(name, share * 100, 'Percent')
  }
  metrics.record('pipeline_duration', report.durationMs, 'Milliseconds')
  metrics.record('pipeline_bytes_written', report.bytesWritten, 'Bytes')
  metrics.record('lake_bytes', report.bytes, 'Bytes')
  metrics.record('lake_bets', report.bets, 'Count')
  metrics.record('quarantined', report.counts.refused, 'Count')
  metrics.record('quality_gate_passed', report.quality.passed ? 1 : 0, 'Count')
  percent('schema_pass_rate', report.schemaPassRate)
  percent('feature_completeness', report.completeness)
  if (report.hoursSinceChange !== null) metrics.record('data_age', report.hoursSinceChange * 3600, 'Seconds')
  if (report.bets === 0) return
  for (const severity of SEVERITIES) {
    const share = report.anomalies.bySeverity[severity] / report.bets
    metrics.record('anomaly_rate', share * 100, 'Percent', { severity })
  }
}
