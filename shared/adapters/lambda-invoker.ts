import type { LambdaClient } from '@aws-sdk/client-lambda'
import { InvokeCommand } from '@aws-sdk/client-lambda'
import * as z from 'zod'
import type { SmokeAnswer } from '../traffic/smoke.ts'
import type { VersionInvoker } from '../usecases/traffic-ports.ts'
import { blamingLambda } from './lambda-errors.ts'

/** What a function behind an HTTP API answers, payload format 2.0. */
const answerSchema = z.object({
  statusCode: z.number(),
  headers: z.record(z.string(), z.coerce.string()).default({}),
  body: z.string().default(''),
  isBase64Encoded: z.boolean().default(false),
})

const failureSchema = z.object({ errorType: z.string().default('Error'), errorMessage: z.string().default('') })

/** A {@link VersionInvoker} on Lambda, which asks the version itself and not its alias. */
export function lambdaInvoker(client: LambdaClient): VersionInvoker {
  return {
    invoke: (functionName, version, event) =>
      blamingLambda(async () => {
        const request = { FunctionName: functionName, Qualifier: version, Payload: JSON.stringify(event) }
        const { Payload, FunctionError, ExecutedVersion } = await client.send(new InvokeCommand(request))
        const payload = parsedJson(Payload === undefined ? '' : new TextDecoder().decode(Payload))
        const answer = answerSchema.safeParse(payload)
        const error = FunctionError === undefined ? undefined : failureOf(payload, FunctionError)
        if (error !== undefined || !answer.success) {
          const nothing = { statusCode: undefined, headers: {}, body: undefined }
          return { executedVersion: ExecutedVersion, error: error ?? 'its answer is none of an HTTP API', ...nothing }
        }
        return { executedVersion: ExecutedVersion, error: undefined, ...toAnswer(answer.data) }
      }),
  }
}

function toAnswer(answer: z.infer<typeof answerSchema>): Pick<SmokeAnswer, 'statusCode' | 'headers' | 'body'> {
  const text = answer.isBase64Encoded ? Buffer.from(answer.body, 'base64').toString() : answer.body
  const headers = Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value])
  return { statusCode: answer.statusCode, headers: Object.fromEntries(headers), body: parsedJson(text) }
}

function failureOf(payload: unknown, kind: string): string {
  const failure = failureSchema.safeParse(payload)
  return failure.success ? `${failure.data.errorType}: ${failure.data.errorMessage}` : kind
}

/** Text that is no JSON stays as it is. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
