import * as z from 'zod'

/**
 * How many bets bear each name, as `[name, bets]` pairs in order of name; null stands for bets without a name.
 *
 * Pairs and not an object: a file may call its book `__proto__`, and null is not the book named "null".
 */
export const nameCountsSchema = z.array(z.tuple([z.string().nullable(), z.int().min(1)]))

export type NameCounts = z.infer<typeof nameCountsSchema>

/** Order of names by code units, no name first: the same on every machine. */
export function compareNames(a: string | null, b: string | null): number {
  if (a === b) return 0
  if (a === null || b === null) return a === null ? -1 : 1
  return a < b ? -1 : 1
}

/** Counts held in a map, in order; names that were counted zero times are left out. */
export function nameCounts(counts: ReadonlyMap<string | null, number>): NameCounts {
  return [...counts].filter(([, bets]) => bets > 0).sort(([a], [b]) => compareNames(a, b))
}

/** Counts of disjoint sets of bets added up. */
export function mergeNameCounts(lists: Iterable<NameCounts>): NameCounts {
  const sums = new Map<string | null, number>()
  for (const list of lists) for (const [name, bets] of list) sums.set(name, (sums.get(name) ?? 0) + bets)
  return nameCounts(sums)
}

/** How many different names there are; no name is no name. */
export function distinctNames(counts: NameCounts): number {
  return counts.filter(([name]) => name !== null).length
}
