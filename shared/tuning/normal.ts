/** Beyond this the double nearest to the tail is 0 within 1e−300. */
const FARTHEST = 37

/** Where Hart's rational approximation gives way to a continued fraction. */
const HART_END = 7.07106781186547

const HART_NUMERATOR = [
  0.0352624965998911, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871, 221.213596169931,
  220.206867912376,
]
const HART_DENOMINATOR = [
  0.0883883476483184, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674, 637.333633378831,
  793.826512519948, 440.413735824752,
]

/** √(2π) */
export const SQRT_2PI = 2.5066282746310002

/** Mass of a standard normal distribution below `z`, in [0, 1]; eight digits of it are right in the lower tail. */
function normalCdf(z: number): number {
  const distance = Math.abs(z)
  const tail = distance > FARTHEST ? 0 : Math.exp((-distance * distance) / 2) * tailFactor(distance)
  return z > 0 ? 1 - tail : tail
}

/** The upper tail divided by e^(−z²/2), for z ≥ 0. */
function tailFactor(z: number): number {
  if (z < HART_END) return polynomial(HART_NUMERATOR, z) / polynomial(HART_DENOMINATOR, z)
  return 1 / (SQRT_2PI * (z + 1 / (z + 2 / (z + 3 / (z + 4 / (z + 0.65))))))
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)
}

/**
 * Mass of a standard normal distribution between `a` and `b`, a ≤ b; both are moved into the lower tail where they lie
 * in the upper, so that what is far out is not lost in a difference from 1.
 *
 * @see G. West, "Better approximations to cumulative normal functions", Wilmott, 2005 (the algorithm of J. F. Hart, 1968)
 */
export function normalMass(a: number, b: number): number {
  return a > 0 ? normalCdf(-a) - normalCdf(-b) : normalCdf(b) - normalCdf(a)
}
