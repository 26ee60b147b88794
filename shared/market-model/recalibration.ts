import { sigmoid } from '../kernel/numeric.ts'

/** Logistic recalibration of prices: logit q = intercept + slope · logit(1/decimalOdds). */
export interface PriceCalibration {
  intercept: number
  slope: number
}

/** Prior standard deviation of the intercept and of the slope around 0 and 1: a price is near the truth until proven otherwise. */
const PRIOR_DEVIATION = 0.2

/**
 * Recalibrates prices by the most probable intercept a and slope b under the priors a ~ N(0, 0.2²), b ~ N(1, 0.2²).
 *
 * The priors weigh as much as about a hundred bets each, so that every set of bets has a finite answer: without bets it
 * is the price itself. Newton's method; the objective is strictly convex.
 *
 * @param logOdds  logit(1/decimalOdds) of each bet, finite
 * @param won      1 or 0, same length
 */
export function recalibratePrices(logOdds: Float64Array, won: Uint8Array): PriceCalibration {
  const precision = 1 / PRIOR_DEVIATION ** 2
  let intercept = 0
  let slope = 1
  for (let step = 0; step < 50; step++) {
    let [ga, gb] = [precision * intercept, precision * (slope - 1)]
    let [haa, hab, hbb] = [precision, 0, precision]
    for (let r = 0; r < logOdds.length; r++) {
      const x = logOdds[r] as number
      const q = sigmoid(intercept + slope * x)
      const error = q - (won[r] as number)
      const curvature = q * (1 - q)
      ga += error
      gb += error * x
      haa += curvature
      hab += curvature * x
      hbb += curvature * x * x
    }
    const determinant = haa * hbb - hab * hab
    const [da, db] = [(hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant]
    intercept -= da
    slope -= db
    if (Math.abs(da) + Math.abs(db) < 1e-10) break
  }
  return { intercept, slope }
}
