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
  const parsed = functionEnvironmentSchema.safeParse(environment)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new DomainError('environment_invalid', `${issue?.path.join('.')}: ${issue?.message}`)
  }
  return { artefactBucket: parsed.data.ARTEFACT_BUCKET, refreshMs: parsed.data.REFRESH_SECONDS * 1000 }
}
