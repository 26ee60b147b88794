/** ∫₀¹ g(t) dt = Σ weights[k] · g(points[k]), exact where g is a polynomial of a degree below twice the points. */
export interface Quadrature {
  /** In (0, 1), ascending. */
  readonly points: Float64Array
  /** 1 − points[k], without the rounding of that subtraction. */
  readonly complements: Float64Array
  readonly weights: Float64Array
}

/**
 * Gauss–Legendre quadrature on [0, 1]: the roots of the Legendre polynomial of degree `n`, moved from [−1, 1].
 *
 * Each root is found by Newton's method from cos(π(k − 1/4)/(n + 1/2)).
 *
 * @param n  number of points, ≥ 1
 * @see P. J. Davis, P. Rabinowitz, "Methods of Numerical Integration", 1984, 2.7
 */
export function gaussLegendre(n: number): Quadrature {
  const points = new Float64Array(n)
  const weights = new Float64Array(n)
  for (let k = 0; k < (n + 1) >> 1; k++) {
    const { root, slope } = legendreRoot(n, k)
    // 1 − root² as a product keeps its digits near the ends.
    const weight = 1 / ((1 - root) * (1 + root) * slope * slope)
    points[k] = (1 - root) / 2
    points[n - 1 - k] = (1 + root) / 2
    weights[k] = weight
    weights[n - 1 - k] = weight
  }
  return { points, complements: Float64Array.from(points).reverse(), weights }
}

/** The k-th largest root of the Legendre polynomial of degree n, in [0, 1), and the polynomial's derivative there. */
function legendreRoot(n: number, k: number): { root: number; slope: number } {
  let root = Math.cos((Math.PI * (k + 0.75)) / (n + 0.5))
  let { value, slope } = legendre(n, root)
  for (let step = 0; step < 10 && Math.abs(value) > 1e-17; step++) {
    const next = root - value / slope
    if (next === root) break
    root = next
    ;({ value, slope } = legendre(n, root))
  }
  return { root, slope }
}

/** P_n(x) and its derivative by the three-term recurrence (j + 1)P_{j+1} = (2j + 1)x·P_j − j·P_{j−1}. */
function legendre(n: number, x: number): { value: number; slope: number } {
  let before = 1
  let value = x
  for (let j = 1; j < n; j++) {
    const next = ((2 * j + 1) * x * value - j * before) / (j + 1)
    before = value
    value = next
  }
  return { value, slope: (n * (before - x * value)) / ((1 - x) * (1 + x)) }
}
