import type { RunManifest } from '../lineage/run.ts'

/** Where pipeline runs are kept beside the lake, for whoever asks the database. */
export interface RunStore {
  /** Keeps a run; one that is kept already is replaced. */
  record(manifest: RunManifest): Promise<void>
  /** The latest runs, newest first, without their steps. */
  latest(limit: number): Promise<RunSummary[]>
}

export type RunSummary = Pick<
  RunManifest,
  'runId' | 'sequence' | 'trigger' | 'mode' | 'verdict' | 'startedAt' | 'finishedAt' | 'bets'
>
