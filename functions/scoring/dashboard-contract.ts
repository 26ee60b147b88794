import * as z from 'zod'
import { WINDOWS } from '../../shared/performance/dashboard.ts'
import { DIMENSIONS } from '../../shared/performance/dashboard-part.ts'
import { freshnessFields } from './score-contract.ts'

export const dashboardQuerySchema = z.object({
  months: z
    .enum(WINDOWS, { error: `is one of ${WINDOWS.join(', ')}` })
    .default('all')
    .meta({
      description: 'Calendar months of UTC: the latest with a bet, and those before it up to this many.',
      example: '12',
    }),
})

const count = (description: string, example: number) => z.int().min(0).meta({ description, example })
const pct = (description: string, example: number) =>
  z.number().meta({ description: `${description}, per cent.`, example })
const share = (description: string, example: number) =>
  z
    .number()
    .min(0)
    .max(100)
    .meta({ description: `${description}, per cent.`, example })
const probability = (description: string, example: number) =>
  z
    .number()
    .min(0)
    .max(1)
    .meta({ description: `${description}, 0 to 1.`, example })
const amount = (description: string, example: number) =>
  z.number().meta({ description: `${description}, in units of \`currency\`.`, example })
const units = (description: string, example: number) =>
  z.number().meta({ description: `${description}, in stakes of equal size.`, example })
const day = (description: string, example: string) => z.iso.date().meta({ description, example })

/** A figure with its 95 % interval, days counting as one draw each. */
const estimate = (description: string) =>
  z
    .object({
      pct: pct('The estimate', -3.1),
      lowPct: pct('Lower end', -7.4).nullable(),
      highPct: pct('Upper end; null, both, where all bets are of one day', 1.2).nullable(),
      n: count('Bets that it stands on.', 412),
      days: count('Days that these were placed on.', 96),
    })
    .nullable()
    .meta({ description })

const figures = {
  bets: count('Bets placed.', 431),
  settled: count('Of these settled.', 425),
  open: count('Of these open.', 6),
  wins: count('Won, half-won ones among them.', 204),
  losses: count('Lost, half-lost ones among them.', 201),
  pushes: count('Pushes and voids.', 18),
  cashOuts: count('Cashed out.', 2),
  winRate: z
    .object({
      pct: share('Share of decided bets that won', 50.37),
      lowPct: share('Lower end of its 95 % Wilson interval', 45.52),
      highPct: share('Upper end', 55.21),
      n: count('Bets won or lost.', 405),
    })
    .nullable()
    .meta({ description: 'Null where none was decided.' }),
  impliedWinRate: z
    .object({
      pct: share('Mean of 1 / decimal odds: the win rate that would just pay at fair prices', 51.9),
      n: count('Bets simply won or lost whose price is known.', 398),
    })
    .nullable()
    .meta({ description: 'What the prices say; null where none is known.' }),
  roi: estimate('Mean net return of a settled bet as if all stakes were equal; null where no return is known.'),
  yield: estimate('Profit over turnover; null where no stake is known, or money is of several currencies.'),
  money: z
    .object({
      n: count('Settled bets whose money is known.', 425),
      turnover: amount('Staked', 4250).min(0),
      profit: amount('Net profit, that of free bets among it', -131.75),
    })
    .nullable()
    .meta({ description: 'Null where no money is known, or money is of several currencies.' }),
  closing: z
    .object({
      n: count('Settled bets whose closing price is known.', 310),
      coveragePct: share('Their share of settled bets', 72.94).nullable(),
      value: estimate('Mean closing-line value, price taken / closing price - 1; null where none is known.'),
    })
    .meta({ description: 'Against closing prices.' }),
}

const totalsSchema = z.object(figures).meta({ id: 'DashboardFigures' })

const groupSchema = z
  .object({
    name: z
      .string()
      .nullable()
      .meta({ description: 'Null: the bets whose source does not say.', example: 'Basketball' }),
    ...figures,
    shrunkRoi: z
      .object({
        pct: pct('The estimate', -2.6),
        lowPct: pct('Lower end of its 95 % interval', -6.1),
        highPct: pct('Upper end', 0.9),
      })
      .nullable()
      .meta({
        description:
          'Empirical-Bayes estimate: the ROI drawn towards that of the whole, the more the fewer bets it stands on and the ' +
          'less groups differ. Null where no return and price are known.',
      }),
  })
  .meta({ id: 'DashboardGroup' })

const dimensionSchema = z
  .object({
    groups: count('Groups in all; the 100 of most bets are listed.', 15),
    deviationPct: pct(
      "Standard deviation of the groups' true ROI around the whole's, as the shrinking takes it",
      5.3,
    ).min(0),
    listed: z.array(groupSchema).meta({ description: 'By falling number of bets; price bands by rising price.' }),
  })
  .meta({ id: 'DashboardDimension' })

const drawdown = (value: z.ZodNumber) =>
  z
    .object({
      depth: value,
      from: day('Day of the height before; null: the beginning.', '2026-01-11').nullable(),
      to: day('Day of the bottom.', '2026-02-20'),
      recovered: day('First day at that height again; null: not since.', '2026-02-27').nullable(),
    })
    .nullable()
    .meta({ description: 'Null where the curve never fell, or no money is known.' })

