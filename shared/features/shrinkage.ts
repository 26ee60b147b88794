import { clamp } from '../kernel/numeric.ts'

/** Bounds of {@link priorBets}; the upper one also where the sets of bets do not differ by more than luck. */
export const FEWEST_PRIOR_BETS = 20
export const MOST_PRIOR_BETS = 1000

/** A share of the mean square below which a variance is no more than rounding. */
const ROUNDING = 1e-9

/** Sums over the sets of bets of one grouping, from which it is told how much the sets differ, by the positions below. */
export type Spread = Float64Array

/** K: sets with at least one residual. */
const SETS = 0
/** N = Σ n over sets. */
const BETS = 1
/** Σ n². */
const SQUARED_BETS = 2
/** Σ S²/n, S the sum of a set's residuals. */
const BETWEEN = 3
/** Σ r² over bets. */
const SQUARES = 4
/** Σ r over bets. */
const SUM = 5
export const SPREAD_NUMBERS = 6

export function createSpread(): Spread {
  return new Float64Array(SPREAD_NUMBERS)
}

type SpreadNumbers = readonly [number, number, number, number, number, number]

/** Adds the residual r to a set that had n residuals with sum S. */
export function addToSpread(spread: Spread, n: number, setSum: number, residual: number): void {
  let between = spread[BETWEEN] as number
  if (n === 0) spread[SETS] = (spread[SETS] as number) + 1
  else between -= (setSum * setSum) / n
  const sum = setSum + residual
  spread[BETWEEN] = between + (sum * sum) / (n + 1)
  spread[BETS] = (spread[BETS] as number) + 1
  spread[SQUARED_BETS] = (spread[SQUARED_BETS] as number) + (2 * n + 1)
  spread[SQUARES] = (spread[SQUARES] as number) + residual * residual
  spread[SUM] = (spread[SUM] as number) + residual
}

/**
 * Empirical-Bayes weight of the prior, in bets: k = σ²/τ², so that a set's mean is taken as (S + k·μ)/(n + k).
 *
 * σ² is the variance within sets and τ² that of their true means, by the method of moments of a one-way layout:
 * MSB = (Σ S²/n − S..²/N)/(K − 1), MSW = (Σ r² − Σ S²/n)/(N − K), n₀ = (N − Σ n²/N)/(K − 1), τ² = (MSB − MSW)/n₀. Kept in
 * [20, 1000]; 1000 where τ² is not above 0 or cannot be told.
 *
 * @see S. R. Searle, G. Casella, C. E. McCulloch, "Variance Components", 1992, 3.6
 */
export function priorBets(spread: Spread): number {
  const [sets, bets, squaredBets, between, squares, sum] = spread as unknown as SpreadNumbers
  if (sets < 2 || bets <= sets) return MOST_PRIOR_BETS
  const betweenMean = (between - (sum * sum) / bets) / (sets - 1)
  const withinMean = (squares - between) / (bets - sets)
  const betsPerSet = (bets - squaredBets / bets) / (sets - 1)
  const variance = (betweenMean - withinMean) / betsPerSet
  // What is left of equal residuals are rounding errors, of which no ratio means anything.
  if (!(variance > ROUNDING * (squares / bets))) return MOST_PRIOR_BETS
  return clamp(withinMean / variance, FEWEST_PRIOR_BETS, MOST_PRIOR_BETS)
}
