import type { DailyBankroll } from './replay-bets.ts'

/** How a bankroll fell below its earlier highs, at the ends of days. */
export interface Drawdown {
  /** Deepest fall as a share of the high before it, in [0, 1]. */
  depth: number
  /** Days since the epoch of that high and of the low; undefined where the bankroll never fell. */
  fromDay: number | undefined
  lowDay: number | undefined
  /** Longest time from a high until it is reached again, or until the end, in days; of any fall. */
  longestDays: number
}

/**
 * Drawdown of a bankroll: depth = max over t of (H_t − B_t)/H_t, H_t = max(initial, max_{s ≤ t} B_s). The bankroll at the
 * start counts as a high of the first day.
 *
 * @param initial  bankroll at the start, > 0
 */
export function drawdownOf(curve: readonly DailyBankroll[], initial: number): Drawdown {
  let high = { bankroll: initial, day: curve[0]?.day ?? 0 }
  let isBelow = false
  const worst: Drawdown = { depth: 0, fromDay: undefined, lowDay: undefined, longestDays: 0 }
  for (const { day, bankroll } of curve) {
    const depth = 1 - bankroll / high.bankroll
    isBelow ||= depth > 0
    if (isBelow) worst.longestDays = Math.max(worst.longestDays, day - high.day)
    if (depth > worst.depth) Object.assign(worst, { depth, fromDay: high.day, lowDay: day })
    if (depth > 0) continue
    high = { bankroll, day }
    isBelow = false
  }
  return worst
}
