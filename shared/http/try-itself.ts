import type { LambdaEvent } from 'hono/aws-lambda'
import { messageOf } from '../kernel/errors.ts'
import type { Clock, Logger } from '../kernel/ports.ts'
import type { OwnRequest } from './gateway-event.ts'
import { gatewayEvent } from './gateway-event.ts'
import type { SelfTrial } from './self-trial.ts'

export interface TryItselfDeps {
  trial: SelfTrial
  /** The app behind Lambda's adapter, as callers reach it. */
  answer: (event: LambdaEvent) => Promise<{ statusCode: number }>
  stopwatch: Clock
  /** Told what came of it; not muted by the trial. */
  logger: Logger
}

/**
 * Has a function answer some requests of its own while it starts, so that the first caller does not pay for what is made
 * at first use. What comes of them is logged and changes nothing: a function without a model answers 503, and starts.
 */
export async function tryItself(deps: TryItselfDeps, requests: readonly OwnRequest[]): Promise<void> {
  const { trial, answer, stopwatch, logger } = deps
  const startedAtMs = stopwatch()
  const statuses: Record<string, number> = {}
  try {
    await trial.run(async () => {
      for (const request of requests) {
        const { statusCode } = await answer(gatewayEvent(request))
        statuses[`${request.method} ${request.target.split('?')[0]}`] = statusCode
      }
    })
    logger.info('self_trial', { statuses, durationMs: stopwatch() - startedAtMs })
  } catch (thrown) {
    logger.warn('self_trial_failed', { statuses, cause: messageOf(thrown) })
  }
}
