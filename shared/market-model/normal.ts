/** Two-sided quantiles of the standard normal distribution. */
export const Z_80 = 1.2815515655446004

/**
 * Distribution function Φ of the standard normal distribution. A rational function where |x| ≤ 7.07, to a relative error of
 * 1e−13 in the tail; a continued fraction beyond, to 1e−8; 0 and 1 past 38.
 *
 * @see G. West, "Better approximations to cumulative normal functions", Wilmott, 2005; after J. F. Hart, 1968
 */
export function normalCdf(x: number): number {
  const z = Math.abs(x)
  if (Number.isNaN(x)) return Number.NaN
  const tail = z > 38 ? 0 : Math.exp((-z * z) / 2) * tailFactor(z)
  return x > 0 ? 1 - tail : tail
}

const NUMERATOR = [
  0.0352624965998911, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871, 221.213596169931,
  220.206867912376,
]
const DENOMINATOR = [
  0.0883883476483184, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674, 637.333633378831,
  793.826512519948, 440.413735824752,
]

/** (1 − Φ(z))·e^(z²/2), z ≥ 0. */
function tailFactor(z: number): number {
  if (z < 7.07106781186547) return horner(NUMERATOR, z) / horner(DENOMINATOR, z)
  const fraction = z + 1 / (z + 2 / (z + 3 / (z + 4 / (z + 0.65))))
  return 1 / (fraction * 2.506628274631)
}

function horner(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, c) => sum * x + c, 0)
}
