import { americanFromDecimal, decimalFromAmerican } from '../odds/convert.ts'
import type { Weighted } from './choice.ts'

/** A sportsbook that does not exist. */
export interface Book extends Weighted {
  name: string
  /** Step of its prices near even money, in American points. */
  stepPoints: number
  /** Its margin as a multiple of the market's usual one. */
  marginFactor: number
}

export const BOOKS: readonly Book[] = [
  { name: 'Harbor Sportsbook', weight: 38, stepPoints: 5, marginFactor: 1 },
  { name: 'Summit Lines', weight: 24, stepPoints: 1, marginFactor: 0.95 },
  { name: 'Copper Creek Bets', weight: 16, stepPoints: 5, marginFactor: 1 },
  { name: 'Blue Heron Book', weight: 11, stepPoints: 1, marginFactor: 0.85 },
  { name: 'Old Mill Wagers', weight: 7, stepPoints: 5, marginFactor: 1.1 },
  { name: 'Lantern Street Sports', weight: 4, stepPoints: 2, marginFactor: 1 },
]

/** No book of the demo quotes shorter than about −2,400 or longer than about +8,200. */
const QUOTED_IMPLIED = [0.012, 0.96] as const

/**
 * The price that a book quotes for an implied probability: whole American points on the book's ladder, as decimal odds.
 *
 * Ladders widen with the price: ten points from ±300, fifty from ±1,000, a hundred from ±2,000.
 *
 * @param implied  margin included; moved into the range that books quote
 * @returns        decimal odds, > 1
 * @example quotedDecimalOdds(0.5249, 5) // 1.9090909090909092, that is −110
 */
export function quotedDecimalOdds(implied: number, stepPoints: number): number {
  const [lowest, highest] = QUOTED_IMPLIED
  const exact = americanFromDecimal(1 / Math.min(highest, Math.max(lowest, implied)))
  const step = ladderStep(Math.abs(exact), stepPoints)
  const points = Math.max(100, Math.round(Math.abs(exact) / step) * step)
  return decimalFromAmerican(exact < 0 && points > 100 ? -points : points)
}

/** Decimal odds moved to the nearest whole American point, as a parlay's product of prices is paid. */
export function wholePointDecimalOdds(decimalOdds: number): number {
  return decimalFromAmerican(americanFromDecimal(decimalOdds))
}

function ladderStep(points: number, stepNearEven: number): number {
  if (points < 300) return stepNearEven
  if (points < 1000) return 10
  return points < 2000 ? 50 : 100
}
