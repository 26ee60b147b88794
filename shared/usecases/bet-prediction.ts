import type { BetType } from '../bets/bet.ts'
import { InvariantError } from '../kernel/errors.ts'
import { clamp } from '../kernel/numeric.ts'
import { expectedValue, kellyFraction, stakeShare } from '../odds/value.ts'
import type { Grade } from './grade.ts'
import { confidenceOf, gradeOf, intervalHalfWidth } from './grade.ts'
import type { ServedFrom } from './served-from.ts'

/** A bet that somebody thinks of placing now. */
export interface BetQuestion {
  sport: string
  league: string
  market: string
  book: string
  betType: BetType
  americanOdds: number
  isLive: boolean
}

/** What a probability was worked out from. */
export interface PredictionBasis {
  /** Decided bets with a price of the same sport and market behind the prediction; 0 where features are stale. */
  historyBets: number
  /** Inputs older than their time to live, which count as unknown. */
  staleFeatures: string[]
  /** When the ledger behind the features was last read. */
  featuresAsOfMs: number
  modelVersion: string
  origin: 'own' | 'demo'
  /** Whether model and features are known to be the newest there are. */
  servedFrom: ServedFrom
  predictedAtMs: number
}

/** `probability`: p · d − 1. `roi_head`: a model of returns, served where it was proven to be better. */
export const RETURN_SOURCES = ['probability', 'roi_head'] as const
export type ReturnSource = (typeof RETURN_SOURCES)[number]

export interface BetPrediction extends PredictionBasis {
  winProbability: number
  /** 95 % interval of the probability, from the history behind it. */
  probabilityInterval: { low: number; high: number }
  /** Expected net return per unit staked: 0.05 is 5 %. */
  expectedReturn: number
  /** What the expected return was worked out by. */
  returnFrom: ReturnSource
  kelly: number
  /** Advised stake as a share of bankroll. */
  stakeShare: number
  confidence: number
  grade: Grade
}

/**
 * All that follows from a win probability and a price. Stake and grade go by the expected return, so that they cannot
 * contradict it: Kelly's share is r/(d − 1), which is (p·d − 1)/(d − 1) where r is p · d − 1.
 *
 * @param p    as the model answered, in (0, 1)
 * @param own  expected net return per unit by an ROI head that is served; p · d − 1 where there is none
 * @throws {InvariantError} where it is none
 */
export function concludeFrom(
  p: number | undefined,
  decimalOdds: number,
  basis: PredictionBasis,
  own?: number,
): BetPrediction {
  if (p === undefined || !(p > 0 && p < 1)) throw new InvariantError(`model ${basis.modelVersion} answered ${p}`)
  const halfWidth = intervalHalfWidth(p, basis.historyBets)
  const confidence = confidenceOf(basis.historyBets, halfWidth)
  const kelly = own === undefined ? kellyFraction(p, decimalOdds) : clamp(own / (decimalOdds - 1), 0, 1)
  const expectedReturn = own ?? expectedValue(p, decimalOdds)
  return {
    historyBets: basis.historyBets,
    staleFeatures: basis.staleFeatures,
    featuresAsOfMs: basis.featuresAsOfMs,
    modelVersion: basis.modelVersion,
    origin: basis.origin,
    servedFrom: basis.servedFrom,
    predictedAtMs: basis.predictedAtMs,
    winProbability: p,
    probabilityInterval: { low: clamp(p - halfWidth, 0, 1), high: clamp(p + halfWidth, 0, 1) },
    expectedReturn,
    returnFrom: own === undefined ? 'probability' : 'roi_head',
    kelly,
    stakeShare: stakeShare(kelly),
    confidence,
    grade: gradeOf(expectedReturn * 100, confidence),
  }
}
