import type { FeatureWriter } from './materialize-features.ts'
import type { PipelineReport } from './pipeline-report.ts'
import { areSnapshotsDue, readLedger, refreshSnapshots } from './refresh-snapshots.ts'
import type { PipelineCommand, PipelineDeps } from './run-context.ts'
import { runPipeline } from './run-pipeline.ts'

/** Runs the pipeline and, where those that stand are of other bets, makes features and online snapshots anew. */
export async function updateLake(
  deps: PipelineDeps & { features: FeatureWriter },
  command: PipelineCommand,
): Promise<PipelineReport> {
  const report = await runPipeline(deps, command)
  if ((command.mode === 'full' && report.bets > 0) || (await areSnapshotsDue(deps.objects))) {
    await refreshSnapshots(deps, await readLedger(deps))
  }
  return report
}
