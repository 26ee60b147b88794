import * as z from 'zod'
import { SYNC_VERDICTS } from '../../shared/usecases/sync-bets.ts'

const MOST_RECORDS = 1000

const RECORD =
  'A row of the Closeline ledger file (`id`, `status`, `time_placed`, `american_odds`, `bet_type`, `sport`, `league`, ' +
  '`market`, `institution_name`, `is_live`, `is_win`, `roi`, `clv_percentage`), a record of the tracker (those and ' +
  '`odds`, `amount`, `profit`, `currency`, `pick_name`, `time_settled`, `is_settled`, …), or a row of `bets` with its ' +
  'column names. Numbers and flags may be text; `updated_at` tells versions of a bet apart; other fields are ignored.'

const EXAMPLE_RECORD = {
  id: '65a1b2c3d4e5f60718293a4b',
  status: 'SETTLED_WIN',
  bet_type: 'straight',
  sport: 'Basketball',
  league: 'NBA',
  market: 'Player Points',
  institution_name: 'DraftKings',
  american_odds: -110,
  amount: 10,
  profit: 9.09,
  currency: 'USD',
  pick_name: 'Nikola Jokić Over 26.5',
  is_live: false,
  time_placed: '2026-03-01T18:05:00Z',
  time_settled: '2026-03-01T21:10:00Z',
  updated_at: '2026-03-01T21:12:30Z',
}

export const syncBodySchema = z
  .strictObject({
    bets: z
      .array(z.unknown().meta({ description: RECORD, example: EXAMPLE_RECORD }))
      .min(1, { error: 'holds no record' })
      .max(MOST_RECORDS, { error: `holds more than ${MOST_RECORDS} records` })
      .meta({ description: 'The records, each judged by itself.', example: [EXAMPLE_RECORD] }),
    source: z
      .string()
      .trim()
      .min(1, { error: 'must not be empty' })
      .max(100, { error: 'is longer than 100 characters' })
      .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), { error: 'holds a control character' })
      .default('api')
      .meta({ description: 'What the sender calls itself; shown where the batch is.', example: 'browser-extension' }),
  })
  .meta({ id: 'SyncRequest' })

const count = (description: string, example: number) => z.int().min(0).max(MOST_RECORDS).meta({ description, example })

export const syncAnswerSchema = z
  .object({
    success: z.literal(true).meta({ description: 'For clients that read it.', example: true }),
    batch_id: z.string().nullable().meta({
      description: 'Id of the batch among the imports; null where it changed nothing and nothing was refused.',
      example: 'b2f5ff47-4366-4d5c-9c26-5a3c8a3f0f7e',
    }),
    results: z
      .array(
        z.object({
          index: z.int().min(0).meta({ description: 'Place of the record in the batch, from 0.', example: 0 }),
          id: z.string().nullable().meta({ description: 'Id of the bet.', example: '65a1b2c3d4e5f60718293a4b' }),
          verdict: z.enum(SYNC_VERDICTS).meta({
            description:
              '`outdated`: the ledger has a newer version. `duplicate`: another record of the batch speaks for the bet. ' +
              '`quarantined`: no bet; kept, with its reason, until somebody mends or discards it.',
            example: 'inserted',
          }),
          error: z
            .object({
              code: z.string().meta({ description: 'Stable name of what is wrong.', example: 'odds_out_of_range' }),
              field: z
                .string()
                .nullable()
                .meta({ description: 'Field to blame; null where the whole record is.', example: 'american_odds' }),
              message: z
                .string()
                .meta({ description: 'A sentence.', example: 'american_odds: 50 is between -100 and +100' }),
            })
            .optional()
            .meta({ description: 'On quarantined records only.' }),
        }),
      )
      .meta({ description: 'One for each record, in their order.' }),
    summary: z
      .object({
        received: count('Records of the batch: the sum of the others.', 3),
        inserted: count('New bets.', 1),
        updated: count('Bets that the ledger had otherwise.', 1),
        unchanged: count('Bets that the ledger had as they are.', 1),
        outdated: count('Older versions of bets.', 0),
        duplicate: count('Records whose bet another record speaks for.', 0),
        quarantined: count('Records that are no bets.', 0),
      })
      .meta({ description: 'The verdicts counted.' }),
    demo_bets_removed: z.int().min(0).meta({ description: 'Simulated bets that made way for your own.', example: 0 }),
    pipeline: z.enum(['scheduled', 'not_scheduled', 'not_needed']).meta({
      description:
        'Scores and predictions know the change after the next run of the pipeline. `scheduled`: it comes by itself, ' +
        'within the hour. `not_scheduled`: somebody must run it. `not_needed`: nothing changed.',
      example: 'scheduled',
    }),
  })
  .meta({ id: 'SyncAnswer' })

export type SyncAnswer = z.infer<typeof syncAnswerSchema>
