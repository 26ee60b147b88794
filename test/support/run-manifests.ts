import type { RunManifest } from '../../shared/lineage/run.ts'

/** The manifest of a run that read and wrote nothing. */
export function runManifest(runId: string, sequence: number, fields: Partial<RunManifest> = {}): RunManifest {
  return {
    ...{ format: 'closeline-run/1', runId, sequence, parentRunId: null, trigger: 'test', mode: 'incremental' },
    ...{ codeVersion: '0.0.0', startedAt: '2025-05-01T00:00:00.000Z', finishedAt: '2025-05-01T00:00:01.000Z' },
    ...{ durationMs: 1000, verdict: 'passed', raw: [], imports: {}, partitions: [], keys: [], steps: [], bets: 0 },
    ...fields,
  }
}
