import type { Context } from 'hono'
import type { ApiEnv } from '../../shared/http/api.ts'
import { mean, round } from '../../shared/kernel/numeric.ts'
import type { BetPrediction } from '../../shared/usecases/bet-prediction.ts'
import { GRADES } from '../../shared/usecases/grade.ts'
import type { ServeDeps } from '../../shared/usecases/serve-predictions.ts'
import { servePredictions } from '../../shared/usecases/serve-predictions.ts'
import type { BatchAnswerBody } from './batch-contract.ts'
import { toAskedBet, toPredictionBody, toPredictionRequest } from './predict-body.ts'
import type { PredictRequest } from './predict-contract.ts'
import { predictBodySchema } from './predict-contract.ts'

/** What became of one bet of a batch. */
export type BatchOutcome = Predicted | Refused

interface Predicted {
  bet: PredictRequest
  prediction: BetPrediction
}

interface Refused {
  /** As it was sent. */
  bet: unknown
  errors: { field: string; message: string }[]
}

/** Predicts the bets that can be, by one run of the model; in the order of the bets. */
export async function predictEach(
  c: Context<ApiEnv>,
  deps: ServeDeps,
  bets: readonly unknown[],
): Promise<BatchOutcome[]> {
  const checked = bets.map(check)
  const requests = checked.flatMap((one) => ('request' in one ? [one.request] : []))
  if (requests.length === 0) return checked.flatMap((one) => ('request' in one ? [] : [one]))
  const { predictions } = await servePredictions(deps, toPredictionRequest(c, requests.map(toAskedBet)))
  const next = predictions.values()
  return checked.map((one) =>
    'request' in one ? { bet: one.request, prediction: next.next().value as BetPrediction } : one,
  )
}

function check(bet: unknown): { request: PredictRequest } | Refused {
  const { success, data, error } = predictBodySchema.safeParse(bet)
  if (success) return { request: data }
  const errors = error.issues.map((issue) => ({
    field: (issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue.path.join('.')).slice(0, LONGEST_TEXT),
    message: issue.message.slice(0, LONGEST_TEXT),
  }))
  return { bet, errors }
}

/** Texts of callers are repeated up to here. */
const LONGEST_TEXT = 300

/** What is wrong with a bet, in a line. */
export function errorText({ errors }: Refused): string {
  return errors.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`)).join('; ')
}

/** The answer to a batch. */
export function batchAnswer(outcomes: readonly BatchOutcome[]): BatchAnswerBody {
  const predictions: BatchAnswerBody['predictions'] = []
  const errors: BatchAnswerBody['errors'] = []
  for (const [index, outcome] of outcomes.entries()) {
    if ('errors' in outcome) {
      errors.push({ index, bet: outcome.bet, error: errorText(outcome), errors: outcome.errors })
    } else {
      predictions.push({ index, bet: outcome.bet, prediction: toPredictionBody(outcome.prediction) })
    }
  }
  return { predictions, errors, summary: summaryOf(outcomes) }
}

function summaryOf(outcomes: readonly BatchOutcome[]): BatchAnswerBody['summary'] {
  const predictions = outcomes.flatMap((outcome) => ('errors' in outcome ? [] : [outcome.prediction]))
  const gradeCount = Object.fromEntries(
    GRADES.map((grade) => [grade, 0]),
  ) as BatchAnswerBody['summary']['grade_distribution']
  for (const { grade } of predictions) gradeCount[grade] += 1
  const average = (figures: number[], digits: number) => (figures.length === 0 ? null : round(mean(figures), digits))
  return {
    total: outcomes.length,
    successful: predictions.length,
    failed: outcomes.length - predictions.length,
    grade_distribution: gradeCount,
    average_expected_roi: average(
      predictions.map(({ expectedReturn }) => expectedReturn * 100),
      4,
    ),
    average_win_probability: average(
      predictions.map(({ winProbability }) => winProbability),
      6,
    ),
  }
}
