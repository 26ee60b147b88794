import type { BetPrediction, BetQuestion } from './bet-prediction.ts'
import type { PredictDeps } from './predict-bets.ts'
import { predictBets } from './predict-bets.ts'

/**
 * Predicts a bet's win probability and what follows from it and the price.
 *
 * @throws {DomainError} `odds_out_of_range`
 * @throws {UpstreamError} where no model is in service
 */
export async function predictBet(deps: PredictDeps, question: BetQuestion): Promise<BetPrediction> {
  const { predictions } = await predictBets(deps, [question])
  return predictions[0] as BetPrediction
}
