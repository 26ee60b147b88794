import * as z from 'zod'
import { BET_TYPES } from '../../shared/bets/bet.ts'
import { CONTROL_OR_BROKEN, LONGEST_NAME } from '../../shared/http/fields.ts'
import { SCORES } from '../../shared/performance/evaluation.ts'

const text = z
  .string({ error: (issue) => (issue.input === undefined ? 'is required' : 'must be text') })
  .max(LONGEST_NAME, { error: `is longer than ${LONGEST_NAME} characters` })
  .refine((value) => !CONTROL_OR_BROKEN.test(value), { error: 'must not hold control characters' })
  .trim()

/** A name that must be there. Spaces around it do not count. */
const required = (description: string, example: string) =>
  text.min(1, { error: 'must not be empty' }).meta({ description, example })

/** A name that old clients send empty when they mean "any". */
const optional = (description: string, example: string) =>
  text
    .optional()
    .transform((value) => value || undefined)
    .meta({ description: `${description}; any where absent or empty.`, example })

export const scoreQuerySchema = z.object({
  sport: required('Sport, spelled as in your ledger.', 'Basketball'),
  market: required('Market, spelled as in your ledger.', 'Player Points'),
  league: optional('League', 'NBA'),
  book: optional('Sportsbook', 'DraftKings'),
  player: optional('Part of what was bet on, in any case', 'Jokic'),
  betType: z
    .preprocess((value) => (value === '' ? undefined : value), z.enum(BET_TYPES).optional())
    .meta({ description: 'Bet type; any where absent or empty.', example: 'straight' }),
})

const count = (description: string, example: number) => z.int().min(0).meta({ description, example })

const performanceSchema = z
  .object({
    totalBets: count('Settled bets that match; open ones do not count.', 412),
    totalWagered: z
      .number()
      .min(0)
      .nullable()
      .meta({ description: 'In units of `currency`; null where not every stake is known.', example: 4120.5 }),
    totalProfit: z
      .number()
      .nullable()
      .meta({ description: 'Net, in units of `currency`; null where not every profit is known.', example: -127.74 }),
    currency: z
      .string()
      .length(3)
      .nullable()
      .meta({ description: 'ISO 4217; null where no money is told.', example: 'USD' }),
    roi: z
      .number()
      .nullable()
      .meta({ description: 'Per cent; see `roiBasis`. Null where no return is known.', example: -3.1 }),
    roiInterval: z
      .object({
        low: z.number().meta({ description: 'Lower end, per cent.', example: -11.8 }),
        high: z.number().meta({ description: 'Upper end, per cent.', example: 5.6 }),
        level: z.literal(0.95).meta({ description: 'Confidence.', example: 0.95 }),
      })
      .nullable()
      .meta({ description: '95 % interval of the ROI; null where a single bet gives none.' }),
    roiBasis: z.enum(['turnover', 'flat_stakes']).nullable().meta({
      description: '`turnover`: profit over money staked. `flat_stakes`: mean return a bet, as if stakes were equal.',
      example: 'turnover',
    }),
    winRate: z.number().min(0).max(100).nullable().meta({
      description: 'Per cent of decided bets (won or lost) that won; null where none was decided.',
      example: 50.4,
    }),
    wins: count('Bets won, half-won ones among them.', 204),
    losses: count('Bets lost, half-lost ones among them.', 201),
    pushes: count('Pushes and voids.', 5),
    cashOuts: count('Bets cashed out.', 2),
  })
  .meta({ description: 'The record in the segment that was asked for.' })

const evaluationSchema = z
  .object({
    score: z.enum(SCORES).meta({ description: 'How the record reads.', example: 'warning' }),
    scoreValue: z.number().meta({ description: 'The ROI in per cent; 0 where unknown.', example: -3.1 }),
    recommendation: z.string().meta({
      description: 'The score in a sentence.',
      example: 'Warning: your record here is weak over 412 settled bets.',
    }),
    warnings: z.array(z.string()).meta({
      description: 'What to know before trusting it.',
      example: ['The 95 % interval of the ROI includes zero: neither a profit nor a loss is proven.'],
    }),
  })
  .meta({ description: 'What the record says.' })

/** When what is served was last known to be true, on answers from memory. */
export const freshnessFields = {
  asOf: z.iso
    .datetime()
    .meta({ description: 'When the ledger was last read, UTC.', example: '2026-03-01T18:05:00.000Z' }),
  servedFrom: z.enum(['current', 'memory']).meta({
    description: '`memory`: whether there is something newer could not be looked up within the last five minutes.',
    example: 'current',
  }),
}

export const scoreBodySchema = z
  .object({
    success: z.literal(true).meta({ description: 'For clients that read it.', example: true }),
    performance: performanceSchema,
    evaluation: evaluationSchema,
    data: z.enum(['own', 'demo']).meta({ description: '`demo` where the ledger is simulated.', example: 'own' }),
    settlementTimes: z.enum(['recorded', 'partly_assumed', 'assumed']).meta({
      description: 'Whether the source says when bets settled; where not, results count from assumed times.',
      example: 'recorded',
    }),
    ...freshnessFields,
  })
  .meta({ id: 'Score' })

export type ScoreBody = z.infer<typeof scoreBodySchema>
