import type { RunManifest } from '../../shared/lineage/run.ts'
import type { RunStore } from '../../shared/usecases/run-ports.ts'

/** Pipeline runs in memory; a contract suite keeps it like the table in Supabase. */
export function memoryRunStore(): RunStore {
  const runs = new Map<string, RunManifest>()
  return {
    record: async (manifest) => {
      runs.set(manifest.runId, manifest)
    },
    latest: async (limit) => {
      const newestFirst = [...runs.values()].sort(
        (a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt) || (a.runId < b.runId ? -1 : 1),
      )
      return newestFirst
        .slice(0, limit)
        .map(({ runId, sequence, trigger, mode, verdict, startedAt, finishedAt, bets }) => ({
          ...{ runId, sequence, trigger, mode, verdict, startedAt, finishedAt, bets },
        }))
    },
  }
}
