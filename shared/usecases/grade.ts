import { clamp, Z_95 } from '../kernel/numeric.ts'

export const GRADES = ['A', 'B', 'C', 'D', 'F'] as const
export type Grade = (typeof GRADES)[number]

/**
 * Half the width of a 95 % interval for p with n bets of history: z·√(p(1−p)/(n + 1)).
 *
 * How precisely a win rate near p could be known from n bets; wide where the history is short.
 *
 * @param p  win probability, in (0, 1)
 * @param n  decided bets with a price of the same sport and market
 */
export function intervalHalfWidth(p: number, n: number): number {
  return Z_95 * Math.sqrt((p * (1 - p)) / (n + 1))
}

/** History of this many bets counts half. */
const HALF_CONFIDENT_BETS = 50

/**
 * Trust in a prediction: n/(n + 50) · (1 − width of the interval), in [0, 1).
 *
 * Passes 0.3 at 39 bets, 0.5 at 87 and 0.7 at 212 at even money; 0 without any history.
 *
 * @param n          decided bets with a price of the same sport and market
 * @param halfWidth  of the probability's 95 % interval
 */
export function confidenceOf(n: number, halfWidth: number): number {
  return (n / (n + HALF_CONFIDENT_BETS)) * clamp(1 - 2 * halfWidth, 0, 1)
}

/**
 * A letter for expected ROI (per cent) and confidence: A above 5 and 0.7, B above 3 and 0.5, C above 0 and 0.3, D above
 * −2, else F.
 */
export function gradeOf(expectedRoiPct: number, confidence: number): Grade {
  if (expectedRoiPct > 5 && confidence > 0.7) return 'A'
  if (expectedRoiPct > 3 && confidence > 0.5) return 'B'
  if (expectedRoiPct > 0 && confidence > 0.3) return 'C'
  return expectedRoiPct > -2 ? 'D' : 'F'
}

/** Whether a bet of this grade is worth telling somebody of. */
export function isHighGrade(grade: Grade): grade is 'A' | 'B' {
  return grade === 'A' || grade === 'B'
}
