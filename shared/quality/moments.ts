import * as z from 'zod'

/** Count, mean and sum of squared deviations from the mean, Σ (x − mean)². The mean of nothing is written as 0. */
export const momentsSchema = z.object({ n: z.int().min(0), mean: z.number(), m2: z.number().min(0) })

export type Moments = z.infer<typeof momentsSchema>

export function emptyMoments(): Moments {
  return { n: 0, mean: 0, m2: 0 }
}

/**
 * Takes a value in.
 *
 * @param x  finite; anything else is passed over, since one NaN would undo all the rest
 * @see B. P. Welford, "Note on a Method for Calculating Corrected Sums of Squares and Products", Technometrics 4(3), 1962
 */
export function addValue(moments: Moments, x: number): void {
  if (!Number.isFinite(x)) return
  moments.n += 1
  const delta = x - moments.mean
  moments.mean += delta / moments.n
  moments.m2 += delta * (x - moments.mean)
}

/**
 * Moments of several samples taken together, as if their values had been one sample; exact but for rounding.
 *
 * @see T. F. Chan, G. H. Golub, R. J. LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample
 *      Variances", 1979
 */
export function mergeMoments(parts: Iterable<Moments>): Moments {
  const whole = emptyMoments()
  for (const part of parts) {
    if (part.n === 0) continue
    const n = whole.n + part.n
    const delta = part.mean - whole.mean
    const weight = part.n / n
    whole.mean += delta * weight
    whole.m2 += part.m2 + delta * delta * whole.n * weight
    whole.n = n
  }
  return whole
}

/** Sample standard deviation √(m2 / (n − 1)); NaN for fewer than two values. */
export function standardDeviation({ n, m2 }: Moments): number {
  return n < 2 ? Number.NaN : Math.sqrt(m2 / (n - 1))
}
