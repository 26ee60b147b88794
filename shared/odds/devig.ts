import { DomainError } from '../kernel/errors.ts'
import { impliedProbability } from './convert.ts'

/** Ways to take the bookmaker's margin out of a market's prices. */
export const DEVIG_METHODS = ['multiplicative', 'additive', 'power', 'shin'] as const
export type DevigMethod = (typeof DEVIG_METHODS)[number]

/**
 * Booksum B = Σ 1/o of a market: 1 without a margin, above 1 with one.
 *
 * @param decimalOdds  one price for each outcome, of which exactly one will happen; at least two
 * @throws {DomainError} `too_few_outcomes`, `odds_out_of_range` (NaN included)
 */
export function booksum(decimalOdds: readonly number[]): number {
  return sumOf(impliedProbabilities(decimalOdds))
}

/** Overround B − 1 of a market, its margin; as {@link booksum}. */
export function overround(decimalOdds: readonly number[]): number {
  return booksum(decimalOdds) - 1
}

/**
 * Fair probabilities of a market's outcomes, which sum to 1.
 *
 * With π_i = 1/o_i, n of them, and B their sum:
 * - `multiplicative`: π_i / B
 * - `additive`: π_i − (B − 1)/n
 * - `power`: π_i^k with the k for which they sum to 1; k > 1 where B > 1, k < 1 where B < 1
 * - `shin`: {@link shin}
 *
 * @param decimalOdds  one price for each outcome, of which exactly one will happen; at least two
 * @throws {DomainError} `too_few_outcomes`, `odds_out_of_range` (NaN included); `no_fair_probability` where the additive
 *   method leaves nothing to an outcome
 * @example devig([1.5, 2.75], 'multiplicative') // [0.6470588235294118, 0.35294117647058826]
 * @see E. Štrumbelj, "On determining probability forecasts from betting odds", Int. J. Forecasting 30(4), 2014
 */
export function devig(decimalOdds: readonly number[], method: DevigMethod): number[] {
  switch (method) {
    case 'multiplicative':
      return proportional(impliedProbabilities(decimalOdds))
    case 'additive':
      return additive(impliedProbabilities(decimalOdds))
    case 'power':
      return power(impliedProbabilities(decimalOdds))
    case 'shin':
      return shin(decimalOdds).probabilities
  }
}

/**
 * Shin's model: prices guard the book against bettors who know the result, a share z of the money.
 *
 * p_i = (√(z² + 4(1 − z)·π_i²/B) − z) / (2(1 − z)), with the z in [0, 1) for which they sum to 1. Where B ≤ 1 there is no
 * margin for the model to explain: z is 0 and the probabilities are the multiplicative ones.
 *
 * @param decimalOdds  as {@link devig}
 * @returns  the probabilities and z
 * @throws {DomainError} `too_few_outcomes`, `odds_out_of_range` (NaN included)
 * @see H. S. Shin, "Measuring the Incidence of Insider Trading in a Market for State-Contingent Claims", Economic Journal
 *   103, 1993
 */
export function shin(decimalOdds: readonly number[]): { probabilities: number[]; insiderShare: number } {
  const implied = impliedProbabilities(decimalOdds)
  const total = sumOf(implied)
  if (total <= 1) return { probabilities: proportional(implied), insiderShare: 0 }
  const squares = implied.map((p) => (p * p) / total)
  // Each probability falls as z grows: their sum is √B > 1 at 0, Σ π²/B < 1 at 1, and 1 at one z between.
  let low = 0
  let high = 1
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (sumOf(shinProbabilities(squares, middle)) > 1) low = middle
    else high = middle
  }
  const insiderShare = (low + high) / 2
  return { probabilities: proportional(shinProbabilities(squares, insiderShare)), insiderShare }
}

/** The formula times its conjugate, which has no difference to lose digits in: 2s / (z + √(z² + 4(1 − z)s)), s = π²/B. */
function shinProbabilities(squares: readonly number[], z: number): number[] {
  return squares.map((s) => (2 * s) / (z + Math.sqrt(z * z + 4 * (1 - z) * s)))
}

function additive(implied: readonly number[]): number[] {
  const excess = (sumOf(implied) - 1) / implied.length
  return implied.map((p) => {
    if (p - excess > 0) return p - excess
    const message = `implied probability ${p} less ${excess}, its part of the margin, leaves no probability`
    throw new DomainError('no_fair_probability', message)
  })
}

/**
 * Newton's method for Σ π_i^k = 1. The sum falls and is convex in k, so that steps from a k below the root never pass it:
 * from 1 where the sum there is above 1, else from 0, where it is n.
 */
function power(implied: readonly number[]): number[] {
  const logs = implied.map((p) => Math.log(p))
  let k = sumOf(implied) >= 1 ? 1 : 0
  for (let step = 0; step < 100; step++) {
    const powers = logs.map((log) => Math.exp(k * log))
    const slope = sumOf(powers.map((p, i) => p * (logs[i] as number)))
    const next = k - (sumOf(powers) - 1) / slope
    if (!(next > k)) break
    k = next
  }
  return proportional(logs.map((log) => Math.exp(k * log)))
}

function impliedProbabilities(decimalOdds: readonly number[]): number[] {
  if (decimalOdds.length < 2) {
    throw new DomainError('too_few_outcomes', `${decimalOdds.length} prices: a market has two outcomes or more`)
  }
  return decimalOdds.map(impliedProbability)
}

/** Divided by their sum. */
function proportional(values: readonly number[]): number[] {
  const total = sumOf(values)
  return values.map((value) => value / total)
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
