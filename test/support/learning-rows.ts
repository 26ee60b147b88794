import type { Bet } from '../../shared/bets/bet.ts'
import { featureSet } from '../../shared/features/feature-set.ts'
import type { FeatureRows } from '../../shared/features/replay.ts'
import { replayLedger } from '../../shared/features/replay.ts'
import { logit, sigmoid } from '../../shared/kernel/numeric.ts'
import { createRng } from '../../shared/kernel/random.ts'
import type { LearningRows } from '../../shared/recipe/dataset.ts'
import { MARKET_INDEX, MARKET_LOG_ODDS_INDEX, SPORT_INDEX, WIN_PROBABILITY_INPUTS } from '../../shared/recipe/inputs.ts'
import type { Recipe } from '../../shared/recipe/recipe.ts'
import { RECIPE } from '../../shared/recipe/recipe.ts'
import { columnOf } from '../../shared/trees/matrix.ts'

/** A ledger with the features that models are learned from. */
export function modelRows(ledger: readonly Bet[]): FeatureRows {
  return replayLedger(ledger, featureSet(WIN_PROBABILITY_INPUTS))
}

/** Rows that have only a price; every other column is missing. */
export function pricedRows(n: number, winLogOdds: (marketLogOdds: number) => number): LearningRows {
  const rng = createRng(5)
  const prices = Float32Array.from({ length: n }, () => logit(0.2 + 0.6 * rng.next()))
  return {
    matrix: {
      nRows: n,
      columns: WIN_PROBABILITY_INPUTS.map((_, f) =>
        f === MARKET_LOG_ODDS_INDEX ? prices : new Float32Array(n).fill(Number.NaN),
      ),
    },
    ledgerRows: Int32Array.from(prices, (_, r) => r),
    labels: Float64Array.from(prices, (x) => (rng.next() < sigmoid(winLogOdds(x)) ? 1 : 0)),
    impliedProbabilities: Float64Array.from(prices, sigmoid),
    returns: new Float64Array(n).fill(Number.NaN),
    placedAtMs: Float64Array.from(prices, (_, r) => r),
    knownAtMs: Float64Array.from(prices, (_, r) => r),
  }
}

const HOUR_MS = 3_600_000

/** How the rows of {@link drawnRows} are drawn. */
export interface Draw {
  seed?: number
  /** Log-odds of a win by the market's and by the row's number in the column `SIGNAL_INDEX`, a standard normal. */
  winLogOdds?: (market: number, signal: number) => number
  /** Code of each row's sport. */
  sportOf?: (r: number) => number
}

/** A column of {@link drawnRows} that may tell what the price does not. */
export const SIGNAL_INDEX = 5

/** A bet an hour with every feature: noise but for the price, known three hours after placement. */
export function drawnRows(n: number, { seed = 1, winLogOdds = (x) => x, sportOf = () => 1 }: Draw = {}): LearningRows {
  const rng = createRng(seed)
  const fates = createRng(seed + 1_000_000)
  const columns = WIN_PROBABILITY_INPUTS.map((_, f) =>
    Float32Array.from({ length: n }, (_, r) => {
      if (f === MARKET_LOG_ODDS_INDEX) return logit(0.25 + 0.5 * rng.next())
      if (f === SPORT_INDEX) return sportOf(r)
      return f === MARKET_INDEX ? 1 : rng.normal()
    }),
  )
  const prices = columnOf({ nRows: n, columns }, MARKET_LOG_ODDS_INDEX)
  const signal = columnOf({ nRows: n, columns }, SIGNAL_INDEX)
  return {
    matrix: { nRows: n, columns },
    ledgerRows: Int32Array.from(prices, (_, r) => r),
    labels: Float64Array.from(prices, (x, r) => (fates.next() < sigmoid(winLogOdds(x, signal[r] as number)) ? 1 : 0)),
    impliedProbabilities: Float64Array.from(prices, sigmoid),
    returns: new Float64Array(n).fill(Number.NaN),
    placedAtMs: Float64Array.from(prices, (_, r) => r * HOUR_MS),
    knownAtMs: Float64Array.from(prices, (_, r) => (r + 3) * HOUR_MS),
  }
}

/** The rows with another label and other features wherever asked. */
export function tamperedRows(rows: LearningRows, isOther: (r: number) => boolean): LearningRows {
  return {
    ...rows,
    labels: rows.labels.map((label, r) => (isOther(r) ? 1 - label : label)),
    matrix: {
      ...rows.matrix,
      columns: rows.matrix.columns.map((column) => column.map((x, r) => (isOther(r) ? -x - 1 : x))),
    },
  }
}

/** Settings that grow few trees, for rows whose signal is plain. */
export const QUICK_RECIPE: Recipe = {
  boosting: { ...RECIPE.boosting, rounds: 40, learningRate: 0.15, earlyStoppingRounds: 10, colsample: 1 },
  forest: { ...RECIPE.forest, nTrees: 15, maxDepth: 4 },
  linearPenalty: 50,
}
