import { DomainError } from '../kernel/errors.ts'
import type { Rng } from '../kernel/random.ts'
import type { Binning } from './probability-bins.ts'
import { binProbabilities } from './probability-bins.ts'
import { errorsOfGaps } from './reliability.ts'
import { sortedQuantile } from './sorted-quantile.ts'

/** What a calibration error comes to where the probabilities are perfect and only chance is at work. */
export interface NoiseFloor {
  /** Mean over the replicates. */
  mean: number
  /** 95 % of the replicates lie at or below it: an error above it speaks for miscalibration. */
  high: number
}

/**
 * Noise floor of ECE and MCE at these probabilities: labels are drawn anew from the probabilities themselves, so that
 * all that is left is chance.
 *
 * Rows are drawn independently. Where rows of a day share games the true floor is higher, so an error just above this
 * one proves nothing.
 *
 * @param probabilities  in [0, 1]
 * @param options        `rng`, the chance; `replicates`, 200 by default; the binning, as of the error to be judged
 * @throws {DomainError} `no_rows`, `probability_out_of_range` (NaN included), `bins_out_of_range`, `replicates_out_of_range`
 * @see J. Bröcker, L. A. Smith, "Increasing the Reliability of Reliability Diagrams", Weather and Forecasting 22, 2007
 */
export function calibrationNoise(
  probabilities: ArrayLike<number>,
  options: { rng: Rng; replicates?: number } & Binning,
): { ece: NoiseFloor; mce: NoiseFloor } {
  const replicates = options.replicates ?? 200
  assertNoiseInput(probabilities, replicates)
  const { count, ofRow } = binProbabilities(probabilities, options)
  const rows = new Int32Array(count)
  for (const k of ofRow) rows[k] = (rows[k] as number) + 1
  const eces = new Float64Array(replicates)
  const mces = new Float64Array(replicates)
  const gaps = new Float64Array(count)
  for (let i = 0; i < replicates; i++) {
    gaps.fill(0)
    for (let r = 0; r < ofRow.length; r++) {
      const k = ofRow[r] as number
      const p = probabilities[r] as number
      gaps[k] = (gaps[k] as number) + (options.rng.next() < p ? 1 : 0) - p
    }
    const { ece, mce } = errorsOfGaps(gaps, rows)
    eces[i] = ece
    mces[i] = mce
  }
  return { ece: floorOf(eces), mce: floorOf(mces) }
}

function assertNoiseInput(probabilities: ArrayLike<number>, replicates: number): void {
  if (probabilities.length === 0) throw new DomainError('no_rows', 'there is nothing to score')
  for (let r = 0; r < probabilities.length; r++) {
    const p = probabilities[r] as number
    if (!(p >= 0 && p <= 1)) throw new DomainError('probability_out_of_range', `probability ${p} of row ${r}`)
  }
  if (!(Number.isInteger(replicates) && replicates >= 1)) {
    throw new DomainError('replicates_out_of_range', `${replicates} replicates: must be a whole number of at least 1`)
  }
}

function floorOf(values: Float64Array): NoiseFloor {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return { mean, high: sortedQuantile(values.sort(), 0.95) }
}
