import type { Rng } from '../kernel/random.ts'
import { pickWeighted } from './choice.ts'

const STRAIGHT_STAKES = [
  { minor: 500, weight: 8 },
  { minor: 1000, weight: 18 },
  { minor: 2000, weight: 16 },
  { minor: 2500, weight: 22 },
  { minor: 3000, weight: 6 },
  { minor: 4000, weight: 5 },
  { minor: 5000, weight: 15 },
  { minor: 7500, weight: 3 },
  { minor: 10000, weight: 6 },
  { minor: 20000, weight: 1 },
]

const LONG_SHOT_STAKES = [
  { minor: 200, weight: 4 },
  { minor: 500, weight: 40 },
  { minor: 1000, weight: 36 },
  { minor: 1500, weight: 6 },
  { minor: 2000, weight: 9 },
  { minor: 2500, weight: 5 },
]

/** From this price on a straight bet is staked like a parlay. */
const LONG_SHOT_DECIMAL_ODDS = 3

/** A round stake in cents: $5 to $100 for most straight bets, less for parlays and long prices; one draw. */
export function drawStakeMinor(rng: Rng, betType: 'straight' | 'parlay', decimalOdds: number): number {
  const isLongShot = betType === 'parlay' || decimalOdds >= LONG_SHOT_DECIMAL_ODDS
  return pickWeighted(rng, isLongShot ? LONG_SHOT_STAKES : STRAIGHT_STAKES).minor
}
