import { setTimeout as wait } from 'node:timers/promises'
import { S3Client } from '@aws-sdk/client-s3'
import { SSMClient } from '@aws-sdk/client-ssm'
import { presentedKey } from '../../shared/access/presented-key.ts'
import { jsonLogger } from '../../shared/adapters/json-logger.ts'
import { nodeKeyMaterial } from '../../shared/adapters/node-key-material.ts'
import { s3ObjectStore } from '../../shared/adapters/s3-object-store.ts'
import { ssmSecret } from '../../shared/adapters/ssm-secret.ts'
import { parseAuthorizerEnvironment } from '../../shared/config/authorizer-environment.ts'
import { AWS_TIMEOUTS } from '../../shared/config/aws-timeouts.ts'
import { createKeyAuthorizer } from '../../shared/usecases/authorize-key.ts'
import { createServingAccess } from '../../shared/usecases/serving-access.ts'
import type { AuthorizerAnswer } from './event.ts'
import { authorizerEventSchema } from './event.ts'

const { artefactBucket, keyPepperParameter, refreshMs } = parseAuthorizerEnvironment(process.env)

/** How long a start waits for the key set. */
const LONGEST_LOAD_MS = 6000

const clock = Date.now
const logger = jsonLogger((line) => process.stdout.write(`${line}\n`))
const readPepper = ssmSecret(new SSMClient(AWS_TIMEOUTS), keyPepperParameter, { clock, maxAgeMs: refreshMs })
const access = createServingAccess({
  objects: s3ObjectStore(new S3Client(AWS_TIMEOUTS), artefactBucket),
  openHasher: async () => nodeKeyMaterial(await readPepper()),
  ...{ clock, logger, maxAgeMs: refreshMs },
})
const authorize = createKeyAuthorizer({ access, clock, maxAgeMs: refreshMs })

// Read while the function starts; a start that took longer than Lambda allows would begin anew.
await Promise.race([authorize(undefined).catch(() => undefined), wait(LONGEST_LOAD_MS, undefined, { ref: false })])

/**
 * Tells an HTTP API whether a request bears a key that holds; what the key is good for is for the apps to ask. It fails,
 * and lets nobody in, where the keys cannot be read: a refusal would be kept, and not known to be right.
 */
export async function handler(event: unknown): Promise<AuthorizerAnswer> {
  const { headers, requestContext } = authorizerEventSchema.parse(event)
  const decision = await authorize(presentedKey((name) => headers[name]))
  if ('client' in decision) return { isAuthorized: true, context: { keyId: decision.client.keyId } }
  logger.warn('request_refused', { requestId: requestContext.requestId, reason: decision.refusal })
  return { isAuthorized: false }
}
