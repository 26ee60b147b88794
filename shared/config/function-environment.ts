import * as z from 'zod'
import { DomainError } from '../kernel/errors.ts'

/** Environment of the functions that answer requests. Holds names only, never a secret. */
const functionEnvironmentSchema = z.object({
  /** Bucket with models and snapshots. */
  ARTEFACT_BUCKET: z.string().min(3),
  /** Seconds after which a function looks for a newer model or snapshot. */
  REFRESH_SECONDS: z.coerce.number().min(1).default(60),
})

export interface FunctionEnvironment {
  artefactBucket: string
  refreshMs: number
}

/** @throws {DomainError} `environment_invalid`, naming the variable */
export function parseFunctionEnvironment(environment: Record<string, string | undefined>): FunctionEnvironment {
  const parsed = parseEnvironment(functionEnvironmentSchema, environment)
  return { artefactBucket: parsed.ARTEFACT_BUCKET, refreshMs: parsed.REFRESH_SECONDS * 1000 }
}

/** The variables of a schema. @throws {DomainError} `environment_invalid`, naming the variable */
export function parseEnvironment<T>(schema: z.ZodType<T>, environment: Record<string, string | undefined>): T {
  const parsed = schema.safeParse(environment)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new DomainError('environment_invalid', `${issue?.path.join('.')}: ${issue?.message}`)
}
