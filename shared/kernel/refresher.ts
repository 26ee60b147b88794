import type { Clock } from './ports.ts'

/** Keeps something in memory fresh: one look at a time, repeated when it is old. */
export interface Refresher {
  /** Looks now; calls that overlap share one look. */
  refresh(): Promise<void>
  /** Looks where it is time to: after `maxAgeMs`, or {@link EMPTY_RETRY_MS} while there is nothing to serve from. */
  refreshIfDue(isEmpty: boolean): Promise<void> | undefined
}

/** While there is nothing to serve from, a look is repeated after this long, the `Retry-After` that callers are told. */
export const EMPTY_RETRY_MS = 5000

/**
 * Made for functions that are frozen between requests: nothing runs by itself, a request that finds the last look old
 * starts the next one.
 *
 * @param look  never rejects: it keeps what it has and notes why there is nothing newer
 */
export function createRefresher(options: { clock: Clock; maxAgeMs: number; look: () => Promise<void> }): Refresher {
  const { clock, maxAgeMs, look } = options
  let lookedAtMs = Number.NEGATIVE_INFINITY
  let running: Promise<void> | undefined
  const refresh = () => {
    if (running !== undefined) return running
    lookedAtMs = clock()
    running = look().finally(() => {
      running = undefined
    })
    return running
  }
  return {
    refresh,
    refreshIfDue(isEmpty) {
      const dueAfterMs = isEmpty ? Math.min(EMPTY_RETRY_MS, maxAgeMs) : maxAgeMs
      return clock() - lookedAtMs >= dueAfterMs ? refresh() : running
    },
  }
}
