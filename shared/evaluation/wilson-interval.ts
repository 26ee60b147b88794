import { DomainError } from '../kernel/errors.ts'
import { Z_95 } from '../kernel/numeric.ts'

/**
 * Wilson score interval of a share at 95 %, for independent draws.
 *
 * (p̂ + z²/2n ± z·√(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n), with p̂ = ones/n and z the normal quantile.
 *
 * @param ones  in [0, n]
 * @param n     ≥ 1
 * @throws {DomainError} `share_out_of_range` (NaN included)
 * @example wilsonInterval(5, 10) // { low: 0.2366, high: 0.7634 }
 * @see E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22, 1927
 */
export function wilsonInterval(ones: number, n: number): { low: number; high: number } {
  if (!(n >= 1 && ones >= 0 && ones <= n)) {
    throw new DomainError('share_out_of_range', `${ones} of ${n}: is no share of at least one row`)
  }
  const share = ones / n
  const z2 = Z_95 * Z_95
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n)
  const half = (Z_95 / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n))
  // At the ends centre and half-width cancel exactly on paper, and by one unit of the last place not in floating point.
  return { low: ones === 0 ? 0 : centre - half, high: ones === n ? 1 : centre + half }
}
