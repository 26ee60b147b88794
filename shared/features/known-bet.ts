import type { Bet } from '../bets/bet.ts'

/**
 * The fields of a bet that features are made of, in the order in which a snapshot keeps them. What is known only after
 * the market has closed is not among them, so it cannot become a feature.
 */
export const KNOWN_BET_KEYS = [
  'id',
  'state',
  'betType',
  'sport',
  'league',
  'market',
  'book',
  'isLive',
  'isFreeBet',
  'decimalOdds',
  'stakeMinor',
  'profitMinor',
  'currency',
  'returnPerUnit',
  'placedAtMs',
  'settledAtMs',
  'resultKnownAtMs',
] as const satisfies readonly (keyof Bet)[]

/** The part of a bet that features are made of. */
export type KnownBet = Pick<Bet, (typeof KNOWN_BET_KEYS)[number]>
