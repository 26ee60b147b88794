import type { ClusteredMean } from '../evaluation/clustered.ts'
import { clusteredMean } from '../evaluation/clustered.ts'
import { DomainError } from '../kernel/errors.ts'
import { mean } from '../kernel/numeric.ts'
import { expectedValue } from '../odds/value.ts'

/** Settled bets that a rule may take or leave, row by row. */
export interface RuleBets {
  /** Total return per unit staked of a win, > 1. */
  decimalOdds: Float64Array
  /** Net return per unit staked that the bet brought, ≥ −1. */
  returnsPerUnit: Float64Array
  /** Closing line value, price taken / closing price − 1; NaN where no closing price is known. */
  closingLineValues: Float64Array
  /** Day of placement, or what else bets share their luck by. */
  clusters: Float64Array
}

/** An estimate with its 95 % interval, errors clustered; without one where fewer than two clusters were bet on. */
export interface RuleEstimate {
  mean: number
  interval: Pick<ClusteredMean, 'low' | 'high' | 'clusters'> | undefined
}

/** What came of the bets that a rule took. */
export interface RuleResult {
  /** Bets that it could have taken. */
  offered: number
  /** Bets that it took. */
  n: number
  /** Σ net return / n at flat stakes, a fraction; undefined where it took none. */
  roi: RuleEstimate | undefined
  /** Closing line value of the bets taken. */
  closing: {
    /** Bets taken whose closing price is known. */
    n: number
    /** Their share of the bets taken; undefined where none was taken. */
    coverage: number | undefined
    /** Mean closing line value, a fraction; undefined where none is known. */
    value: RuleEstimate | undefined
  }
}

/** A rule's result beside what no skill would have brought. */
export interface RuleComparison {
  threshold: number
  rule: RuleResult
  /** The same rule on probabilities that know the price alone, by name. */
  placebos: Readonly<Record<string, RuleResult>>
  /** Every bet, whatever it is worth. */
  everything: RuleResult
}

/**
 * Expected values this close to the threshold are not above it: the implied probability times its own price is 1, and
 * must not become a bet because its log-odds were kept in single precision.
 */
const ROUNDING = 1e-6

/**
 * Result at flat stakes of the rule "bet where p · decimalOdds − 1 > threshold", on bets that are settled.
 *
 * @param probabilities  p, the probability to win that the rule believes in, in [0, 1]
 * @param threshold      least expected value per unit, exclusive, finite
 * @throws {DomainError} `length_mismatch`, `no_rows`, `probability_out_of_range`, `odds_out_of_range`,
 *   `return_out_of_range`, `closing_value_out_of_range` (infinite), `cluster_not_finite`,
 *   `threshold_out_of_range` (NaN included in all but the closing value's)
 */
export function evaluateBettingRule(bets: RuleBets, probabilities: ArrayLike<number>, threshold: number): RuleResult {
  assertBets(bets, probabilities.length)
  if (!Number.isFinite(threshold)) {
    throw new DomainError('threshold_out_of_range', `threshold ${threshold}: must be a finite number`)
  }
  const isTaken = Uint8Array.from(bets.decimalOdds, (decimalOdds, r) =>
    expectedValue(probabilities[r] as number, decimalOdds) > threshold + ROUNDING ? 1 : 0,
  )
  return resultOf(bets, isTaken)
}

/**
 * A rule beside the same rule run on placebos (the implied probability, its recalibration) and beside every bet. A rule
 * whose ROI is no better than a placebo's owes it to the prices, not to the model.
 *
 * @param probabilities  the model's, and those of each placebo by name
 * @throws {DomainError} as {@link evaluateBettingRule}
 */
export function compareBettingRules(
  bets: RuleBets,
  probabilities: { model: ArrayLike<number>; placebos: Readonly<Record<string, ArrayLike<number>>> },
  threshold: number,
): RuleComparison {
  const placebos = Object.entries(probabilities.placebos).map(
    ([name, placebo]) => [name, evaluateBettingRule(bets, placebo, threshold)] as const,
  )
  return {
    threshold,
    rule: evaluateBettingRule(bets, probabilities.model, threshold),
    placebos: Object.fromEntries(placebos),
    everything: resultOf(bets, new Uint8Array(bets.decimalOdds.length).fill(1)),
  }
}

function resultOf(bets: RuleBets, isTaken: Uint8Array): RuleResult {
  const taken = Int32Array.from({ length: isTaken.length }, (_, r) => r).filter((r) => isTaken[r] === 1)
  const closed = taken.filter((r) => !Number.isNaN(bets.closingLineValues[r]))
  return {
    offered: isTaken.length,
    n: taken.length,
    roi: estimate(bets.returnsPerUnit, bets.clusters, taken),
    closing: {
      n: closed.length,
      coverage: taken.length === 0 ? undefined : closed.length / taken.length,
      value: estimate(bets.closingLineValues, bets.clusters, closed),
    },
  }
}

function estimate(values: Float64Array, clusters: Float64Array, rows: Int32Array): RuleEstimate | undefined {
  if (rows.length === 0) return undefined
  const taken = Float64Array.from(rows, (r) => values[r] as number)
  const clustersTaken = Float64Array.from(rows, (r) => clusters[r] as number)
  if (new Set(clustersTaken).size < 2) return { mean: mean(taken), interval: undefined }
  const { mean: value, ...interval } = clusteredMean(taken, clustersTaken)
  return { mean: value, interval }
}

function assertBets(bets: RuleBets, rows: number): void {
  const { decimalOdds, returnsPerUnit, closingLineValues, clusters } = bets
  const lengths = [decimalOdds, returnsPerUnit, closingLineValues, clusters].map((column) => column.length)
  if (lengths.some((length) => length !== rows)) {
    throw new DomainError(
      'length_mismatch',
      `${rows} probabilities, but ${lengths.join(', ')} rows in the bets' columns`,
    )
  }
  if (rows === 0) throw new DomainError('no_rows', 'there is no bet to try the rule on')
  for (let r = 0; r < rows; r++) {
    const perUnit = returnsPerUnit[r] as number
    if (!(perUnit >= -1 && Number.isFinite(perUnit))) {
      throw new DomainError('return_out_of_range', `net return ${perUnit} per unit of bet ${r}: must be at least -1`)
    }
    if (Math.abs(closingLineValues[r] as number) === Number.POSITIVE_INFINITY) {
      throw new DomainError('closing_value_out_of_range', `closing line value ${closingLineValues[r]} of bet ${r}`)
    }
    if (!Number.isFinite(clusters[r])) throw new DomainError('cluster_not_finite', `cluster ${clusters[r]} of bet ${r}`)
  }
}
