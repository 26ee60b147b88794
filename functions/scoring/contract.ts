import * as z from 'zod'
import { BET_TYPES } from '../../shared/bets/bet.ts'
import { optionalName, requiredName } from '../../shared/http/fields.ts'
import { SCORES } from '../../shared/performance/evaluation.ts'

export const scoreQuerySchema = z.object({
  sport: requiredName('Sport, spelled as in your ledger.', 'Basketball'),
  market: requiredName('Market.', 'Player Points'),
  league: optionalName('League; any where absent.', 'NBA'),
  book: optionalName('Sportsbook; any where absent.', 'DraftKings'),
  player: optionalName('Part of what was bet on, in any case; any where absent.', 'Jokic'),
  betType: z
    .preprocess((text) => (text === '' ? undefined : text), z.enum(BET_TYPES).optional())
    .meta({ description: 'Bet type; any where absent.', example: 'straight' }),
})

const pct = z.number().nullable()

export const scoreBodySchema = z
  .object({
    success: z.literal(true),
    performance: z.object({
      totalBets: z.int().min(0).meta({ description: 'Settled bets that match; open ones do not count.', example: 412 }),
      totalWagered: z
        .number()
        .nullable()
        .meta({ description: 'In units of `currency`; null where stakes are not known.' }),
      totalProfit: z.number().nullable().meta({ description: 'Net, in units of `currency`; null where not known.' }),
      currency: z.string().nullable(),
      roi: pct.meta({ description: 'Per cent; see `roiBasis`. Null where no return is known.', example: -3.1 }),
      roiInterval: z
        .object({ low: z.number(), high: z.number(), level: z.literal(0.95) })
        .nullable()
        .meta({ description: '95 % interval of the ROI, per cent.' }),
      roiBasis: z.enum(['turnover', 'flat_stakes']).nullable().meta({
        description: '`turnover`: profit over money staked. `flat_stakes`: mean return a bet, as if stakes were equal.',
      }),
      winRate: pct.meta({ description: 'Per cent of decided bets (won or lost) that won.', example: 50.4 }),
      wins: z.int().min(0),
      losses: z.int().min(0),
      pushes: z.int().min(0).meta({ description: 'Pushes and voids.' }),
      cashOuts: z.int().min(0),
    }),
    evaluation: z.object({
      score: z.enum(SCORES),
      scoreValue: z.number().meta({ description: 'The ROI in per cent; 0 where unknown.' }),
      recommendation: z.string(),
      warnings: z.array(z.string()),
    }),
    data: z.enum(['own', 'demo']).meta({ description: '`demo` where the ledger is simulated.' }),
    settlementTimes: z
      .enum(['recorded', 'partly_assumed', 'assumed'])
      .meta({ description: 'Whether the source says when bets settled; where not, results count from assumed times.' }),
  })
  .meta({ id: 'Score' })

export type ScoreBody = z.infer<typeof scoreBodySchema>
