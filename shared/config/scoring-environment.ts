import * as z from 'zod'
import { parseEnvironment } from './function-environment.ts'

/** What the scoring function needs beside {@link parseFunctionEnvironment}. Holds names only, never a secret. */
const scoringEnvironmentSchema = z.object({
  SUPABASE_URL: z.url(),
  /** Name of the SSM parameter with the service role's key. */
  SUPABASE_KEY_PARAMETER: z.string().min(1),
})

export interface ScoringEnvironment {
  supabaseUrl: string
  supabaseKeyParameter: string
}

/** @throws {DomainError} `environment_invalid`, naming the variable */
export function parseScoringEnvironment(environment: Record<string, string | undefined>): ScoringEnvironment {
  const parsed = parseEnvironment(scoringEnvironmentSchema, environment)
  return { supabaseUrl: parsed.SUPABASE_URL, supabaseKeyParameter: parsed.SUPABASE_KEY_PARAMETER }
}
