import { messageOf } from '../kernel/errors.ts'
import type { Clock, Logger, Sleep } from '../kernel/ports.ts'

/** What tells of invocations, and lets the process be frozen when asked for the next one. */
interface Invocations {
  next(): Promise<{ requestId: string; deadlineMs: number }>
}

export interface BetweenInvocationsDeps {
  /** Undefined where nobody can be asked to wait: then what is to be done is done before the answer. */
  invocations: Invocations | undefined
  /**
   * Does what must not be left half done when the process is frozen; undefined where there is nothing. Its failure is
   * logged.
   */
  tidy: () => Promise<unknown> | undefined
  clock: Clock
  /** Waits without keeping the process alive. */
  sleep: Sleep
  logger: Logger
}

/** Work between an answer and the freeze that follows it. */
export interface BetweenInvocations {
  /** Tells that the handler has answered an invocation, or failed. Waits where the answer has to. */
  answered(requestId: string): Promise<void>
}

/** Left of an invocation's time when the work is let be: it goes on when the process is thawed. */
const MARGIN_MS = 500
/** Before a place that did not answer is asked again. */
const PAUSE_MS = 100

/**
 * Has work done after an answer has gone out and before the process is frozen: a request that is under way then may find
 * its connection closed when it is thawed, and what waits in memory may never be written.
 */
export function betweenInvocations(deps: BetweenInvocationsDeps): BetweenInvocations {
  const { invocations, clock, sleep, logger } = deps
  let lastAnswered: string | undefined
  let awaited: { requestId: string; resolve: () => void } | undefined

  const note = (thrown: unknown) => logger.error('tidying_failed', { cause: messageOf(thrown) })

  /** Undefined where all is tidy: most invocations leave nothing, and need no timer. Never throws. */
  function tidied(): Promise<unknown> | undefined {
    try {
      return deps.tidy()?.catch(note)
    } catch (thrown) {
      note(thrown)
      return undefined
    }
  }

  /** The handler may have answered before this heard of the invocation. */
  function whenAnswered(requestId: string): Promise<void> {
    if (lastAnswered === requestId) return Promise.resolve()
    return new Promise((resolve) => {
      awaited = { requestId, resolve }
    })
  }

  async function serve(from: Invocations): Promise<never> {
    for (;;) {
      try {
        const { requestId, deadlineMs } = await from.next()
        await whenAnswered(requestId)
        const work = tidied()
        if (work !== undefined) await Promise.race([work, sleep(Math.max(0, deadlineMs - clock() - MARGIN_MS))])
      } catch (thrown) {
        logger.error('invocations_unheard', { cause: messageOf(thrown) })
        await sleep(PAUSE_MS)
      }
    }
  }

  if (invocations !== undefined) void serve(invocations)
  return {
    async answered(requestId) {
      if (invocations === undefined) {
        await tidied()
        return
      }
      lastAnswered = requestId
      if (awaited !== undefined && awaited.requestId === requestId) awaited.resolve()
    },
  }
}
