import * as z from 'zod'
import { parseEnvironment } from './function-environment.ts'

/** Environment of the functions that work on the lake: pipeline and training. Names and limits only, never a secret. */
const pipelineEnvironmentSchema = z.object({
  /** Bucket with lake, models and snapshots. */
  ARTEFACT_BUCKET: z.string().min(3),
  SUPABASE_URL: z.url(),
  /** Name of the SSM parameter with the service role's key. */
  SUPABASE_KEY_PARAMETER: z.string().min(1),
  EVENT_BUS: z.string().min(1),
  /** JSON that overrides limits of the quality gate. */
  QUALITY_THRESHOLDS: z.string().optional(),
})

export interface PipelineEnvironment {
  artefactBucket: string
  supabaseUrl: string
  supabaseKeyParameter: string
  eventBus: string
  qualityThresholds: string | undefined
}

/** @throws {DomainError} `environment_invalid`, naming the variable */
export function parsePipelineEnvironment(environment: Record<string, string | undefined>): PipelineEnvironment {
  const parsed = parseEnvironment(pipelineEnvironmentSchema, environment)
  return {
    artefactBucket: parsed.ARTEFACT_BUCKET,
    supabaseUrl: parsed.SUPABASE_URL,
    supabaseKeyParameter: parsed.SUPABASE_KEY_PARAMETER,
    eventBus: parsed.EVENT_BUS,
    qualityThresholds: parsed.QUALITY_THRESHOLDS,
  }
}
