import type { Bet } from '../bets/bet.ts'
import { DomainError } from '../kernel/errors.ts'
import { clamp } from '../kernel/numeric.ts'

/** What an edge can look at: equality of fields and a time window. A field left out matches every bet. */
export interface EdgeWhere extends Partial<Pick<Bet, 'sport' | 'league' | 'market' | 'book' | 'betType' | 'isLive'>> {
  /** First instant of the window, inclusive. */
  placedFromMs?: number
  /** End of the window, exclusive. */
  placedBeforeMs?: number
}

/** A segment of bets that wins more or less often than the margin-free price says. */
export interface Edge {
  where: EdgeWhere
  /** Added to the win probability of each bet of the segment, in (−1, 1); 0.02 is two points in a hundred. */
  probabilityShift: number
}

/** Fields by which edges are looked up; a parlay of several sports has sport and market `Parlay`. */
export type EdgeSubject = Pick<Bet, 'sport' | 'league' | 'market' | 'book' | 'betType' | 'isLive' | 'placedAtMs'>

/**
 * The demo bettor's own strengths and weaknesses, smaller than the margin; at best, on favourites, they break even.
 * The bettor shops for the best line, reads rebounds, assists and strikeouts a little better than the books do, and
 * tennis and play in running worse.
 */
export const DEFAULT_EDGES: readonly Edge[] = [
  { where: { betType: 'straight', isLive: false }, probabilityShift: 0.009 },
  { where: { sport: 'Basketball', market: 'Player Rebounds' }, probabilityShift: 0.01 },
  { where: { sport: 'Basketball', market: 'Player Assists' }, probabilityShift: 0.006 },
  { where: { sport: 'Baseball', market: 'Pitcher Strikeouts' }, probabilityShift: 0.01 },
  { where: { sport: 'Basketball', market: 'Total Points' }, probabilityShift: 0.005 },
  { where: { sport: 'Tennis', market: 'Moneyline' }, probabilityShift: -0.008 },
  { where: { sport: 'American Football', market: 'Spread' }, probabilityShift: -0.005 },
  { where: { isLive: true, betType: 'straight' }, probabilityShift: -0.02 },
]

/** What each leg of a parlay loses in win probability: legs are picked with less care than straight bets. */
export const PARLAY_LEG_SHIFT = -0.015

/** Size of the favourite–longshot bias, k: near evens, true log-odds have a slope of about 1 + k/2 on the price's. */
const LONGSHOT_BIAS = 0.28

const FIELDS = ['sport', 'league', 'market', 'book', 'betType', 'isLive'] as const

/** Sum of the shifts of all edges that a bet falls under. */
export function edgeOf(bet: EdgeSubject, edges: readonly Edge[]): number {
  return edges.reduce((sum, { where, probabilityShift }) => sum + (matches(bet, where) ? probabilityShift : 0), 0)
}

/**
 * Win probability of a selection whose margin-free price says q: q + k·q·(1 − q)·(2q − 1), the favourite–longshot bias.
 *
 * Longshots win less often than their price says and favourites more often; nothing moves at q = ½.
 *
 * @param fairProbability  q, in (0, 1)
 * @example biasedProbability(0.1) // 0.07984
 */
export function biasedProbability(fairProbability: number): number {
  const q = fairProbability
  return q + LONGSHOT_BIAS * q * (1 - q) * (2 * q - 1)
}

/** A probability kept off 0 and 1, whatever was added to it: no bet of a ledger is a certainty. */
export function possibleProbability(p: number): number {
  return clamp(p, 0.001, 0.999)
}

/** @throws {DomainError} `shift_out_of_range` unless every shift lies in (−1, 1) */
export function assertEdges(edges: readonly Edge[]): void {
  for (const { probabilityShift } of edges) {
    if (!(Math.abs(probabilityShift) < 1)) {
      throw new DomainError('shift_out_of_range', `probability shift ${probabilityShift}: must lie between -1 and 1`, {
        field: 'edges',
      })
    }
  }
}

function matches(bet: EdgeSubject, where: EdgeWhere): boolean {
  const { placedFromMs = Number.NEGATIVE_INFINITY, placedBeforeMs = Number.POSITIVE_INFINITY } = where
  const isInWindow = bet.placedAtMs >= placedFromMs && bet.placedAtMs < placedBeforeMs
  return isInWindow && FIELDS.every((field) => where[field] === undefined || where[field] === bet[field])
}
