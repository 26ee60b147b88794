import type { BetType } from '../bets/bet.ts'
import { onlineVector } from '../features/online.ts'
import { DomainError, InvariantError, UpstreamError } from '../kernel/errors.ts'
import { clamp, Z_95 } from '../kernel/numeric.ts'
import type { Clock } from '../kernel/ports.ts'
import { decimalFromAmerican } from '../odds/convert.ts'
import { expectedValue, kellyFraction, stakeShare } from '../odds/value.ts'
import { isWithinPriceRange } from '../recipe/dataset.ts'
import type { ServingModel } from './serving-model.ts'

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

export const GRADES = ['A', 'B', 'C', 'D', 'F'] as const
export type Grade = (typeof GRADES)[number]

export interface BetPrediction {
  winProbability: number
  /** 95 % interval of the probability, from the history behind it. */
  probabilityInterval: { low: number; high: number }
  /** Expected net return per unit staked: 0.05 is 5 %. */
  expectedReturn: number
  kelly: number
  /** Advised stake as a share of bankroll. */
  stakeShare: number
  confidence: number
  /** Decided bets with a price of the same sport and market behind the prediction; 0 where features are stale. */
  historyBets: number
  /** Inputs older than their time to live, which count as unknown. */
  staleFeatures: string[]
  /** When the ledger behind the features was last read. */
  featuresAsOfMs: number
  grade: Grade
  modelVersion: string
  origin: 'own' | 'demo'
  predictedAtMs: number
}

/**
 * Predicts a bet's win probability and what follows from it and the price.
 *
 * @throws {DomainError} `odds_out_of_range`
 * @throws {UpstreamError} where no model is in service
 */
export async function predictBet(
  deps: { model: ServingModel; clock: Clock },
  question: BetQuestion,
): Promise<BetPrediction> {
  deps.model.refreshIfStale()
  const loaded = deps.model.current()
  if (loaded === undefined) throw noModel(deps.model.problem())
  const decimalOdds = decimalFromAmerican(question.americanOdds)
  if (!isWithinPriceRange(decimalOdds)) {
    throw new DomainError(
      'odds_out_of_range',
      `american odds ${question.americanOdds}: models are trained on prices from -10000 to +10000`,
      { field: 'odds' },
    )
  }
  const predictedAtMs = deps.clock()
  const features = onlineVector(loaded.snapshot, loaded.inputs, { ...question, decimalOdds }, predictedAtMs)
  const [p] = await loaded.scorer.score(features.values, 1)
  if (p === undefined || !(p > 0 && p < 1)) throw new InvariantError(`model ${loaded.manifest.version} answered ${p}`)
  const { historyBets } = features
  const halfWidth = intervalHalfWidth(p, historyBets)
  const confidence = confidenceOf(historyBets, halfWidth)
  const kelly = kellyFraction(p, decimalOdds)
  const expectedReturn = expectedValue(p, decimalOdds)
  return {
    winProbability: p,
    probabilityInterval: { low: clamp(p - halfWidth, 0, 1), high: clamp(p + halfWidth, 0, 1) },
    expectedReturn,
    kelly,
    stakeShare: stakeShare(kelly),
    confidence,
    historyBets,
    staleFeatures: features.stale,
    featuresAsOfMs: features.lookedAtMs,
    grade: gradeOf(expectedReturn * 100, confidence),
    modelVersion: loaded.manifest.version,
    origin: loaded.snapshot.origin,
    predictedAtMs,
  }
}

function noModel(problem: string | undefined): UpstreamError {
  const explanation = `no model is in service: ${problem ?? 'none has been loaded yet'}`
  return new UpstreamError('model', explanation, { explanation })
}

/**
 * Half the width of a 95 % interval for p with n bets of history: z·√(p(1−p)/(n + 1)).
 *
 * How precisely a win rate near p could be known from n bets; wide where the history is short.
 */
function intervalHalfWidth(p: number, n: number): number {
  return Z_95 * Math.sqrt((p * (1 - p)) / (n + 1))
}

/** History of this many bets counts half. */
const HALF_CONFIDENT_BETS = 50

/**
 * Trust in a prediction: n/(n + 50) · (1 − width of the interval), in [0, 1).
 *
 * Passes 0.3 at 39 bets, 0.5 at 87 and 0.7 at 212 at even money; 0 without any history.
 *
 * @param n          decided bets with a price of the same sport and market
 * @param halfWidth  of the probability's 95 % interval
 */
export function confidenceOf(n: number, halfWidth: number): number {
  return (n / (n + HALF_CONFIDENT_BETS)) * clamp(1 - 2 * halfWidth, 0, 1)
}

/**
 * A letter for expected ROI (per cent) and confidence: A above 5 and 0.7, B above 3 and 0.5, C above 0 and 0.3, D above
 * −2, else F.
 */
export function gradeOf(expectedRoiPct: number, confidence: number): Grade {
  if (expectedRoiPct > 5 && confidence > 0.7) return 'A'
  if (expectedRoiPct > 3 && confidence > 0.5) return 'B'
  if (expectedRoiPct > 0 && confidence > 0.3) return 'C'
  return expectedRoiPct > -2 ? 'D' : 'F'
}
