import type { SSMClient } from '@aws-sdk/client-ssm'
import { GetParameterCommand, SSMServiceException } from '@aws-sdk/client-ssm'
import { messageOf, UpstreamError } from '../kernel/errors.ts'
import type { Clock } from '../kernel/ports.ts'
import { isRetryableStatus } from '../kernel/retryable.ts'

const VENDOR = 'SSM'

/**
 * Gives a secret kept in SSM's parameter store, asking for it when what it holds is older than `maxAgeMs`. Calls that
 * overlap share one request; a failed one is not remembered.
 *
 * @throws {UpstreamError} where there is none to be had; no error bears the value
 */
export function ssmSecret(
  client: SSMClient,
  name: string,
  { clock, maxAgeMs }: { clock: Clock; maxAgeMs: number },
): () => Promise<string> {
  let held: { secret: Promise<string>; askedAtMs: number } | undefined
  return function readSecret() {
    if (held !== undefined && clock() - held.askedAtMs < maxAgeMs) return held.secret
    const asked = { secret: getParameter(client, name), askedAtMs: clock() }
    held = asked
    asked.secret.catch(() => {
      if (held === asked) held = undefined
    })
    return asked.secret
  }
}

async function getParameter(client: SSMClient, name: string): Promise<string> {
  const value = await request(client, name)
  if (!value) throw new UpstreamError(VENDOR, `parameter ${name} has no value`, { retryable: false })
  return value
}

async function request(client: SSMClient, name: string): Promise<string | undefined> {
  try {
    const answer = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }))
    return answer.Parameter?.Value
  } catch (thrown) {
    throw toUpstreamError(thrown, name)
  }
}

function toUpstreamError(thrown: unknown, name: string): UpstreamError {
  if (!(thrown instanceof SSMServiceException)) {
    // Neither its message nor itself: where an answer could not be read, both may quote it, with the value in it.
    return new UpstreamError(VENDOR, `parameter ${name}: ${thrown instanceof Error ? thrown.name : 'failed'}`)
  }
  // SSM says 400 of requests that are too many, and means 429.
  const isThrottled = thrown.name === 'ThrottlingException'
  const retryable = isThrottled || isRetryableStatus(thrown.$metadata.httpStatusCode)
  return new UpstreamError(VENDOR, `parameter ${name}: ${messageOf(thrown)}`, { retryable, cause: thrown })
}
