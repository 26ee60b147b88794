import type { Bet } from '../bets/bet.ts'
import type { ServedPrediction } from './served-prediction.ts'

/** What a served prediction is matched by. */
export type ServedQuestion = Pick<
  ServedPrediction,
  'sport' | 'league' | 'market' | 'book' | 'betType' | 'isLive' | 'decimalOdds' | 'winProbability'
> & { atMs: number }

/** A bet belongs to a prediction that was served at most this long before it was placed. */
export const MATCH_WITHIN_MS = 24 * 3_600_000

/** Prices that differ by half a cent are one: −110 is written as 1.909 and as 1.91. */
const SAME_PRICE = 0.005 + 1e-9

/** A bet and the prediction that it was placed on. */
export interface MatchedPrediction<Q extends ServedQuestion = ServedQuestion & MatchedAbout> {
  bet: Bet
  prediction: Q
}

/** What is told apart of served predictions beside the question. */
export type MatchedAbout = Pick<ServedPrediction, 'modelVersion' | 'functionVersion'>

/**
 * Finds the prediction of a bet: of the same sport, league, market, book, bet type, live mark and price, the latest that was
 * served at most {@link MATCH_WITHIN_MS} before the bet was placed. What a source does not say matches an empty name.
 */
export function predictionFinder<Q extends ServedQuestion>(predictions: readonly Q[]): (bet: Bet) => Q | undefined {
  const served = bySubject(predictions)
  return (bet) => latestFor(bet, served.get(subjectOf(bet)) ?? [])
}

function bySubject<Q extends ServedQuestion>(predictions: readonly Q[]): Map<string, Q[]> {
  const served = new Map<string, Q[]>()
  for (const prediction of [...predictions].sort((a, b) => a.atMs - b.atMs)) {
    const subject = subjectOf(prediction)
    const others = served.get(subject)
    if (others === undefined) served.set(subject, [prediction])
    else others.push(prediction)
  }
  return served
}

type Subject = Pick<Bet, 'sport' | 'league' | 'market' | 'book' | 'betType' | 'isLive'>

function subjectOf({ sport, league, market, book, betType, isLive }: Subject): string {
  return JSON.stringify([sport ?? '', league ?? '', market ?? '', book ?? '', betType, isLive])
}

/** The latest prediction before the bet, at its price. @param served  of its subject, in order of time */
function latestFor<Q extends ServedQuestion>({ placedAtMs, decimalOdds }: Bet, served: readonly Q[]): Q | undefined {
  if (decimalOdds === null) return undefined
  const end = firstAfter(served, placedAtMs)
  for (let i = end - 1; i >= 0; i--) {
    const prediction = served[i] as Q
    if (placedAtMs - prediction.atMs > MATCH_WITHIN_MS) return undefined
    if (Math.abs(prediction.decimalOdds - decimalOdds) <= SAME_PRICE) return prediction
  }
  return undefined
}

/** Number of predictions served until a moment. */
function firstAfter(served: readonly ServedQuestion[], instantMs: number): number {
  let [low, high] = [0, served.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((served[middle] as ServedQuestion).atMs <= instantMs) low = middle + 1
    else high = middle
  }
  return low
}
