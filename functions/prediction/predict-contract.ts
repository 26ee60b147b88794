import * as z from 'zod'
import { BET_TYPES } from '../../shared/bets/bet.ts'
import { CONTROL_OR_BROKEN, nameField } from '../../shared/http/fields.ts'

const AMERICAN_ODDS_RULE = 'American odds are whole, from -10000 to -100 or from 100 to 10000'

/** A price left out is asked for; one that cannot be is told the rule. */
const oddsError = (issue: { input?: unknown }) => (issue.input === undefined ? 'is required' : AMERICAN_ODDS_RULE)

const americanOdds = z
  .union([z.int().min(-10_000).max(-100), z.int().min(100).max(10_000)], { error: oddsError })
  .meta({ description: `Price offered. ${AMERICAN_ODDS_RULE}.`, example: -110 })

const sport = nameField('Sport, spelled as in your ledger.', 'Basketball')
const league = nameField('League.', 'NBA')
const market = nameField('Market.', 'Player Points')
const institution = nameField('Sportsbook.', 'DraftKings')
const betType = z
  .enum(BET_TYPES)
  .default('straight')
  .meta({ description: 'How many selections, and how combined.', example: 'straight' })

const CLV_NOTE = 'Closing-line value in per cent. Accepted and logged; never an input, since no close is known yet.'

const values = {
  bet_type: betType,
  odds: americanOdds,
  is_live: z.boolean().default(false).meta({ description: 'Whether the event is in play.', example: false }),
  clv_percentage: z.number().optional().meta({ description: CLV_NOTE, example: 1.5 }),
}

/** Body of `POST /api/v1/predict`. */
export const predictBodySchema = z
  .strictObject({ sport, league, market, institution_name: institution, ...values })
  .meta({ id: 'PredictRequest' })

export type PredictRequest = z.output<typeof predictBodySchema>

/** Body of `POST /api/predict`: as above, and the sportsbook may be called `institution`. */
export const aliasBodySchema = z
  .strictObject({
    ...{ sport, league, market },
    institution_name: institution.optional(),
    institution: institution.optional().meta({
      description: 'Another name of institution_name; one of the two is needed.',
      example: 'DraftKings',
    }),
    ...values,
  })
  .transform(({ institution: other, ...bet }, context): PredictRequest => {
    const book = bet.institution_name ?? other
    const isClear = book !== undefined && (other === undefined || other === book)
    if (isClear) return { ...bet, institution_name: book }
    const message = book === undefined ? 'is required' : 'is not the same as institution'
    context.addIssue({ code: 'custom', path: ['institution_name'], message })
    return z.NEVER
  })
  .meta({ id: 'PredictAliasRequest' })

const booleanText = (description: string) =>
  z
    .enum(['true', 'false'], { error: 'is either true or false' })
    .default('false')
    .transform((text) => text === 'true')
    .meta({ description, example: 'false' })

/** Query of every route that predicts one bet. */
export const explainQuerySchema = z.object({ explain: booleanText('Whether to tell what the probability is made of.') })

/** Values of a bet as text. */
const valuesAsText = {
  bet_type: betType,
  odds: z
    .string({ error: oddsError })
    // A bare + in a query means a space, and "odds=+150" is what people type.
    .trim()
    .regex(/^[+-]?([1-9]\d{2,3}|10000)$/, { error: AMERICAN_ODDS_RULE })
    .transform(Number)
    .pipe(americanOdds)
    .meta({ description: `Price offered. ${AMERICAN_ODDS_RULE}.`, example: '-110' }),
  is_live: booleanText('Whether the event is in play.'),
  clv_percentage: z
    .string()
    .regex(/^-?\d{1,12}(\.\d{1,12})?$/, { error: 'a number, such as 1.5' })
    .transform(Number)
    .optional()
    .meta({ description: CLV_NOTE, example: '1.5' }),
}

/** Query of `GET /api/v1/predict`: the same fields as text. Unknown parameters are ignored. */
export const predictQuerySchema = z.object({
  ...{ sport, league, market, institution_name: institution },
  ...valuesAsText,
  ...explainQuerySchema.shape,
})

const possiblyEmpty = (description: string, example: string) =>
  z
    .string({ error: (issue) => (issue.input === undefined ? 'is required' : 'must be text') })
    .trim()
    .max(200, { error: 'is longer than 200 characters' })
    .refine((text) => !CONTROL_OR_BROKEN.test(text), { error: 'must not hold control characters' })
    .meta({ description, example })

/** Query of `GET /ml-predict`: names may be empty, which its old clients know to be a 400. */
export const legacyQuerySchema = z.object({
  sport: possiblyEmpty('Sport, spelled as in your ledger.', 'Basketball'),
  league: possiblyEmpty('League.', 'NBA'),
  market: possiblyEmpty('Market.', 'Player Points'),
  institution_name: possiblyEmpty('Sportsbook.', 'DraftKings'),
  ...valuesAsText,
})
