import * as z from 'zod'
import { parseEnvironment } from './function-environment.ts'

/** What the prediction function takes beside {@link parseFunctionEnvironment}. */
const predictionEnvironmentSchema = z
  .object({
    /** The model version that this version of the function serves. */
    MODEL_VERSION: z
      .string()
      .regex(/^[a-z-]+-[0-9a-f]{12}$/, { error: 'is no model version, as blend-0f3a9c2b71de' })
      .optional(),
    /** SHA-256 of its ONNX file. */
    MODEL_SHA256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, { error: 'is no SHA-256 in lower-case hex' })
      .optional(),
  })
  .refine(({ MODEL_VERSION, MODEL_SHA256 }) => (MODEL_VERSION === undefined) === (MODEL_SHA256 === undefined), {
    path: ['MODEL_SHA256'],
    error: 'MODEL_VERSION and MODEL_SHA256 pin a model together: both are set, or neither',
  })

export interface PredictionEnvironment {
  /** The model that the function is pinned to; undefined where it follows the registry's champion. */
  pin: { version: string; sha256: string } | undefined
}

/** @throws {DomainError} `environment_invalid`, naming the variable */
export function parsePredictionEnvironment(environment: Record<string, string | undefined>): PredictionEnvironment {
  const { MODEL_VERSION: version, MODEL_SHA256: sha256 } = parseEnvironment(predictionEnvironmentSchema, environment)
  return { pin: version === undefined || sha256 === undefined ? undefined : { version, sha256 } }
}
