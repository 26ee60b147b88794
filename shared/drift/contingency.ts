import { DomainError } from '../kernel/errors.ts'
import { upperGamma } from './incomplete-gamma.ts'

/** How often each category was seen in both samples, category by category. */
export interface CategoryCounts {
  reference: readonly number[]
  current: readonly number[]
}

export interface ChiSquareTest {
  statistic: number
  degrees: number
  /** In [0, 1]; 1 where fewer than two categories were seen. */
  pValue: number
}

/**
 * Pearson's chi-square test that two samples come from one distribution over categories, without continuity correction.
 *
 * χ² = Σ (observed − expected)²/expected over both rows of the table, expected = row sum · column sum / n, on
 * (categories seen − 1) degrees of freedom. The p-value is close where no expected count is below 5: pool rare categories
 * first ({@link poolRare}).
 *
 * @throws {DomainError} `length_mismatch`, `count_out_of_range` (NaN included), `no_rows` of either sample
 * @see K. Pearson, "On the criterion that a given system of deviations …", Philosophical Magazine 50, 1900
 */
export function chiSquareTest(counts: CategoryCounts): ChiSquareTest {
  const { n, m } = totals(counts)
  let statistic = 0
  let seen = 0
  for (const [k, reference] of counts.reference.entries()) {
    const both = reference + (counts.current[k] as number)
    if (both === 0) continue
    seen++
    const expected = (both * n) / (n + m)
    const gap = reference - expected
    statistic += (gap * gap) / expected + (gap * gap) / (both - expected)
  }
  const degrees = seen - 1
  return { statistic, degrees, pValue: degrees < 1 ? 1 : upperGamma(degrees / 2, statistic / 2) }
}

/** Sums of both samples. @throws {DomainError} as {@link chiSquareTest} */
export function totals({ reference, current }: CategoryCounts): { n: number; m: number } {
  if (reference.length !== current.length) {
    throw new DomainError('length_mismatch', `${reference.length} reference counts, ${current.length} current ones`)
  }
  const wrong = [...reference, ...current].find((count) => !(count >= 0 && count < Number.POSITIVE_INFINITY))
  if (wrong !== undefined) throw new DomainError('count_out_of_range', `count ${wrong}: must be 0 or more`)
  const n = reference.reduce((sum, count) => sum + count, 0)
  const m = current.reduce((sum, count) => sum + count, 0)
  if (n > 0 && m > 0) return { n, m }
  throw new DomainError('no_rows', `${n} reference rows and ${m} current ones: both must be there`)
}
