import { assertSamples, mergeSteps } from './empirical.ts'
import { kolmogorovTail } from './kolmogorov.ts'

export interface KolmogorovSmirnovTest {
  /** Largest distance of the empirical distributions, in [0, 1]. */
  statistic: number
  /** In [0, 1]. */
  pValue: number
}

/**
 * Two-sample Kolmogorov–Smirnov test: the largest |F(x) − G(x)|, and how likely one so large is where both samples come
 * from one distribution.
 *
 * The p-value is that of one sample of n·m/(n + m) rows, rounded, against a known distribution; it is too large where
 * values are tied, which errs on the side of silence.
 *
 * @param reference  ascending, finite, at least one value
 * @param current    likewise
 * @throws {DomainError} `no_rows`, `value_not_finite`, `not_sorted`
 * @see J. L. Hodges, "The Significance Probability of the Smirnov Two-Sample Test", Arkiv för Matematik 3, 1958
 */
export function kolmogorovSmirnovTest(reference: Float64Array, current: Float64Array): KolmogorovSmirnovTest {
  assertSamples(reference, current)
  let statistic = 0
  mergeSteps(reference, current, (_, difference) => {
    statistic = Math.max(statistic, Math.abs(difference))
  })
  const [n, m] = [reference.length, current.length]
  return { statistic, pValue: kolmogorovTail(statistic, Math.max(1, Math.round((n * m) / (n + m)))) }
}
