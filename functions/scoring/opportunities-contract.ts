import * as z from 'zod'
import { cursorField } from './bets-cursor.ts'
import { flagFilter, instantField, limitField, nameFilter } from './bets-fields.ts'

/** Name of the list in its cursors. */
export const OPPORTUNITIES_LIST = 'opportunities'

const MOST_OFFERS = 200

const OFFER =
  'Required: `sport`, `market`, `book`. Optional: `league`, `selection`, `odds` (American), `value` (expected value in ' +
  'per cent of the stake, -100 to 100000), `timestamp` (when it was seen), `expires_at` (when it ends, at most 366 ' +
  'days ahead; a day after it was last seen where absent), both with a zone. Any other field is refused.'

const EXAMPLE_OFFER = {
  sport: 'Basketball',
  league: 'NBA',
  market: 'Player Points',
  book: 'DraftKings',
  selection: 'Nikola Jokić Over 26.5',
  odds: -110,
  value: 3.2,
}

export const captureBodySchema = z
  .strictObject({
    opportunities: z
      .array(z.unknown().meta({ description: OFFER, example: EXAMPLE_OFFER }))
      .min(1, { error: 'holds no opportunity' })
      .max(MOST_OFFERS, { error: `holds more than ${MOST_OFFERS} opportunities` })
      .meta({ description: 'The opportunities, each judged by itself.', example: [EXAMPLE_OFFER] }),
  })
  .meta({ id: 'CaptureRequest' })

export const captureAnswerSchema = z
  .object({
    success: z.literal(true).meta({ description: 'For clients that read it.', example: true }),
    captured: z.int().min(0).max(MOST_OFFERS).meta({ description: 'Opportunities that are new.', example: 1 }),
    duplicates: z
      .int()
      .min(0)
      .max(MOST_OFFERS)
      .meta({ description: 'Opportunities known already, or twice in the batch; their life is extended.', example: 0 }),
    rejected: z
      .array(
        z.object({
          index: z.int().min(0).meta({ description: 'Place in the batch, from 0.', example: 2 }),
          field: z
            .string()
            .nullable()
            .meta({ description: 'Field to blame; null where the whole item is.', example: 'odds' }),
          error: z.string().meta({ description: 'What is wrong with it.', example: 'must be a number' }),
        }),
      )
      .meta({ description: 'Items that are no opportunities; captured + duplicates + rejected are all.' }),
  })
  .meta({ id: 'CaptureAnswer' })

const VALUE_RULE = 'is a number from -100 to 100000'

export const opportunitiesQuerySchema = z.object({
  sport: nameFilter('Sport.', 'Basketball'),
  league: nameFilter('League.', 'NBA'),
  market: nameFilter('Market.', 'Player Points'),
  book: nameFilter('Sportsbook.', 'DraftKings'),
  min_value: z
    .string()
    .regex(/^-?\d{1,6}(?:\.\d{1,6})?$/, { error: VALUE_RULE })
    .transform(Number)
    .pipe(z.number().min(-100, { error: VALUE_RULE }).max(100_000, { error: VALUE_RULE }))
    .optional()
    .meta({
      description: 'Least expected value in per cent of the stake; those without one are left out.',
      example: '2',
    }),
  include_expired: flagFilter('Whether those that ended are told, too; they are kept for about a day.'),
  limit: limitField({ most: 200, usual: 50 }),
  cursor: cursorField(OPPORTUNITIES_LIST),
})

const nullableName = (description: string, example: string) => z.string().nullable().meta({ description, example })

export const opportunityBodySchema = z
  .object({
    id: z.string().meta({ description: 'Hash of what it is.', example: 'ab'.repeat(32) }),
    sport: z.string().meta({ description: 'Sport.', example: 'Basketball' }),
    league: nullableName('League; null where not told.', 'NBA'),
    market: z.string().meta({ description: 'Market.', example: 'Player Points' }),
    book: z.string().meta({ description: 'Sportsbook.', example: 'DraftKings' }),
    selection: nullableName('What is bet on; null where not told.', 'Nikola Jokić Over 26.5'),
    odds: z.number().nullable().meta({ description: 'American odds; null where not told.', example: -110 }),
    value: z
      .number()
      .nullable()
      .meta({ description: 'Expected value in per cent of the stake, as last told; else null.', example: 3.2 }),
    timestamp: instantField('When its client saw it.').nullable().meta({ description: 'Null where not told.' }),
    captured_at: instantField('When it first came.'),
    last_seen_at: instantField('When it last came.'),
    seen_count: z.int().min(1).meta({ description: 'How often it came.', example: 3 }),
    expires_at: instantField('When it ends.'),
    expired: z.boolean().meta({ description: 'Whether it has ended.', example: false }),
  })
  .meta({ id: 'Opportunity' })

export const opportunitiesBodySchema = z
  .object({
    success: z.literal(true).meta({ description: 'For clients that read it.', example: true }),
    opportunities: z
      .array(opportunityBodySchema)
      .max(MOST_OFFERS)
      .meta({ description: 'Newest capture first, ties by id descending.' }),
    next_cursor: z
      .string()
      .nullable()
      .meta({ description: 'Give it as `cursor` for the next ones; null at the end.', example: null }),
  })
  .meta({ id: 'Opportunities' })

export type OpportunitiesBody = z.infer<typeof opportunitiesBodySchema>
