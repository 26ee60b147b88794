import type { Bet } from '../../shared/bets/bet.ts'
import { featureSet } from '../../shared/features/feature-set.ts'
import type { FeatureRows } from '../../shared/features/replay.ts'
import { replayLedger } from '../../shared/features/replay.ts'
import { logit, sigmoid } from '../../shared/kernel/numeric.ts'
import { createRng } from '../../shared/kernel/random.ts'
import type { LearningRows } from '../../shared/recipe/dataset.ts'
import { MARKET_LOG_ODDS_INDEX, WIN_PROBABILITY_INPUTS } from '../../shared/recipe/inputs.ts'

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
    labels: Float64Array.from(prices, (x) => (rng.next() < sigmoid(winLogOdds(x)) ? 1 : 0)),
    impliedProbabilities: Float64Array.from(prices, sigmoid),
    placedAtMs: Float64Array.from(prices, (_, r) => r),
  }
}
