import type { CategoryCounts } from './contingency.ts'
import { totals } from './contingency.ts'

/** Pearson's test wants as many rows to be expected of a category in either sample. */
export const LEAST_EXPECTED = 5

/** Counts by name in both samples, the rare names together. */
export interface PooledCategories extends CategoryCounts {
  /** Names in falling order of their rows; `undefined` stands for the rare ones, last. */
  names: readonly (string | undefined)[]
}

/**
 * Puts the categories together of which fewer than {@link LEAST_EXPECTED} rows are expected in the smaller sample, were
 * both alike; where the pool itself expects fewer, the smallest other category joins it.
 *
 * Without this a vanished category of a handful of rows makes an alarm of any index that divides by its share.
 *
 * @throws {DomainError} as `chiSquareTest`
 */
export function poolRare(
  reference: ReadonlyMap<string, number>,
  current: ReadonlyMap<string, number>,
): PooledCategories {
  const names = [...new Set([...reference.keys(), ...current.keys()])]
  const rows = names.map((name) => ({ name, r: reference.get(name) ?? 0, c: current.get(name) ?? 0 }))
  const { n, m } = totals({ reference: rows.map(({ r }) => r), current: rows.map(({ c }) => c) })
  // Ties in the order of names, so that equal counts give equal pools.
  const falling = rows.sort((a, b) => b.r + b.c - (a.r + a.c) || (a.name < b.name ? -1 : 1))
  const share = Math.min(n, m) / (n + m)
  const expected = ({ r, c }: { r: number; c: number }) => (r + c) * share
  let kept = falling.filter((row) => expected(row) >= LEAST_EXPECTED).length
  const pooled = () => falling.slice(kept)
  while (kept > 1 && pooled().length > 0 && sumOf(pooled(), expected) < LEAST_EXPECTED) kept--
  const rest = pooled()
  const own = falling.slice(0, kept)
  const joined =
    rest.length === 0 ? [] : [{ name: undefined, r: sumOf(rest, ({ r }) => r), c: sumOf(rest, ({ c }) => c) }]
  const all = [...own, ...joined]
  return { names: all.map(({ name }) => name), reference: all.map(({ r }) => r), current: all.map(({ c }) => c) }
}

function sumOf<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0)
}
