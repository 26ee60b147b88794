import * as z from 'zod'
import type { Bet } from '../bets/bet.ts'
import { isDecisive, isSettled } from '../bets/settlement.ts'
import { scoreBinary } from '../evaluation/metrics.ts'
import { reliabilityCurve } from '../evaluation/reliability.ts'
import type { ServedQuestion } from './match-served.ts'
import { predictionFinder } from './match-served.ts'

export { MATCH_WITHIN_MS, type ServedQuestion } from './match-served.ts'

const count = z.int().min(0)
const scoresSchema = z.object({ brier: z.number(), logLoss: z.number(), meanProbability: z.number() })

/** How the predictions that were served have come out. */
export const servedCalibrationSchema = z.object({
  /** When the first and the last of the predictions was served, milliseconds since 1970; null where there is none. */
  fromMs: z.int().nullable(),
  toMs: z.int().nullable(),
  predictions: count,
  /** Predictions after which such a bet was placed. */
  predictionsMatched: count,
  /** Bets placed since the first prediction, and how many of them had one. */
  bets: count,
  betsMatched: count,
  /** Of the bets that had one: still open. Those that came to neither won nor lost are in no figure. */
  open: count,
  /** Null where no bet that had one was won or lost yet. */
  scores: z
    .object({
      n: count,
      winRate: z.number(),
      model: scoresSchema,
      /** 1/decimalOdds of the same bets. */
      price: scoresSchema,
      bins: z.array(
        z.object({ n: count, meanProbability: z.number(), share: z.number(), low: z.number(), high: z.number() }),
      ),
    })
    .nullable(),
})

export type ServedCalibration = z.infer<typeof servedCalibrationSchema>

/** Gathers what bets came of predictions. */
export interface ServedMatcher {
  /** @param bets  each bet once */
  add(bets: readonly Bet[]): void
  calibration(): ServedCalibration
}

/**
 * Matches bets to predictions of the same sport, league, market, book, bet type, live mark and price that were served at
 * most 24 hours before; each bet to the latest of them. What a source does not say matches an empty name.
 */
export function matchServed(predictions: readonly ServedQuestion[]): ServedMatcher {
  const findPrediction = predictionFinder(predictions)
  const fromMs = predictions.length === 0 ? null : predictions.reduce((min, { atMs }) => Math.min(min, atMs), Infinity)
  const toMs = predictions.length === 0 ? null : predictions.reduce((max, { atMs }) => Math.max(max, atMs), -Infinity)
  const matched = new Set<ServedQuestion>()
  const counts = { bets: 0, betsMatched: 0, open: 0 }
  const rows = { won: [] as number[], predicted: [] as number[], implied: [] as number[] }
  return {
    add(bets) {
      for (const bet of bets) {
        if (fromMs === null || bet.placedAtMs < fromMs) continue
        counts.bets++
        const prediction = findPrediction(bet)
        if (prediction === undefined) continue
        counts.betsMatched++
        matched.add(prediction)
        if (!isSettled(bet.state)) counts.open++
        if (!isDecisive(bet.state)) continue
        rows.won.push(bet.state === 'won' ? 1 : 0)
        rows.predicted.push(prediction.winProbability)
        rows.implied.push(1 / prediction.decimalOdds)
      }
    },
    calibration: () => ({
      ...{ fromMs, toMs, predictions: predictions.length, predictionsMatched: matched.size, ...counts },
      scores: rows.won.length === 0 ? null : scoresOf(rows),
    }),
  }
}

function scoresOf({ won, predicted, implied }: { won: number[]; predicted: number[]; implied: number[] }) {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const scores = (probabilities: number[]) => {
    const { brier, logLoss } = scoreBinary(won, probabilities)
    return { brier, logLoss, meanProbability: mean(probabilities) }
  }
  return {
    n: won.length,
    winRate: mean(won),
    model: scores(predicted),
    price: scores(implied),
    bins: reliabilityCurve(won, predicted),
  }
}
