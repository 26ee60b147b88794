import { FEATURE_LAYER_KEY } from '../lake/feature-layer.ts'
import type { MaterializeDeps, MaterializeReport } from './materialize-features.ts'
import { materializeFeatures } from './materialize-features.ts'
import type { PipelineReport } from './pipeline-report.ts'
import type { PipelineCommand, PipelineDeps } from './run-context.ts'
import { runPipeline } from './run-pipeline.ts'

/** What the pipeline did, and what was made of its bets; null where there is none. */
export interface UpdateReport extends PipelineReport {
  features: MaterializeReport | null
}

/** Runs the pipeline and brings features, online state, record and tables up to date with it. */
export async function updateLake(
  deps: PipelineDeps & MaterializeDeps,
  command: PipelineCommand,
): Promise<UpdateReport> {
  const report = await runPipeline(deps, command)
  // Bets that were all deleted leave features that must go, too.
  const isNothing = report.bets === 0 && (await deps.objects.get(FEATURE_LAYER_KEY)) === undefined
  const features = isNothing ? null : await materializeFeatures(deps, { full: command.mode === 'full' })
  return { ...report, features }
}
