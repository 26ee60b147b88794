import type { Bet } from '../bets/bet.ts'

const HOUR_MS = 3_600_000

/** Sports whose bets are commonly placed days before the event, or whose events take days. */
const SLOW_SPORTS = new Set(['American Football', 'Golf', 'Cricket', 'Motorsport'])

/**
 * Hours from placement after which a result is taken as known, for sources without settlement times.
 *
 * The assumption is long on purpose: a result believed known too early leaks the future into a feature, one believed
 * known too late only costs a little history. Live bets 6 h, straight bets 24 h, combined bets 48 h; 96 h and 120 h in
 * sports with weekly or day-long events.
 */
export function assumedSettlementHours(bet: Pick<Bet, 'sport' | 'betType' | 'isLive'>): number {
  if (bet.isLive) return 6
  const isSlow = bet.sport !== null && SLOW_SPORTS.has(bet.sport)
  if (bet.betType === 'straight') return isSlow ? 96 : 24
  return isSlow ? 120 : 48
}

/** When the result of a bet is taken as known: the source's settlement time, else placement plus the assumed hours. */
export function knownAtMs(bet: Bet): number {
  return bet.settledAtMs ?? bet.placedAtMs + assumedSettlementHours(bet) * HOUR_MS
}
