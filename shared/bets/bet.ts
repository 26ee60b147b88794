import * as z from 'zod'

/**
 * What can have become of a bet. The list partitions all bets: every bet is in exactly one state.
 * `half_won` and `half_lost` come from quarter lines, `void` from a cancelled event, `push` from a tie with the line.
 */
export const BET_STATES = ['open', 'won', 'lost', 'push', 'void', 'half_won', 'half_lost', 'cashed_out'] as const
export type BetState = (typeof BET_STATES)[number]

/** `straight` is one selection; all others combine several. */
export const BET_TYPES = [
  'straight',
  'parlay',
  'teaser',
  'round_robin_2',
  'round_robin_3',
  'round_robin_4',
  'round_robin_5',
] as const
export type BetType = (typeof BET_TYPES)[number]

/**
 * Prices, returns and closing line values beyond this are no such thing: the longest parlay of a real ledger pays 2.4
 * million for one, and sums of squares must stay finite.
 */
export const LARGEST_RATIO = 1e9

const label = (max: number) => z.string().min(1).max(max)

/**
 * One bet of the ledger in canonical form. Null means "the source does not say", never a default.
 *
 * Money is in integer minor units of `currency` (cents); prices are decimal odds; instants are milliseconds since the
 * Unix epoch, UTC.
 */
export const betSchema = z
  .object({
    id: label(100),
    /** `demo` bets come from the simulator and are never mixed with a bettor's own. */
    origin: z.enum(['import', 'demo']),
    state: z.enum(BET_STATES),
    betType: z.enum(BET_TYPES),
    sport: label(100).nullable(),
    league: label(100).nullable(),
    market: label(200).nullable(),
    book: label(100).nullable(),
    /** Free text of what was bet on: player, side, line, legs. */
    selection: z.string().min(1).max(4000).nullable(),
    isLive: z.boolean(),
    /** Staked with the book's money: `stakeMinor` is 0, so that it never counts as turnover. */
    isFreeBet: z.boolean(),
    decimalOdds: z.number().gt(1).max(LARGEST_RATIO).nullable(),
    stakeMinor: z.int().min(0).nullable(),
    /** Net result: −stake for a loss, never the payout. */
    profitMinor: z.int().nullable(),
    currency: z.string().length(3).nullable(),
    /** Net result per unit staked as the source gives it; used where there is no money. */
    returnPerUnit: z.number().min(-1).max(LARGEST_RATIO).nullable(),
    /** Price taken / closing price − 1. Known only after the market closed: it evaluates, it never predicts. */
    closingLineValue: z.number().gt(-1).max(LARGEST_RATIO).nullable(),
    placedAtMs: z.int(),
    settledAtMs: z.int().nullable(),
    /**
     * When the result was first told, where the ledger had the bet open, or with another result, before. Null where the
     * bet came with its result: only the settlement time says when it was known then.
     */
    resultKnownAtMs: z.int().nullable(),
  })
  .refine((bet) => bet.settledAtMs === null || bet.settledAtMs >= bet.placedAtMs, {
    path: ['settledAtMs'],
    message: 'settled before it was placed',
  })
  .refine((bet) => bet.resultKnownAtMs === null || bet.resultKnownAtMs >= bet.placedAtMs, {
    path: ['resultKnownAtMs'],
    message: 'its result was known before it was placed',
  })

export type Bet = z.infer<typeof betSchema>

/** Order of a ledger: by placement, ties by id, so that every machine sees the same sequence. */
export function byPlacement(a: Bet, b: Bet): number {
  return a.placedAtMs - b.placedAtMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}
