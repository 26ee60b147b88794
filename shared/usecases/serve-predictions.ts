import type { HighGradeBet } from '../config/events.ts'
import type { FieldNames } from '../features/vocabulary.ts'
import type { Clock, Metrics } from '../kernel/ports.ts'
import { decimalFromAmerican } from '../odds/convert.ts'
import type { LoggedPrediction } from '../performance/served-prediction.ts'
import type { BetPrediction, BetQuestion } from './bet-prediction.ts'
import type { Grade } from './grade.ts'
import { isHighGrade } from './grade.ts'
import type { HighGradeBets } from './high-grade-bets.ts'
import type { BetAnswers, PredictDeps } from './predict-bets.ts'
import { predictBets } from './predict-bets.ts'
import type { PredictionLog } from './prediction-log.ts'

/** A question with what its asker tells beside it. */
export interface AskedBet extends BetQuestion {
  /** Closing-line value in per cent; kept in the log and used for nothing else, since no close is known yet. */
  clvPct: number | null
}

/** Some bets asked about at once. */
export interface PredictionRequest {
  requestId: string
  /** The API key that asks; null where none is needed. */
  keyId: string | null
  bets: readonly AskedBet[]
}

export interface ServeDeps extends PredictDeps {
  /** Tells durations, in milliseconds and their fractions. */
  stopwatch: Clock
  log: PredictionLog
  highGrade: HighGradeBets
  metrics: Metrics
}

/**
 * Predicts bets for somebody, counts that, notes it in the prediction log and tells of bets of high grade. What is noted
 * and told is written in the background: no answer waits for it or fails with it.
 *
 * @throws {DomainError} `odds_out_of_range`
 * @throws {UpstreamError} where no model is in service
 */
export async function servePredictions(deps: ServeDeps, request: PredictionRequest): Promise<BetAnswers> {
  const startedAtMs = deps.stopwatch()
  const answers = await predictBets(deps, request.bets)
  const latencyMs = Math.max(0, deps.stopwatch() - startedAtMs)
  deps.metrics.record('prediction_latency', latencyMs, 'Milliseconds')
  count(deps.metrics, request.bets, answers)
  deps.log.append(entriesOf(request, answers, latencyMs))
  for (const [i, prediction] of answers.predictions.entries()) {
    if (isHighGrade(prediction.grade)) announce(deps, request.requestId, request.bets[i] as AskedBet, prediction)
  }
  return answers
}

/** Counts answers by sport, market and grade: one value for all that are alike. */
function count(metrics: Metrics, bets: readonly AskedBet[], { loaded, predictions }: BetAnswers): void {
  const { sport: sports, market: markets } = loaded.snapshot.state.vocabulary
  const dimensionsOf = (i: number, grade: Grade) => {
    const { sport, market } = bets[i] as AskedBet
    return { sport: labelOf(sports, sport), market: labelOf(markets, market), grade }
  }
  const [only] = predictions
  if (predictions.length === 1 && only !== undefined) {
    metrics.record('predictions_total', 1, 'Count', dimensionsOf(0, only.grade))
    return
  }
  const counts = new Map<string, { dimensions: ReturnType<typeof dimensionsOf>; n: number }>()
  for (const [i, { grade }] of predictions.entries()) {
    const dimensions = dimensionsOf(i, grade)
    const key = `${dimensions.sport}\n${dimensions.market}\n${grade}`
    const alike = counts.get(key)
    if (alike === undefined) counts.set(key, { dimensions, n: 1 })
    else alike.n += 1
  }
  for (const { dimensions, n } of counts.values()) metrics.record('predictions_total', n, 'Count', dimensions)
}

const PRINTABLE_ASCII = /^[ -~]{0,99}[!-~]$/

/** A name as a dimension of a metric: only names of the ledger, so that callers cannot make series of their own. */
function labelOf({ codes }: FieldNames, name: string): string {
  return codes.has(name) && PRINTABLE_ASCII.test(name) ? name : 'other'
}

function entriesOf(
  { requestId, keyId, bets }: PredictionRequest,
  { loaded, predictions, values }: BetAnswers,
  latencyMs: number,
): LoggedPrediction[] {
  const { names } = loaded.inputs
  // Spelled out: spreading parts into so many members took a tenth of a prediction's time.
  return predictions.map((prediction, index) => {
    const bet = bets[index] as AskedBet
    return {
      requestId,
      index,
      keyId,
      atMs: prediction.predictedAtMs,
      modelVersion: prediction.modelVersion,
      origin: prediction.origin,
      sport: bet.sport,
      league: bet.league,
      market: bet.market,
      book: bet.book,
      betType: bet.betType,
      isLive: bet.isLive,
      decimalOdds: decimalFromAmerican(bet.americanOdds),
      clvPct: bet.clvPct,
      featureNames: names,
      featureValues: values.subarray(index * names.length, (index + 1) * names.length),
      winProbability: prediction.winProbability,
      expectedReturn: prediction.expectedReturn,
      confidence: prediction.confidence,
      grade: prediction.grade,
      staleFeatures: prediction.staleFeatures,
      latencyMs,
    }
  })
}

function announce(deps: ServeDeps, requestId: string, bet: AskedBet, prediction: BetPrediction): void {
  const { grade } = prediction
  if (!isHighGrade(grade)) return
  deps.metrics.record('high_grade_bets_total', 1, 'Count', { grade })
  const { sport, league, market, book, americanOdds, betType, isLive } = bet
  deps.highGrade.tell(JSON.stringify([sport, league, market, book, americanOdds, betType, isLive]), () =>
    highGradeBet(requestId, bet, { ...prediction, grade }),
  )
}

function highGradeBet(
  requestId: string,
  { sport, league, market, book, americanOdds, betType, isLive }: AskedBet,
  prediction: BetPrediction & Pick<HighGradeBet, 'grade'>,
): HighGradeBet {
  const { grade, winProbability, confidence, modelVersion, origin } = prediction
  return {
    type: 'HighGradeBet',
    at: new Date(prediction.predictedAtMs).toISOString(),
    ...{ requestId, sport, league, market, book, betType, isLive, americanOdds },
    decimalOdds: decimalFromAmerican(americanOdds),
    ...{ grade, winProbability, confidence, modelVersion, origin },
    expectedRoiPct: prediction.expectedReturn * 100,
    recommendedStakePct: prediction.stakeShare * 100,
  }
}
