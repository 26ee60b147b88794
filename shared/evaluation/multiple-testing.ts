import { DomainError } from '../kernel/errors.ts'

/**
 * Benjamini–Hochberg adjusted p-values: calling all tests at or below a level found keeps the expected share of false
 * finds among them below that level, for independent or positively dependent tests.
 *
 * With the p-values rising, p₁ ≤ … ≤ p_m: adjusted_i = min over j ≥ i of p_j·m/j, at most 1.
 *
 * @param pValues  in [0, 1], in any order
 * @returns        adjusted p-values in the order given
 * @throws {DomainError} `p_value_out_of_range` (NaN included)
 * @see Y. Benjamini, Y. Hochberg, "Controlling the False Discovery Rate", JRSS B 57, 1995
 */
export function benjaminiHochberg(pValues: ArrayLike<number>): Float64Array {
  const m = pValues.length
  const falling = Array.from({ length: m }, (_, i) => i)
  for (const i of falling) {
    const p = pValues[i] as number
    if (!(p >= 0 && p <= 1)) throw new DomainError('p_value_out_of_range', `p-value ${p} of test ${i}`)
  }
  falling.sort((a, b) => (pValues[b] as number) - (pValues[a] as number))
  const adjusted = new Float64Array(m)
  let least = 1
  for (const [place, i] of falling.entries()) {
    least = Math.min(least, ((pValues[i] as number) * m) / (m - place))
    adjusted[i] = least
  }
  return adjusted
}
