import { assertSamples, mergeSteps } from './empirical.ts'

/**
 * Wasserstein distance of order one of two samples: ∫ |F(x) − G(x)| dx, the mean distance by which values must move, in
 * the values' own unit.
 *
 * @param reference  ascending, finite, at least one value
 * @param current    likewise
 * @throws {DomainError} `no_rows`, `value_not_finite`, `not_sorted`
 * @see L. N. Vaserstein, "Markov Processes over Denumerable Products of Spaces", Probl. Inf. Transm. 5, 1969
 */
export function wassersteinDistance(reference: Float64Array, current: Float64Array): number {
  assertSamples(reference, current)
  let distance = 0
  let before: number | undefined
  let gap = 0
  mergeSteps(reference, current, (value, difference) => {
    if (before !== undefined) distance += Math.abs(gap) * (value - before)
    before = value
    gap = difference
  })
  return distance
}
