import { invariant } from '../kernel/errors.ts'
import type { Rng } from '../kernel/random.ts'

/** Something that is picked in proportion to its weight, ≥ 0. */
export interface Weighted {
  readonly weight: number
}

/** One of `items`, each with probability weight / Σ weights; one draw. At least one weight must be positive. */
export function pickWeighted<T extends Weighted>(rng: Rng, items: readonly T[]): T {
  const total = items.reduce((sum, item) => sum + item.weight, 0)
  let left = rng.next() * total
  let last: T | undefined
  for (const item of items) {
    if (item.weight === 0) continue
    last = item
    left -= item.weight
    if (left < 0) return item
  }
  invariant(last !== undefined, `${items.length} items to pick from, none of positive weight`)
  // Rounding can leave a sliver above zero after the last item.
  return last
}

/** One of `items`, all equally likely; one draw. */
export function pickEvenly<T>(rng: Rng, items: readonly T[]): T {
  const item = items[rng.integer(items.length)]
  invariant(item !== undefined, 'nothing to pick from')
  return item
}

/** Uniform in [low, high); one draw. */
export function between(rng: Rng, low: number, high: number): number {
  return low + (high - low) * rng.next()
}
