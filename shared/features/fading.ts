import { BET_SUM, BET_WEIGHT, DAY_SUM, DAY_WEIGHT, FADING_DAY } from './totals.ts'

/** Factor by which one more result of a group fades its form; half a bet's weight is gone after 34 more. */
const FADE_BY_BET = 0.98

/** Days after which a result counts half in the form by days. */
export const HALF_LIFE_DAYS = 30

/** 2^(−1/30). */
const FADE_BY_DAY = 0.9771599684342459

/** Beyond this many days a result counts for nothing: its weight would be 10⁻²⁰. */
const LONGEST_FADE_DAYS = 2000

/** FADE_BY_DAY^k, by multiplication alone: the same bits on every machine, which a power function does not promise. */
const DAY_FADES = dayFades()

function dayFades(): Float64Array {
  const fades = new Float64Array(LONGEST_FADE_DAYS).fill(1)
  for (let k = 1; k < fades.length; k++) fades[k] = (fades[k - 1] as number) * FADE_BY_DAY
  return fades
}

/** Weight in (0, 1] of what is `days` old, 2^(−days/30); 0 beyond 2,000 days. */
export function fadeOverDays(days: number): number {
  return days < LONGEST_FADE_DAYS ? (DAY_FADES[days] as number) : 0
}

/**
 * Adds one residual that became known on `day`, which never goes back, to the sums in which older results count less: by
 * how many came after them, and by how many days have passed.
 *
 * @param numbers  of a tally, by the positions in `totals.ts`
 */
export function addFading(numbers: Float64Array, residual: number, day: number): void {
  const betWeight = numbers[BET_WEIGHT] as number
  // Before the first result there is nothing to fade, and no day to count from.
  const fade = betWeight === 0 ? 0 : fadeOverDays(day - (numbers[FADING_DAY] as number))
  numbers[BET_SUM] = (numbers[BET_SUM] as number) * FADE_BY_BET + residual
  numbers[BET_WEIGHT] = betWeight * FADE_BY_BET + 1
  numbers[DAY_SUM] = (numbers[DAY_SUM] as number) * fade + residual
  numbers[DAY_WEIGHT] = (numbers[DAY_WEIGHT] as number) * fade + 1
  numbers[FADING_DAY] = day
}
