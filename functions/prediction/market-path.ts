import type { MarketRequest } from './market-contract.ts'

/** A path of more parts is not split: the ways grow with their square. */
const MOST_PARTS = 12

/**
 * All ways in which the parts of a path make three names, a name being one part or several joined by the slash that
 * stood between them.
 *
 * @returns undefined where there are fewer than three parts; none where there are more than 12
 * @example splitsInThree(['Tennis', 'ATP', 'Over', 'Under'])
 * // 'Tennis', 'ATP', 'Over/Under'; 'Tennis', 'ATP/Over', 'Under'; 'Tennis/ATP', 'Over', 'Under'
 */
export function splitsInThree(parts: readonly string[]): MarketRequest[] | undefined {
  if (parts.length < 3) return undefined
  if (parts.length > MOST_PARTS) return []
  const join = (from: number, to: number) => parts.slice(from, to).join('/')
  const splits: MarketRequest[] = []
  for (let second = 1; second <= parts.length - 2; second++) {
    for (let third = second + 1; third < parts.length; third++) {
      splits.push({ sport: join(0, second), league: join(second, third), market: join(third, parts.length) })
    }
  }
  return splits
}
