import { DomainError } from '../kernel/errors.ts'
import { assertScorable } from './metrics.ts'
import type { Binning } from './probability-bins.ts'
import { binProbabilities } from './probability-bins.ts'
import { wilsonInterval } from './wilson-interval.ts'

/** Rows of like probability, and what became of them. */
export interface ReliabilityBin {
  /** Rows, at least one. */
  n: number
  meanProbability: number
  /** Share of ones. */
  share: number
  /** 95 % Wilson interval of the share, as if rows were independent. */
  low: number
  high: number
}

/**
 * Reliability curve: the share of ones against the mean probability, bin by bin, by rising probability. Empty bins are
 * left out.
 *
 * @throws {DomainError} `no_rows`, `bins_out_of_range`, `length_mismatch`, `label_not_binary`, `probability_out_of_range`
 *   (NaN included)
 * @see A. Niculescu-Mizil, R. Caruana, "Predicting Good Probabilities with Supervised Learning", ICML 2005
 */
export function reliabilityCurve(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  binning: Binning = {},
): ReliabilityBin[] {
  const { rows, ones, sums } = binSums(labels, probabilities, binning)
  return Array.from(rows.keys())
    .filter((k) => (rows[k] as number) > 0)
    .map((k) => {
      const n = rows[k] as number
      const won = ones[k] as number
      return { n, meanProbability: (sums[k] as number) / n, share: won / n, ...wilsonInterval(won, n) }
    })
}

/** How far probabilities lie from what became of them. */
export interface CalibrationErrors {
  /** Expected calibration error: Σ_k n_k/n · |share of ones in bin k − mean probability in it|. */
  ece: number
  /** Maximum calibration error: the largest of these differences, however few rows the bin holds. */
  mce: number
}

/**
 * Expected and maximum calibration error over bins of the caller's choice.
 *
 * Neither is zero for perfect probabilities: see `calibrationNoise` for what chance alone leaves.
 *
 * @throws {DomainError} as {@link reliabilityCurve}
 * @see M. P. Naeini, G. F. Cooper, M. Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning", AAAI 2015
 */
export function calibrationErrors(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  binning: Binning = {},
): CalibrationErrors {
  const { rows, gaps } = binSums(labels, probabilities, binning)
  return errorsOfGaps(gaps, rows)
}

/**
 * ECE and MCE of bins whose sums are known.
 *
 * @param gaps  Σ (label − probability) by bin
 * @param rows  rows by bin
 */
export function errorsOfGaps(gaps: Float64Array, rows: Int32Array): CalibrationErrors {
  let total = 0
  let n = 0
  let mce = 0
  for (let k = 0; k < gaps.length; k++) {
    const gap = Math.abs(gaps[k] as number)
    const here = rows[k] as number
    total += gap
    n += here
    if (here > 0) mce = Math.max(mce, gap / here)
  }
  return { ece: total / n, mce }
}

function binSums(labels: ArrayLike<number>, probabilities: ArrayLike<number>, binning: Binning) {
  assertScorable(labels, probabilities)
  if (labels.length === 0) throw new DomainError('no_rows', 'there is nothing to score')
  const { count, ofRow } = binProbabilities(probabilities, binning)
  const rows = new Int32Array(count)
  const ones = new Float64Array(count)
  const sums = new Float64Array(count)
  const gaps = new Float64Array(count)
  for (let r = 0; r < labels.length; r++) {
    const k = ofRow[r] as number
    const label = labels[r] as number
    const p = probabilities[r] as number
    rows[k] = (rows[k] as number) + 1
    ones[k] = (ones[k] as number) + label
    sums[k] = (sums[k] as number) + p
    gaps[k] = (gaps[k] as number) + label - p
  }
  return { rows, ones, sums, gaps }
}
