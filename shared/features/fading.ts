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

/** Sums of residuals in which older results count less: by how many came after them, and by how many days have passed. */
export interface Fading {
  betSum: number
  betWeight: number
  /** As of {@link day}. */
  daySum: number
  dayWeight: number
  /** UTC day of the latest result; 0 before the first. */
  day: number
}

export function createFading(): Fading {
  return { betSum: 0, betWeight: 0, daySum: 0, dayWeight: 0, day: 0 }
}

/** Adds one residual that became known on `day`, which never goes back. */
export function addFading(fading: Fading, residual: number, day: number): void {
  // Before the first result there is nothing to fade, and no day to count from.
  const fade = fading.betWeight === 0 ? 0 : fadeOverDays(day - fading.day)
  fading.betSum = fading.betSum * FADE_BY_BET + residual
  fading.betWeight = fading.betWeight * FADE_BY_BET + 1
  fading.daySum = fading.daySum * fade + residual
  fading.dayWeight = fading.dayWeight * fade + 1
  fading.day = day
}
