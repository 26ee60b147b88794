import * as z from 'zod'
import { parseEnvironment } from './function-environment.ts'

/** Environment of the authorizer. Holds names only, never a secret. */
const authorizerEnvironmentSchema = z.object({
  /** Bucket with the hashes of API keys. */
  ARTEFACT_BUCKET: z.string().min(3),
  /** Name of the SSM parameter with the pepper of the API keys. */
  KEY_PEPPER_PARAMETER: z.string().min(1),
  /** Seconds after which the key set is looked at again. */
  REFRESH_SECONDS: z.coerce.number().min(1).default(60),
})

export interface AuthorizerEnvironment {
  artefactBucket: string
  keyPepperParameter: string
  refreshMs: number
}

/** @throws {DomainError} `environment_invalid`, naming the variable */
export function parseAuthorizerEnvironment(environment: Record<string, string | undefined>): AuthorizerEnvironment {
  const parsed = parseEnvironment(authorizerEnvironmentSchema, environment)
  return {
    artefactBucket: parsed.ARTEFACT_BUCKET,
    keyPepperParameter: parsed.KEY_PEPPER_PARAMETER,
    refreshMs: parsed.REFRESH_SECONDS * 1000,
  }
}