const bankrollSchema = z
  .object({
    curve: z
      .array(
        z.object({
          date: day('UTC day of placement.', '2026-02-20'),
          units: units('Cumulative profit at its end', -12.41),
          profit: amount('The same of the money; null where none is known', -131.75).nullable(),
        }),
      )
      .max(400)
      .meta({ description: 'Days with a settled bet, thinned to at most 400, the last one among them.' }),
    maxDrawdown: z
      .object({
        units: drawdown(units('Depth', 21.5).gt(0)),
        money: drawdown(amount('Depth', 214.3).gt(0)),
      })
      .meta({ description: 'The deepest fall of the bankroll at the end of days.' }),
  })
  .meta({ id: 'DashboardBankroll' })

const luckSchema = z
  .object({
    n: count('Bets simply won or lost, at prices from -10000 to +10000, of which something was expected.', 17_690),
    withoutExpectation: count('Such bets before 500 earlier ones told what to expect.', 3664),
    expectedUnits: units('Profit to be expected: prices recalibrated on all earlier months', -676.2),
    actualUnits: units('Profit at the same prices', -1271.3),
    differenceUnits: units('Actual less expected', -595.1),
    standardDeviationUnits: units('Of the difference by chance', 364.7).min(0),
    designEffect: z
      .number()
      .min(1)
      .meta({ description: 'How much more days vary than independent bets; part of the deviation.', example: 3.01 }),
    z: z.number().meta({ description: 'Difference over its standard deviation.', example: -1.63 }),
    p: probability('Chance of a difference at least as large, if the expectation was right', 0.103),
  })
  .nullable()
  .meta({ id: 'DashboardLuck', description: 'Null where nothing could be expected of any bet.' })

const instant = (description: string) =>
  z.iso.datetime().nullable().meta({ description, example: '2026-02-01T18:05:00.000Z' })

const scores = (description: string) =>
  z
    .object({
      meanProbability: probability('Mean', 0.512),
      brier: z.number().min(0).max(1).meta({ description: 'Mean squared error; lower is better.', example: 0.2451 }),
      logLoss: z.number().min(0).meta({ description: 'In nats; lower is better.', example: 0.6832 }),
    })
    .meta({ description })

const binSchema = z.object({
  n: count('Bets.', 48),
  meanProbability: probability('Mean predicted win probability', 0.537),
  winRate: probability('Share that won', 0.521),
  low: probability('Lower end of its 95 % Wilson interval', 0.384),
  high: probability('Upper end', 0.655),
})

const predictionsSchema = z
  .object({
    from: instant('When the first of them was served; null where none was.'),
    to: instant('When the last of them was served.'),
    withinDays: z.int().min(1).meta({ description: 'Days that are looked back over.', example: 90 }),
    served: count('Predictions served in them.', 5120),
    servedMatched: count('Of these followed within 24 hours by the bet that they were asked about.', 402),
    bets: count('Bets placed since the first of them.', 431),
    betsMatched: count('Of these with such a prediction before.', 398),
    betsOpen: count('Of the latter still open.', 6),
    unreadable: count('Lines of the log that could not be read.', 0),
    isCut: z
      .boolean()
      .meta({ description: 'Whether the oldest were left out, since they are too many.', example: false }),
    calibration: z
      .object({
        n: count('Bets with a prediction that won or lost.', 380),
        winRate: probability('Share that won', 0.505),
        model: scores('Of the predictions.'),
        price: scores('Of 1 / decimal odds on the same bets.'),
        bins: z
          .array(binSchema)
          .max(10)
          .meta({ description: 'By tenths of the predicted probability, empty ones left out.' }),
      })
      .nullable()
      .meta({ description: 'Null where no such bet was won or lost yet.' }),
    note: z.string().meta({
      description: 'What stands behind it.',
      example: '380 bets that won or lost had a prediction within 24 hours before.',
    }),
  })
  .meta({ id: 'DashboardPredictions', description: 'What came of the predictions that were served; of any window.' })

export const dashboardBodySchema = z
  .object({
    success: z.literal(true).meta({ description: 'For clients that read it.', example: true }),
    months: z.enum(WINDOWS).meta({ description: 'The window that was asked for.', example: '12' }),
    from: z
      .string()
      .regex(/^\d{4,6}-\d\d$/)
      .nullable()
      .meta({ description: 'Its first month with a bet; null where there is no bet.', example: '2025-04' }),
    to: z
      .string()
      .regex(/^\d{4,6}-\d\d$/)
      .nullable()
      .meta({ description: 'Its last month with a bet.', example: '2026-03' }),
    currency: z
      .string()
      .length(3)
      .nullable()
      .meta({ description: 'ISO 4217; null where no money is told.', example: 'USD' }),
    totals: totalsSchema,
    by: z
      .object(
        Object.fromEntries(DIMENSIONS.map((name) => [name, dimensionSchema])) as Record<
          (typeof DIMENSIONS)[number],
          typeof dimensionSchema
        >,
      )
      .meta({ description: 'The same figures by group.' }),
    bankroll: bankrollSchema,
    luck: luckSchema,
    predictions: predictionsSchema,
    data: z.enum(['own', 'demo']).meta({ description: '`demo` where the ledger is simulated.', example: 'own' }),
    ...freshnessFields,
  })
  .meta({ id: 'Dashboard' })

export type DashboardBody = z.infer<typeof dashboardBodySchema>
