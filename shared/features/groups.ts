import type { Bet } from '../bets/bet.ts'

/** What is known of a bet at the moment it is placed: all that a feature may look at. */
export type Placement = Pick<
  Bet,
  'sport' | 'league' | 'market' | 'book' | 'betType' | 'isLive' | 'decimalOdds' | 'placedAtMs'
>

/**
 * Sets of bets whose history says something about the next one, with the fields that make up their key.
 *
 * A bet whose source does not name one of the fields belongs to no set that needs it.
 */
export const GROUPS = {
  ledger: [],
  sport: ['sport'],
  market: ['market'],
  live: ['is_live'],
  sport_market: ['sport', 'market'],
  sport_league: ['sport', 'league'],
  sport_league_market: ['sport', 'league', 'market'],
  book: ['book'],
  book_live: ['book', 'is_live'],
  bet_type: ['bet_type'],
  price_band: ['price_band'],
} as const satisfies Record<string, readonly string[]>

export type GroupName = keyof typeof GROUPS

export const GROUP_NAMES = Object.keys(GROUPS) as readonly GroupName[]

/** Position of each group in {@link GROUP_NAMES}. */
export const GROUP_INDEX = Object.fromEntries(GROUP_NAMES.map((name, g) => [name, g])) as Readonly<
  Record<GroupName, number>
>

/** Upper ends of the implied-probability bands, the last band open. */
export const PRICE_BAND_ENDS: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.48, 0.52, 0.56, 0.65]

/** Band of the implied probability 1/decimalOdds, 0 for the longest prices. */
export function priceBand(decimalOdds: number): number {
  const implied = 1 / decimalOdds
  let band = 0
  while (band < PRICE_BAND_ENDS.length && implied >= (PRICE_BAND_ENDS[band] as number)) band++
  return band
}
