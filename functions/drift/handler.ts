import { driftPayloadSchema } from '../../shared/config/drift-payload.ts'
import { parsePipelineEnvironment } from '../../shared/config/pipeline-environment.ts'
import { parseThresholds } from '../../shared/quality/thresholds.ts'
import { runDrift } from '../../shared/usecases/drift-run.ts'
import { composeDrift } from './compose.ts'

const environment = parsePipelineEnvironment(process.env)
const thresholds = parseThresholds(environment.qualityThresholds)
const deps = composeDrift(environment)

/** Answers a schedule's event with what was found and decided. */
export async function handler(payload: unknown) {
  return runDrift(deps, { ...driftPayloadSchema.parse(payload ?? {}), thresholds })
}
