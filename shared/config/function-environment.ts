import * as z from 'zod'
import { DomainError } from '../kernel/errors.ts'
import { isAllowableOrigin } from './allowed-origin.ts'

/** Origins whose pages may read answers, apart by commas: `https` origins and extensions, each by its full name. */
const originsSchema = z
  .string()
  .default('')
  .transform((text) => text.split(',').map((origin) => origin.trim()))
  .transform((origins) => origins.filter((origin) => origin !== ''))
  .refine((origins) => origins.every((origin) => isAllowableOrigin(origin, ['https:'])), {
    error: 'a list of https://host and chrome-extension://id apart by commas, without paths and without *',
  })

/** Environment of the functions that answer requests. Holds names only, never a secret. */
const functionEnvironmentSchema = z.object({
  /** Bucket with models, snapshots and the hashes of API keys. */
  ARTEFACT_BUCKET: z.string().min(3),
  /** Seconds after which a function looks for a newer model, snapshot or key set. */
  REFRESH_SECONDS: z.coerce.number().min(1).default(60),
  /** Name of the SSM parameter with the pepper of the API keys. */
  KEY_PEPPER_PARAMETER: z.string().min(1),
  ALLOWED_ORIGINS: originsSchema,
  /** Bus for the events that answering gives rise to; without it they are not published. */
  EVENT_BUS: z.string().min(1).optional(),
  /** dev, staging or prod, for people who look. */
  STAGE: z.string().min(1).default('aws'),
  /** Set by Lambda itself, as the two after it. */
  AWS_LAMBDA_FUNCTION_VERSION: z.string().min(1).optional(),
  AWS_LAMBDA_FUNCTION_NAME: z.string().min(1).optional(),
  AWS_LAMBDA_RUNTIME_API: z.string().min(1).optional(),
})

export interface FunctionEnvironment {
  artefactBucket: string
  refreshMs: number
  keyPepperParameter: string
  allowedOrigins: readonly string[]
  eventBus: string | undefined
  stage: string
  /** Null outside Lambda. */
  functionVersion: string | null
  functionName: string | undefined
  /** Host and port of the Lambda Runtime API; undefined outside Lambda. */
  runtimeApi: string | undefined
}

/** @throws {DomainError} `environment_invalid`, naming the variable */
export function parseFunctionEnvironment(environment: Record<string, string | undefined>): FunctionEnvironment {
  const parsed = parseEnvironment(functionEnvironmentSchema, environment)
  return {
    artefactBucket: parsed.ARTEFACT_BUCKET,
    refreshMs: parsed.REFRESH_SECONDS * 1000,
    keyPepperParameter: parsed.KEY_PEPPER_PARAMETER,
    allowedOrigins: parsed.ALLOWED_ORIGINS,
    eventBus: parsed.EVENT_BUS,
    stage: parsed.STAGE,
    functionVersion: parsed.AWS_LAMBDA_FUNCTION_VERSION ?? null,
    functionName: parsed.AWS_LAMBDA_FUNCTION_NAME,
    runtimeApi: parsed.AWS_LAMBDA_RUNTIME_API,
  }
}

/** The variables of a schema. @throws {DomainError} `environment_invalid`, naming the variable */
export function parseEnvironment<T>(schema: z.ZodType<T>, environment: Record<string, string | undefined>): T {
  const parsed = schema.safeParse(environment)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new DomainError('environment_invalid', `${issue?.path.join('.')}: ${issue?.message}`)
}
