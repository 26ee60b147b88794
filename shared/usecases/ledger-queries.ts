import type { Bet } from '../bets/bet.ts'

/** Which bets are meant: all conditions hold at once; one that is absent lets all through. Names are compared exactly. */
export interface BetFilter {
  sport?: string | undefined
  league?: string | undefined
  market?: string | undefined
  book?: string | undefined
  betType?: Bet['betType'] | undefined
  state?: Bet['state'] | undefined
  isSettled?: boolean | undefined
  isLive?: boolean | undefined
  origin?: Bet['origin'] | undefined
  /** Placed at this instant or later. */
  placedFromMs?: number | undefined
  /** Placed before this instant. */
  placedBeforeMs?: number | undefined
  /** Both ends count; a bet without a price is in no range. */
  minDecimalOdds?: number | undefined
  maxDecimalOdds?: number | undefined
}

/** A place in the list of bets: that of a bet, its placement as the ledger writes it, to the microsecond. */
export interface BetPosition {
  placedAt: string
  id: string
}

/** A bet of the list. */
export interface ListedBet {
  bet: Bet
  position: BetPosition
  /** When the ledger last changed it, ISO 8601. */
  updatedAt: string
}

/** Questions to the ledger that are not about all of it; each is one request. */
export interface BetQueries {
  /** Bets in order of placement, newest first, ties by id descending; those behind a position, where one is given. */
  list(filter: BetFilter, page: { limit: number; after: BetPosition | null }): Promise<ListedBet[]>
  /** When the ledger last changed a bet, in milliseconds; undefined where it has none. */
  newestChangeMs(): Promise<number | undefined>
}

/** A part of the list. */
export interface BetPage {
  bets: ListedBet[]
  /** Where the next part begins; null where there is none. */
  next: BetPosition | null
}

/** The next `limit` bets of a list. */
export async function listBets(
  queries: BetQueries,
  filter: BetFilter,
  { limit, after }: { limit: number; after: BetPosition | null },
): Promise<BetPage> {
  // One more than asked for tells whether there are more.
  const found = await queries.list(filter, { limit: limit + 1, after })
  const bets = found.slice(0, limit)
  const last = bets.at(-1)
  return { bets, next: found.length > limit && last !== undefined ? last.position : null }
}
