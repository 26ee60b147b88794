import type { Context } from 'hono'
import type { ApiEnv } from '../../shared/http/api.ts'
import { createIsoWriter } from '../../shared/kernel/iso-time.ts'
import { round } from '../../shared/kernel/numeric.ts'
import type { BetPrediction } from '../../shared/usecases/bet-prediction.ts'
import type { PredictionExplanation } from '../../shared/usecases/explain-prediction.ts'
import type { AskedBet, PredictionRequest } from '../../shared/usecases/serve-predictions.ts'
import type { ExplanationBody, PredictionBody } from './predict-answer-contract.ts'
import type { PredictRequest } from './predict-contract.ts'

/** A bet as the domain knows it. */
export function toAskedBet(request: PredictRequest): AskedBet {
  return {
    sport: request.sport,
    league: request.league,
    market: request.market,
    book: request.institution_name,
    betType: request.bet_type,
    americanOdds: request.odds,
    isLive: request.is_live,
    clvPct: request.clv_percentage ?? null,
  }
}

/** What a request asks, and in whose name. */
export function toPredictionRequest(c: Context<ApiEnv>, bets: readonly AskedBet[]): PredictionRequest {
  const access = c.get('access')
  const keyId = access !== undefined && 'client' in access ? access.client.keyId : null
  return { requestId: c.get('requestId'), keyId, bets }
}

const timeOf = createIsoWriter()
const asOf = createIsoWriter()

/** A prediction as clients get it. */
export function toPredictionBody(prediction: BetPrediction): PredictionBody {
  const { low, high } = prediction.probabilityInterval
  const expectedRoi = round(prediction.expectedReturn * 100, 4)
  return {
    win_probability: round(prediction.winProbability, 6),
    expected_roi: expectedRoi,
    expected_roi_from: prediction.returnFrom,
    kelly_fraction: round(prediction.kelly, 6),
    recommended_stake_pct: round(prediction.stakeShare * 100, 4),
    confidence: round(prediction.confidence, 4),
    bet_grade: prediction.grade,
    profitable: expectedRoi > 0,
    timestamp: timeOf(prediction.predictedAtMs),
    model_version: prediction.modelVersion,
    probability_interval: { low: round(low, 4), high: round(high, 4), level: 0.95 },
    history_bets: prediction.historyBets,
    stale_features: prediction.staleFeatures,
    features_as_of: asOf(prediction.featuresAsOfMs),
    data: prediction.origin,
    served_from: prediction.servedFrom,
  }
}

const DIGITS = 6

/** An explanation as clients get it: what rounding leaves goes to the other features, so that the sum is kept. */
export function toExplanationBody(explanation: PredictionExplanation): ExplanationBody {
  const base = round(explanation.baseLogOdds, DIGITS)
  const calibration = round(explanation.calibrationLogOdds, DIGITS)
  const logOdds = round(explanation.logOdds, DIGITS)
  const contributions = explanation.contributions.map((one) => ({
    feature: one.feature,
    description: one.description,
    value: one.value,
    contribution: round(one.logOdds, DIGITS),
    probability_points: one.probabilityPoints === null ? null : round(one.probabilityPoints, 4),
    sentence: one.sentence,
  }))
  const told = contributions.reduce((sum, { contribution }) => sum + contribution, 0)
  return {
    base_value: base,
    contributions,
    other_features: {
      count: explanation.others.features,
      contribution: round(logOdds - base - calibration - told, DIGITS),
    },
    calibration,
    log_odds: logOdds,
  }
}
