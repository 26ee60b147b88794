/** A central prediction interval, ends included. */
export interface Interval {
  low: number
  high: number
}

/**
 * Distribution of the number of wins among n bets whose common win probability is itself uncertain: beta-binomial with
 * mean n·p and variance n·p(1 − p)·(1 + (n − 1)·ρ).
 *
 * @param p            mean win probability, in (0, 1)
 * @param correlation  ρ in [0, 1): the intra-class correlation, 1/(α + β + 1); 0 is the binomial distribution
 * @returns            probability of 0, 1 … n wins; sums to 1
 * @see N. L. Johnson, A. W. Kemp, S. Kotz, "Univariate Discrete Distributions", 3rd ed., 6.2.2
 */
export function winDistribution(n: number, p: number, correlation: number): Float64Array {
  // The binomial as the limit it is: one part in 10⁹ changes nothing that a probability of wins could show.
  const rho = Math.max(correlation, 1e-9)
  const total = 1 / rho - 1
  const [alpha, beta] = [p * total, (1 - p) * total]
  const masses = new Float64Array(n + 1)
  let none = 1
  for (let i = 0; i < n; i++) none *= (beta + i) / (total + i)
  masses[0] = none
  for (let k = 0; k < n; k++) {
    masses[k + 1] = ((masses[k] as number) * (n - k) * (alpha + k)) / ((k + 1) * (beta + n - k - 1))
  }
  return masses
}

/**
 * Central interval of a win rate: from the smallest number of wins whose distribution function reaches (1 − level)/2 to
 * the smallest at which it reaches (1 + level)/2, over n. Wins are whole, so it holds `level` or a little more.
 */
export function winRateInterval(masses: Float64Array, level: number): Interval {
  const n = masses.length - 1
  return { low: quantile(masses, (1 - level) / 2) / n, high: quantile(masses, (1 + level) / 2) / n }
}

function quantile(masses: Float64Array, share: number): number {
  let sum = 0
  for (let k = 0; k < masses.length; k++) {
    sum += masses[k] as number
    if (sum >= share - 1e-12) return k
  }
  return masses.length - 1
}
