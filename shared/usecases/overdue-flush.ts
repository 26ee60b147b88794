import type { Clock } from '../kernel/ports.ts'
import type { BufferedPredictionLog } from './prediction-log.ts'

/**
 * Writes a log when something has waited for `maxAgeMs` by the clock. A log's own timer stands still while the process is
 * frozen; this is asked after every answer instead.
 *
 * @returns gives the write that is due, undefined where none is; one that fails is due again after as long
 */
export function overdueFlush(
  log: Pick<BufferedPredictionLog, 'flush' | 'stats'>,
  clock: Clock,
  maxAgeMs: number,
): () => Promise<void> | undefined {
  let waitsSinceMs: number | undefined
  const isWaiting = () => log.stats().waiting + log.stats().writing > 0
  return function flushIfOverdue() {
    const nowMs = clock()
    if (!isWaiting()) waitsSinceMs = undefined
    else waitsSinceMs ??= nowMs
    if (waitsSinceMs === undefined || nowMs - waitsSinceMs < maxAgeMs) return undefined
    // Counted from this try on: while the store is down, not every answer is followed by one.
    waitsSinceMs = nowMs
    return log.flush()
  }
}
