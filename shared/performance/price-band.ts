import { DomainError } from '../kernel/errors.ts'

/** Decimal odds at which a band begins, the first one's 1 aside. */
const EDGES = [1.25, 1.5, 1.75, 2, 2.5, 3.5, 6, 11] as const

/** Names of the bands, by rising price; the lower end belongs to the band, the upper one to the next. */
export const PRICE_BANDS: readonly string[] = [
  `below ${EDGES[0].toFixed(2)}`,
  ...EDGES.slice(1).map((high, i) => `${EDGES[i]?.toFixed(2)}-${high.toFixed(2)}`),
  `${EDGES[EDGES.length - 1]?.toFixed(2)} and longer`,
]

/**
 * Name of the band that a price is in.
 *
 * @param decimalOdds  > 1; null where it is not known, which is no band
 * @throws {DomainError} `odds_out_of_range` (NaN included)
 * @example priceBand(1.91) // '1.75-2.00'
 */
export function priceBand(decimalOdds: number | null): string | null {
  if (decimalOdds === null) return null
  if (!(decimalOdds > 1)) throw new DomainError('odds_out_of_range', `decimal odds ${decimalOdds}: must be above 1`)
  const band = EDGES.findIndex((edge) => decimalOdds < edge)
  return PRICE_BANDS[band === -1 ? EDGES.length : band] ?? null
}
