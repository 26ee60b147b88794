import * as z from 'zod'
import { compareNames, mergeNameCounts, type NameCounts, nameCounts, nameCountsSchema } from './name-counts.ts'

/** How many ids a group shows. */
const MOST_EXAMPLES = 5

/** Bets that have something in common: how many, at which books, and the smallest of their ids, to look at. */
export const betGroupSchema = z.object({
  bets: z.int().min(0),
  books: nameCountsSchema,
  examples: z.array(z.string()).max(MOST_EXAMPLES),
})

export type BetGroup = z.infer<typeof betGroupSchema>

/** Gathers a group, bet by bet. */
export function createGroup(): { add(id: string, book: string | null): void; group(): BetGroup } {
  let bets = 0
  const books = new Map<string | null, number>()
  const examples: string[] = []
  return {
    add(id, book) {
      bets += 1
      books.set(book, (books.get(book) ?? 0) + 1)
      keepSmallest(examples, id)
    },
    group: () => ({ bets, books: nameCounts(books), examples: [...examples] }),
  }
}

/** A group of all bets of disjoint groups. */
export function mergeGroups(groups: readonly BetGroup[]): BetGroup {
  const examples: string[] = []
  for (const group of groups) for (const id of group.examples) keepSmallest(examples, id)
  return {
    bets: groups.reduce((sum, group) => sum + group.bets, 0),
    books: mergeNameCounts(groups.map(({ books }): NameCounts => books)),
    examples,
  }
}

/** Puts an id in its place among the smallest, each once; the largest falls out where there are too many. */
function keepSmallest(ids: string[], id: string): void {
  const last = ids[MOST_EXAMPLES - 1]
  if ((last !== undefined && id >= last) || ids.includes(id)) return
  ids.push(id)
  ids.sort(compareNames)
  ids.length = Math.min(ids.length, MOST_EXAMPLES)
}
