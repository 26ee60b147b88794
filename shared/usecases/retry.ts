import { UpstreamError } from '../kernel/errors.ts'
import type { Sleep } from '../kernel/ports.ts'

/** Tries at one request before the run gives up on it. */
const TRIES = 3

const FIRST_WAIT_MS = 250

/**
 * Tries a request again where its failure may pass, waiting longer each time: 250 ms, 1 s.
 *
 * @param onRetry  told before each wait, so that a report can count them
 */
export async function withRetries<T>(sleep: Sleep, work: () => Promise<T>, onRetry: () => void): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (thrown) {
      if (attempt === TRIES || !mayPass(thrown)) throw thrown
      onRetry()
      await sleep(FIRST_WAIT_MS * 4 ** (attempt - 1))
    }
  }
}

/** Whether the same call may succeed later. */
export function mayPass(thrown: unknown): thrown is UpstreamError {
  return thrown instanceof UpstreamError && thrown.retryable
}
