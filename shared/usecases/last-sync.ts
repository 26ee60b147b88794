import type { Clock } from '../kernel/ports.ts'
import type { BetQueries } from './ledger-queries.ts'

/** How long the answer is kept: clients ask whenever they come up. */
export const LAST_SYNC_AGE_MS = 5000

/**
 * Tells when the ledger last changed, in milliseconds; undefined where it has no bet. The answer is kept for
 * {@link LAST_SYNC_AGE_MS}; calls that overlap share one question, and a failed one is not remembered.
 */
export function createLastSync(open: () => Promise<{ bets: BetQueries }>, clock: Clock) {
  let held: { answer: Promise<number | undefined>; askedAtMs: number } | undefined
  return function lastSyncMs(): Promise<number | undefined> {
    if (held !== undefined && clock() - held.askedAtMs < LAST_SYNC_AGE_MS) return held.answer
    const asked = { answer: open().then(({ bets }) => bets.newestChangeMs()), askedAtMs: clock() }
    held = asked
    asked.answer.catch(() => {
      if (held === asked) held = undefined
    })
    return asked.answer
  }
}
