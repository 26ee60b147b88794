import { parsePipelineEnvironment } from '../../shared/config/pipeline-environment.ts'
import { pipelinePayloadSchema } from '../../shared/config/pipeline-payload.ts'
import { parseThresholds } from '../../shared/quality/thresholds.ts'
import { materializeFeatures } from '../../shared/usecases/materialize-features.ts'
import { updateLake } from '../../shared/usecases/update-lake.ts'
import { composePipeline } from './compose.ts'

const environment = parsePipelineEnvironment(process.env)
const thresholds = parseThresholds(environment.qualityThresholds)
const openDeps = composePipeline(environment)

/** Answers a schedule's event with the report of the run, or of the features that were made anew. */
export async function handler(payload: unknown) {
  const { task, ...command } = pipelinePayloadSchema.parse(payload ?? {})
  const deps = await openDeps()
  if (task === 'features') return materializeFeatures(deps, { full: true })
  return updateLake(deps, { ...command, thresholds })
}
