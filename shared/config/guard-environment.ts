import * as z from 'zod'
import { parseEnvironment } from './function-environment.ts'
import type { Stage } from './stage.ts'
import { stageSchema } from './stage.ts'

/** Environment of the guard function. Holds names only, never a secret. */
const guardEnvironmentSchema = z.object({
  /** The installation whose canaries it watches over. */
  STAGE: stageSchema,
  EVENT_BUS: z.string().min(1),
})

export interface GuardEnvironment {
  stage: Stage
  eventBus: string
}

/** @throws {DomainError} `environment_invalid`, naming the variable */
export function parseGuardEnvironment(environment: Record<string, string | undefined>): GuardEnvironment {
  const parsed = parseEnvironment(guardEnvironmentSchema, environment)
  return { stage: parsed.STAGE, eventBus: parsed.EVENT_BUS }
}
