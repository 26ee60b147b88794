import type { AliasConfiguration, LambdaClient } from '@aws-sdk/client-lambda'
import { GetAliasCommand, PreconditionFailedException, UpdateAliasCommand } from '@aws-sdk/client-lambda'
import { LIVE_ALIAS } from '../config/stage.ts'
import { DomainError, UpstreamError } from '../kernel/errors.ts'
import type { Sleep } from '../kernel/ports.ts'
import { isSame } from '../traffic/drift.ts'
import type { Answering } from '../traffic/moves.ts'
import { inWords } from '../traffic/moves.ts'
import type { LiveAlias, LiveAliases } from '../usecases/traffic-ports.ts'
import { blamingLambda, ifUnknown, refusalStatus } from './lambda-errors.ts'

/**
 * {@link LiveAliases} on Lambda.
 *
 * @param sleep  waits before an update is tried again
 */
export function lambdaAliases(client: LambdaClient, sleep: Sleep): LiveAliases {
  const get = (functionName: string) => blamingLambda(() => readAlias(client, functionName))
  return {
    get,
    shift: (functionName, to, revisionId) =>
      blamingLambda(() => shiftAlias({ client, sleep, functionName, to }, revisionId)),
  }
}

async function readAlias(client: LambdaClient, FunctionName: string): Promise<LiveAlias | undefined> {
  const alias = await client.send(new GetAliasCommand({ FunctionName, Name: LIVE_ALIAS })).catch(ifUnknown)
  return alias === undefined ? undefined : toLiveAlias(alias, FunctionName)
}

function toLiveAlias({ FunctionVersion, RevisionId, RoutingConfig }: AliasConfiguration, name: string): LiveAlias {
  if (FunctionVersion === undefined || RevisionId === undefined) {
    throw new UpstreamError('Lambda', `the alias of ${name} has no version or no revision`, { retryable: false })
  }
  const weights = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {})
  const [canary, weight] = weights.find(([, share]) => share > 0) ?? [null, 0]
  return { stable: FunctionVersion, canary, weight, revisionId: RevisionId }
}

interface Shift {
  client: LambdaClient
  sleep: Sleep
  functionName: string
  to: Answering
}

const MOST_TRIES = 4
const FIRST_WAIT_MS = 500

/**
 * Moves the alias, trying again where Lambda fails: updates of a routing configuration are known to end in an
 * InternalError. Whether such an update came to pass after all is seen from the alias, as it is after a refusal for
 * another revision.
 *
 * @see github.com/aws/aws-sdk-js-v3/issues/7254
 */
async function shiftAlias(shift: Shift, revisionId: string): Promise<LiveAlias> {
  const { client, sleep, functionName, to } = shift
  for (let tries = 1; ; tries++) {
    try {
      return toLiveAlias(await updateAlias(shift, revisionId), functionName)
    } catch (thrown) {
      const isOvertaken = thrown instanceof PreconditionFailedException
      if (!isOvertaken && !isInternal(thrown)) throw thrown
      const live = await readAlias(client, functionName)
      if (live !== undefined && isSame(live, to)) return live
      if (isOvertaken || live?.revisionId !== revisionId) throw moved(functionName, live)
      if (tries === MOST_TRIES) throw thrown
      await sleep(FIRST_WAIT_MS * 2 ** (tries - 1))
    }
  }
}

function updateAlias({ client, functionName, to }: Shift, RevisionId: string) {
  const { stable, canary, weight } = to
  return client.send(
    new UpdateAliasCommand({
      ...{ FunctionName: functionName, Name: LIVE_ALIAS, FunctionVersion: stable, RevisionId },
      // Left out, it would stay as it is.
      RoutingConfig: { AdditionalVersionWeights: canary === null ? {} : { [canary]: weight } },
    }),
  )
}

function isInternal(thrown: unknown): boolean {
  const status = refusalStatus(thrown)
  return status !== undefined && status >= 500
}

function moved(functionName: string, live: LiveAlias | undefined): DomainError {
  const found = live === undefined ? 'is gone' : `is at ${inWords(live)}`
  return new DomainError(
    'traffic_moved',
    `the alias of ${functionName} was moved by somebody else in the meantime: it ${found}; see closeline status`,
  )
}
