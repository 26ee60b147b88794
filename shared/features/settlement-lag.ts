import type { KnownBet } from './known-bet.ts'

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
export function assumedSettlementHours(bet: Pick<KnownBet, 'sport' | 'betType' | 'isLive'>): number {
  if (bet.isLive) return 6
  const isSlow = bet.sport !== null && SLOW_SPORTS.has(bet.sport)
  if (bet.betType === 'straight') return isSlow ? 96 : 24
  return isSlow ? 120 : 48
}

/**
 * How it is known when a result was known: the ledger was told it after the bet had stood open in it, the source gives
 * the time of settlement, or the time is assumed.
 */
export const KNOWN_BY = ['told', 'settled', 'assumed'] as const
export type KnownBy = (typeof KNOWN_BY)[number]

/** What {@link knownAtMs} goes by. */
export function knownBy({ settledAtMs, resultKnownAtMs }: Pick<KnownBet, 'settledAtMs' | 'resultKnownAtMs'>): KnownBy {
  if (resultKnownAtMs !== null) return 'told'
  return settledAtMs === null ? 'assumed' : 'settled'
}

/**
 * When the result of a bet was known, milliseconds since the epoch.
 *
 * A result that was told late counts from then; one that came together with its bet, as in an imported history, from
 * its settlement; without a settlement time from the assumed one ({@link assumedSettlementHours}).
 */
export function knownAtMs(
  bet: Pick<KnownBet, 'sport' | 'betType' | 'isLive' | 'placedAtMs' | 'settledAtMs' | 'resultKnownAtMs'>,
): number {
  const { placedAtMs, settledAtMs, resultKnownAtMs } = bet
  if (resultKnownAtMs !== null) return Math.max(resultKnownAtMs, settledAtMs ?? placedAtMs)
  return settledAtMs ?? placedAtMs + assumedSettlementHours(bet) * HOUR_MS
}
