import * as z from 'zod'
import { BET_STATES, BET_TYPES } from '../../shared/bets/bet.ts'
import { decimalFromAmerican } from '../../shared/odds/convert.ts'
import { cursorField } from './bets-cursor.ts'
import { flagFilter, instantField, instantFilter, limitField, nameFilter } from './bets-fields.ts'

/** Name of the list in its cursors. */
export const BETS_LIST = 'bets'

const ODDS_RULE = 'American odds are at most -100 or at least 100, and within a million'

const oddsFilter = (description: string, example: string) =>
  z
    .string()
    // A bare + in a query means a space.
    .regex(/^[ +-]?(?:[1-9]\d{2,5}|1000000)$/, { error: ODDS_RULE })
    .optional()
    .transform((text) => (text === undefined ? undefined : decimalFromAmerican(Number(text))))
    .meta({ description, example })

export const betsQuerySchema = z
  .object({
    sport: nameFilter('Sport.', 'Basketball'),
    league: nameFilter('League.', 'NBA'),
    market: nameFilter('Market.', 'Player Points'),
    book: nameFilter('Sportsbook.', 'DraftKings'),
    bet_type: z.enum(BET_TYPES).optional().meta({ description: 'Bet type; any where absent.', example: 'straight' }),
    state: z.enum(BET_STATES).optional().meta({ description: 'What became of it; any where absent.', example: 'won' }),
    settled: flagFilter('Whether its result is known.'),
    is_live: flagFilter('Whether it was placed during its event.'),
    origin: z
      .enum(['own', 'demo'])
      .optional()
      .meta({ description: '`demo` bets are simulated; any where absent.', example: 'own' }),
    placed_from: instantFilter('Placed at this instant or later.', '2025-03-01T00:00:00Z'),
    placed_to: instantFilter('Placed before this instant.', '2026-03-01T00:00:00Z'),
    min_american_odds: oddsFilter('Shortest price, this one included. Bets without a price are left out.', '-200'),
    max_american_odds: oddsFilter('Longest price, this one included. Bets without a price are left out.', '150'),
    limit: limitField({ most: 500, usual: 100 }),
    cursor: cursorField(BETS_LIST),
  })
  .refine(({ placed_from: from, placed_to: to }) => from === undefined || to === undefined || from < to, {
    path: ['placed_to'],
    message: 'is not after placed_from',
  })
  .refine(
    ({ min_american_odds: min, max_american_odds: max }) => min === undefined || max === undefined || min <= max,
    {
      path: ['max_american_odds'],
      message: 'is a shorter price than min_american_odds',
    },
  )

export type BetsQuery = z.output<typeof betsQuerySchema>

const name = (description: string, example: string) => z.string().nullable().meta({ description, example })

export const listedBetSchema = z
  .object({
    id: z.string().meta({ description: 'Id in its source.', example: '65a1b2c3d4e5f60718293a4b' }),
    origin: z.enum(['own', 'demo']).meta({ description: '`demo` bets are simulated.', example: 'own' }),
    state: z.enum(BET_STATES).meta({ description: 'What became of it.', example: 'won' }),
    settled: z.boolean().meta({ description: 'Whether its result is known.', example: true }),
    bet_type: z.enum(BET_TYPES).meta({ description: 'Bet type.', example: 'straight' }),
    sport: name('Sport; null where its source does not say.', 'Basketball'),
    league: name('League; null where its source does not say.', 'NBA'),
    market: name('Market; null where its source does not say.', 'Player Points'),
    book: name('Sportsbook; null where its source does not say.', 'DraftKings'),
    selection: name('What was bet on; null where its source does not say.', 'Nikola Jokić Over 26.5'),
    is_live: z.boolean().meta({ description: 'Whether it was placed during its event.', example: false }),
    is_free_bet: z.boolean().meta({ description: 'Staked with money of the book.', example: false }),
    decimal_odds: z
      .number()
      .gt(1)
      .nullable()
      .meta({ description: 'Total return for one unit staked; null where not known.', example: 1.9090909090909092 }),
    american_odds: z
      .int()
      .nullable()
      .meta({ description: 'The same price in whole American points; null where there is none.', example: -110 }),
    implied_probability: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .meta({ description: '1 / decimal_odds, the margin in it: 0 to 1.', example: 0.5238095238095238 }),
    stake_minor: z
      .int()
      .min(0)
      .nullable()
      .meta({ description: 'Stake in minor units of `currency` (cents); null where not known.', example: 1000 }),
    profit_minor: z
      .int()
      .nullable()
      .meta({ description: 'Net result in minor units of `currency`; null where not known.', example: 909 }),
    currency: name('ISO 4217 code of the money; null where there is none.', 'USD'),
    return_pct: z
      .number()
      .nullable()
      .meta({ description: 'Net result in per cent of the stake, as the source tells it; else null.', example: 90.9 }),
    closing_line_value_pct: z.number().nullable().meta({
      description: 'Price taken over closing price, less one, in per cent; null where not known.',
      example: 2.5,
    }),
    placed_at: instantField('When it was placed.'),
    settled_at: instantField('When its event ended.').nullable().meta({ description: 'Null where not known.' }),
    result_known_at: instantField('When the ledger first heard of the result.')
      .nullable()
      .meta({ description: 'When the ledger was told a result that it did not have; else null.' }),
    updated_at: instantField('When the ledger last changed it.'),
  })
  .meta({ id: 'ListedBet' })

export const betsBodySchema = z
  .object({
    success: z.literal(true).meta({ description: 'For clients that read it.', example: true }),
    bets: z.array(listedBetSchema).max(500).meta({ description: 'Newest placement first, ties by id descending.' }),
    next_cursor: z
      .string()
      .nullable()
      .meta({ description: 'Give it as `cursor` for the next bets; null at the end.', example: null }),
  })
  .meta({ id: 'Bets' })

export type BetsBody = z.infer<typeof betsBodySchema>
