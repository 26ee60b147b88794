/** Mean, and standard deviation with n − 1, of values; NaN of none, and of one for the deviation. */
export function meanAndDeviation(values: Float64Array): { mean: number; deviation: number } {
  const n = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: n < 2 ? Number.NaN : Math.sqrt(squares / (n - 1)) }
}
