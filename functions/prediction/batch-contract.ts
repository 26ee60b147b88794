import * as z from 'zod'
import { GRADES } from '../../shared/usecases/grade.ts'
import { predictionSchema } from './predict-answer-contract.ts'
import { predictBodySchema } from './predict-contract.ts'

/** Most bets in one request. */
export const MOST_BETS = 100

const EXAMPLE_BET = {
  ...{ sport: 'Basketball', league: 'NBA', market: 'Player Points', institution_name: 'DraftKings', odds: -110 },
  ...{ bet_type: 'straight', is_live: false },
}

/** Bets are looked at one by one, so that one that cannot be does not spoil the others. */
const anyBet = z.custom<z.input<typeof predictBodySchema>>().meta({
  type: 'object',
  description: 'A bet as `POST /api/v1/predict` takes it. One that cannot be is answered among `errors`.',
  example: EXAMPLE_BET,
})

const bets = z
  .array(anyBet, { error: (issue) => (issue.input === undefined ? 'is required' : 'must be a list of bets') })
  .max(MOST_BETS, { error: `has at most ${MOST_BETS} bets` })

/** Body of `POST /api/v1/batch-predict`. */
export const batchBodySchema = z
  .strictObject({
    bets: bets
      .min(1, { error: 'must not be empty' })
      .meta({ description: `1 to ${MOST_BETS} bets.`, example: [EXAMPLE_BET] }),
  })
  .meta({ id: 'BatchPredictRequest' })

/** Body of `POST /batch-predict`: no bet at all is another status than for the above. */
export const legacyBatchBodySchema = z
  .strictObject({ bets: bets.meta({ description: `1 to ${MOST_BETS} bets.`, example: [EXAMPLE_BET] }) })
  .meta({ id: 'LegacyBatchPredictRequest' })

const index = z
  .int()
  .min(0)
  .max(MOST_BETS - 1)
  .meta({ description: 'Place of the bet in the request, from 0.', example: 0 })

const fieldErrors = z
  .array(
    z.object({
      field: z.string().meta({ description: 'The field to blame; empty where it is the bet itself.', example: 'odds' }),
      message: z.string().meta({ description: 'What is wrong with it.', example: 'is required' }),
    }),
  )
  .meta({ description: 'What is wrong, field by field.', example: [{ field: 'odds', message: 'is required' }] })

const count = (description: string, example: number) => z.int().min(0).max(MOST_BETS).meta({ description, example })

const summarySchema = z
  .object({
    total: count('Bets of the request.', 2),
    successful: count('Of these predicted.', 1),
    failed: count('Of these refused.', 1),
    grade_distribution: z
      .object(
        Object.fromEntries(
          GRADES.map((grade) => [grade, count(`Bets graded ${grade}.`, grade === 'D' ? 1 : 0)]),
        ) as Record<(typeof GRADES)[number], ReturnType<typeof count>>,
      )
      .meta({ description: 'Predictions by grade.', example: { A: 0, B: 0, C: 0, D: 1, F: 0 } }),
    average_expected_roi: z.number().min(-100).nullable().meta({
      description: 'Mean expected ROI of the predictions, per cent of the stake; null where there is none.',
      example: -1.9874,
    }),
    average_win_probability: z.number().min(0).max(1).nullable().meta({
      description: 'Mean win probability of the predictions, 0 to 1; null where there is none.',
      example: 0.5134,
    }),
  })
  .meta({ id: 'BatchSummary' })

export const batchAnswerSchema = z
  .object({
    predictions: z
      .array(
        z.object({
          index,
          bet: predictBodySchema.meta({ id: 'PredictedBet', description: 'The bet as it was understood.' }),
          prediction: predictionSchema,
        }),
      )
      .meta({ description: 'Bets that could be predicted, in their order.', example: [] }),
    errors: z
      .array(
        z.object({
          index,
          bet: z.unknown().meta({ description: 'The bet as it was sent.', example: { sport: 'Basketball' } }),
          error: z.string().meta({ description: 'What is wrong with it.', example: 'odds: is required' }),
          errors: fieldErrors,
        }),
      )
      .meta({ description: 'Bets that could not, in their order.', example: [] }),
    summary: summarySchema.meta({
      description: 'Of the whole request.',
      example: {
        ...{ total: 2, successful: 1, failed: 1, grade_distribution: { A: 0, B: 0, C: 0, D: 1, F: 0 } },
        ...{ average_expected_roi: -1.9874, average_win_probability: 0.5134 },
      },
    }),
  })
  .meta({ id: 'BatchPrediction' })

export type BatchAnswerBody = z.infer<typeof batchAnswerSchema>

/** Answer of `POST /batch-predict`: in the order of the bets. */
export const legacyBatchAnswerSchema = z
  .object({
    predictions: z
      .array(
        z.union([
          predictionSchema,
          z.object({ error: z.string().meta({ description: 'Why there is none.', example: 'odds: is required' }) }),
        ]),
      )
      .meta({ description: 'A prediction for each bet, or why there is none.', example: [] }),
    count: count('Bets of the request.', 2),
  })
  .meta({ id: 'LegacyBatchPrediction' })
