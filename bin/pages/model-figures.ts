import type { ContenderName } from '../../shared/recipe/walk-forward.ts'
import type { Verdict } from '../../shared/registry/gate.ts'

/** What people call the sets of probabilities that are compared. */
export const CONTENDER_WORDS: Readonly<Record<ContenderName, string>> = {
  model: 'model',
  implied: 'implied',
  recalibratedImplied: 'recalibrated implied',
  baseRate: 'base rate',
}

const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  proven: 'Proven: it passed every check of the gate.',
  not_proven: 'Not proven: it may be good, and nothing shows it.',
  baseline: 'Baseline: the recalibrated price, which needs no proof.',
}

export function verdictWords(verdict: Verdict): string {
  return VERDICT_WORDS[verdict]
}

/** A loss or another score to four decimals; `-` where it is not known. */
export function scoreText(score: number | null | undefined): string {
  return score === null || score === undefined || Number.isNaN(score) ? '-' : score.toFixed(4)
}

/** A share in per cent to a tenth; `-` where it is not known. */
export function percent(fraction: number | null | undefined): string {
  return fraction === null || fraction === undefined ? '-' : `${(100 * fraction).toFixed(1)} %`
}

/** An interval of shares: `-3.1 % to 2.0 %`. */
export function percentInterval(interval: { low: number; high: number } | undefined): string {
  return interval === undefined ? '-' : `${percent(interval.low)} to ${percent(interval.high)}`
}

/** An interval of numbers. */
export function intervalText(interval: { low: number; high: number } | undefined, digits: number): string {
  return interval === undefined ? '-' : `${interval.low.toFixed(digits)} to ${interval.high.toFixed(digits)}`
}

/** A difference of losses with its interval: `-0.00210 (95 % -0.00301 to -0.00119, 120 days)`. */
export function differenceText(of: { mean: number; low: number; high: number; clusters: number }): string {
  return `${of.mean.toFixed(5)} (95 % ${intervalText(of, 5)}, ${of.clusters} days)`
}

/** The day of an instant in ISO 8601. */
export function dayOf(instant: string): string {
  return instant.slice(0, 10)
}

/** The minute of an instant in ISO 8601, UTC. */
export function minuteOf(instant: string): string {
  return instant.slice(0, 16).replace('T', ' ')
}

/** Milliseconds since the epoch as a day of UTC; `-` where there is none. */
export function dayOfMs(instantMs: number | undefined): string {
  return instantMs === undefined ? '-' : dayOf(new Date(instantMs).toISOString())
}
