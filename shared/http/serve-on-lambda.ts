import type { OpenAPIHono } from '@hono/zod-openapi'
import type { APIGatewayProxyResult, LambdaContext, LambdaEvent } from 'hono/aws-lambda'
import { handle } from 'hono/aws-lambda'
import type { Clock, Logger, Sleep } from '../kernel/ports.ts'
import type { ApiEnv } from './api-env.ts'
import type { BetweenInvocationsDeps } from './between-invocations.ts'
import { betweenInvocations } from './between-invocations.ts'
import type { OwnRequest } from './gateway-event.ts'
import type { SelfTrial } from './self-trial.ts'
import { tryItself } from './try-itself.ts'

export interface ServeOnLambdaDeps extends BetweenInvocationsDeps {
  app: OpenAPIHono<ApiEnv>
  /** Reads what the app answers from. Never rejects. */
  load: () => Promise<unknown>
  trial: SelfTrial
  /** What it asks itself before anybody does. */
  ownRequests: readonly OwnRequest[]
  clock: Clock
  stopwatch: Clock
  sleep: Sleep
  logger: Logger
}

type LambdaHandler = (event: LambdaEvent, context: LambdaContext) => Promise<APIGatewayProxyResult>

/**
 * How long a start waits for what is loaded: Lambda gives it 10 s and begins anew where it takes longer. What comes later is
 * taken up when it is there, and until then callers are told to ask again.
 */
const LONGEST_LOAD_MS = 6000

/** The handler of an app that has loaded, has tried itself, and leaves nothing half done between invocations. */
export async function serveOnLambda(deps: ServeOnLambdaDeps): Promise<LambdaHandler> {
  const answer = handle(deps.app)
  const startedAtMs = deps.stopwatch()
  await Promise.race([deps.load(), deps.sleep(LONGEST_LOAD_MS)])
  deps.logger.info('loaded', { durationMs: deps.stopwatch() - startedAtMs })
  await tryItself({ ...deps, answer }, deps.ownRequests)
  const between = betweenInvocations(deps)
  return async function answerThenTidy(event, context) {
    try {
      return await answer(event, context)
    } finally {
      await between.answered(context.awsRequestId)
    }
  }
}
