import { DomainError } from '../kernel/errors.ts'
import { chiSquareTest } from './contingency.ts'
import { fisherTail } from './fisher-tail.ts'
import { upperGamma } from './incomplete-gamma.ts'

/** Fewer windows tell nothing of how much windows differ. */
export const LEAST_WINDOWS = 6

/** A window with fewer rows is left out: its shares say nothing. */
export const LEAST_WINDOW_ROWS = 20

/** How much more the windows of a sample differ than rows drawn independently would. */
export interface WindowVariance {
  /** Windows that it was learned from. */
  windows: number
  /** τ² ≥ 0: what a window adds to the mean square of its shares, per row; 0 where windows differ by chance alone. */
  variance: number
  /** Directions in which windows differ, in [1, categories − 1]. */
  degrees: number
}

/**
 * Learns from the windows of one sample how much its shares wander from window to window.
 *
 * A window b of n_b rows is held against the others by chi-square: S_b = χ²_b/df has mean 1 + h_b·τ², with
 * h_b = n_b·(n − n_b)/n, where the windows' true shares vary around a common mean by τ² times what one row varies. So
 * τ² = max(0, Σ (S_b − 1)/Σ h_b), and the spread of S_b/(1 + h_b·τ²) around 1 tells the degrees of freedom, ν = 2/variance.
 *
 * @param windows  rows of each window by category; all of one length
 * @returns        undefined of fewer than {@link LEAST_WINDOWS} usable windows, or of fewer than two categories
 * @throws {DomainError} `length_mismatch`, `count_out_of_range`
 * @see J. N. K. Rao, A. J. Scott, "The Analysis of Categorical Data from Complex Sample Surveys", JASA 76, 1981
 */
export function windowVariance(windows: readonly (readonly number[])[]): WindowVariance | undefined {
  const usable = windows.filter((window) => sumOf(window) >= LEAST_WINDOW_ROWS)
  const total = totalOf(usable)
  if (usable.length < LEAST_WINDOWS || total.filter((count) => count > 0).length < 2) return undefined
  const rows = sumOf(total)
  const against = usable.map((window) => {
    const rest = total.map((count, k) => count - (window[k] as number))
    const { statistic, degrees } = chiSquareTest({ reference: rest, current: window })
    const n = sumOf(window)
    return { mean: degrees < 1 ? 0 : statistic / degrees, size: (n * (rows - n)) / rows }
  })
  const variance = Math.max(0, sumOf(against.map(({ mean }) => mean - 1)) / sumOf(against.map(({ size }) => size)))
  const scaled = against.map(({ mean, size }) => mean / (1 + size * variance))
  const spread = sumOf(scaled.map((value) => (value - 1) ** 2)) / (usable.length - 1)
  const most = total.filter((count) => count > 0).length - 1
  return { windows: usable.length, variance, degrees: Math.min(most, Math.max(1, 2 / spread)) }
}

/**
 * Chance of a chi-square statistic at least this large where windows differ as they always have: F of ν and ν·B degrees
 * of χ²/df/(1 + h·τ²·c), B the windows. Without a variance, plain chi-square.
 *
 * The second degrees of freedom are the price of having learned τ² from so few windows.
 *
 * @param test      statistic and degrees of freedom; 0 degrees give 1
 * @param size      h = n·m/(n + m) of the rows compared
 * @param variance  as {@link windowVariance}
 * @param single    whether the reference is a window too (c = 2), or the mean of them (c = 1)
 */
export function windowedPValue(
  test: { statistic: number; degrees: number },
  { size, variance, single }: { size: number; variance: WindowVariance | undefined; single: boolean },
): number {
  if (test.degrees < 1) return 1
  if (variance === undefined) return upperGamma(test.degrees / 2, test.statistic / 2)
  const { degrees, windows } = variance
  return fisherTail(test.statistic / test.degrees / overdispersion(variance, size, single), degrees, degrees * windows)
}

/** φ ≥ 1: how many times larger χ² is for the wandering of windows alone. */
export function overdispersion(variance: WindowVariance | undefined, size: number, single: boolean): number {
  return variance === undefined ? 1 : 1 + size * variance.variance * (single ? 2 : 1)
}

function totalOf(windows: readonly (readonly number[])[]): number[] {
  const length = windows[0]?.length ?? 0
  const total = new Array<number>(length).fill(0)
  for (const window of windows) {
    if (window.length !== length)
      throw new DomainError('length_mismatch', `${length} categories, then ${window.length}`)
    for (let k = 0; k < length; k++) total[k] = (total[k] as number) + (window[k] as number)
  }
  return total
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
