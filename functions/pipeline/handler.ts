import { parsePipelineEnvironment } from '../../shared/config/pipeline-environment.ts'
import { pipelinePayloadSchema } from '../../shared/config/pipeline-payload.ts'
import { parseThresholds } from '../../shared/quality/thresholds.ts'
import { updateLake } from '../../shared/usecases/update-lake.ts'
import { composePipeline } from './compose.ts'

const environment = parsePipelineEnvironment(process.env)
const thresholds = parseThresholds(environment.qualityThresholds)
const openDeps = composePipeline(environment)

/** Answers a schedule's event with the run's report. */
export async function handler(payload: unknown) {
  const command = pipelinePayloadSchema.parse(payload ?? {})
  return updateLake(await openDeps(), { ...command, thresholds })
}
