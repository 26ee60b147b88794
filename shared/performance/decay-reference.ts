import type { Bet } from '../bets/bet.ts'
import { isDecisive } from '../bets/settlement.ts'
import { fitLogistic, logisticScores } from '../calibration/logistic.ts'
import { knownAtMs } from '../features/settlement-lag.ts'
import { DomainError } from '../kernel/errors.ts'
import { clamp, logit, sigmoid } from '../kernel/numeric.ts'
import { isWithinPriceRange } from '../recipe/dataset.ts'
import type { DecayReference } from './decay-state.ts'

const DAY_MS = 86_400_000

/** Fewer settled bets say less of the margin than the price itself does. */
const LEAST_BETS = 500

/** Pairs of bets taken as independent before any were seen: some hundred of each other's day. */
const PRIOR_PAIRS = 25

/** The price as it is, and results that have nothing to do with one another. */
const PLAIN: DecayReference = { bets: 0, intercept: 0, slope: 1, dispersion: 1 }

/**
 * What was known of the market and of results before a moment: the straight line from the price's log-odds to those of
 * winning, and how much more a day's summed residuals vary than independent ones would.
 *
 * With r = won − q and s = q(1 − q), the correlation of results of a day is ρ = Σ_d((Σr)² − Σr²) / (Σ_d((Σ√s)² − Σs) + 25),
 * kept in [0, 1], and φ = 1 + ρ·Σ_d((Σ√s)² − Σs)/Σs. Only results known by then count, so that what is judged by them has
 * no part in them.
 *
 * @param bets  in order of placement
 * @see L. Kish, "Survey Sampling", 1965, 5.4 (design effect)
 */
export function learnReference(bets: readonly Bet[], knownBeforeMs: number): DecayReference {
  const rows = bets.filter((bet) => isUsable(bet) && knownAtMs(bet) < knownBeforeMs)
  if (rows.length < LEAST_BETS) return PLAIN
  const scores = Float64Array.from(rows, ({ decimalOdds }) => logit(1 / (decimalOdds as number)))
  const labels = Float64Array.from(rows, ({ state }) => (state === 'won' ? 1 : 0))
  try {
    const line = fitLogistic([scores], labels)
    const days = rows.map(({ placedAtMs }) => Math.floor(placedAtMs / DAY_MS))
    const dispersion = dispersionOf(days, labels, logisticScores(line, [scores]))
    return { bets: rows.length, intercept: line.intercept, slope: line.coefficients[0] ?? 1, dispersion }
  } catch (thrown) {
    // One class, or one price: there is no line.
    if (thrown instanceof DomainError) return PLAIN
    throw thrown
  }
}

function isUsable({ state, decimalOdds }: Bet): boolean {
  return isDecisive(state) && decimalOdds !== null && isWithinPriceRange(decimalOdds)
}

/** @param days  ascending */
function dispersionOf(days: readonly number[], labels: Float64Array, scores: Float64Array): number {
  const sums = { residualPairs: 0, slopePairs: 0, slopes: 0 }
  let [residual, root] = [0, 0]
  for (const [r, day] of days.entries()) {
    if (day !== days[r - 1]) [residual, root] = [0, 0]
    const q = sigmoid(scores[r] as number)
    const [own, slope] = [(labels[r] as number) - q, q * (1 - q)]
    sums.residualPairs += 2 * residual * own
    sums.slopePairs += 2 * root * Math.sqrt(slope)
    sums.slopes += slope
    residual += own
    root += Math.sqrt(slope)
  }
  const correlation = clamp(sums.residualPairs / (sums.slopePairs + PRIOR_PAIRS), 0, 1)
  return 1 + (correlation * sums.slopePairs) / sums.slopes
}
