import type { Bet } from '../bets/bet.ts'

/** What is known of a bet at the moment it is placed: all that a feature may look at. */
export type Placement = Pick<
  Bet,
  'sport' | 'league' | 'market' | 'book' | 'betType' | 'isLive' | 'decimalOdds' | 'placedAtMs'
>

/** Upper ends of the implied-probability bands, the last band open. */
const PRICE_BAND_ENDS = [0.1, 0.2, 0.3, 0.4, 0.48, 0.52, 0.56, 0.65]

/**
 * Sets of bets whose history says something about the next: each names the key that a bet has in it, undefined where the
 * bet lacks a part of the key.
 */
export const GROUPS = {
  ledger: () => '',
  sport: (bet: Placement) => keyOf(bet.sport),
  sport_market: (bet: Placement) => keyOf(bet.sport, bet.market),
  sport_league: (bet: Placement) => keyOf(bet.sport, bet.league),
  sport_league_market: (bet: Placement) => keyOf(bet.sport, bet.league, bet.market),
  book: (bet: Placement) => keyOf(bet.book),
  book_live: (bet: Placement) => keyOf(bet.book, bet.isLive ? 'live' : 'pre'),
  bet_type: (bet: Placement) => keyOf(bet.betType),
  price_band: (bet: Placement) => priceBand(bet.decimalOdds),
} as const satisfies Record<string, (bet: Placement) => string | undefined>

export type GroupName = keyof typeof GROUPS

export const GROUP_NAMES = Object.keys(GROUPS) as readonly GroupName[]

/** Parts joined so that no name, whatever it holds, can make two keys alike. */
function keyOf(...parts: (string | null)[]): string | undefined {
  return parts.includes(null) ? undefined : JSON.stringify(parts)
}

function priceBand(decimalOdds: number | null): string | undefined {
  if (decimalOdds === null) return undefined
  const implied = 1 / decimalOdds
  const band = PRICE_BAND_ENDS.findIndex((end) => implied < end)
  return String(band === -1 ? PRICE_BAND_ENDS.length : band)
}
