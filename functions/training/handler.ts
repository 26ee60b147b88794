import { parsePipelineEnvironment } from '../../shared/config/pipeline-environment.ts'
import { parseThresholds } from '../../shared/quality/thresholds.ts'
import type { RetrainingRecord } from '../../shared/usecases/retrain.ts'
import { retrain } from '../../shared/usecases/retrain.ts'
import { composeTraining } from './compose.ts'
import { parseTrainingMessage } from './message.ts'

const environment = parsePipelineEnvironment(process.env)
const thresholds = parseThresholds(environment.qualityThresholds)
const openDeps = composeTraining(environment)

/**
 * Trains because a schedule or an event says so, and answers with the record of it. Lambda delivers a message at least
 * once, each time under the same request id: one that names none itself goes by that.
 */
export async function handler(message: unknown, context: { awsRequestId: string }): Promise<RetrainingRecord> {
  const request = parseTrainingMessage(message, context.awsRequestId)
  return retrain(await openDeps(), { ...request, thresholds })
}
