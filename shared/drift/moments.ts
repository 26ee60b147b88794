/** Mean, and standard deviation with n − 1, of values; NaN of none, and of one for the deviation. */
export function meanAndDeviation(values: Float64Array): { mean: number; deviation: number } {
  const n = values.length
  let sum = 0
  for (let r = 0; r < n; r++) sum += values[r] as number
  const mean = sum / n
  let squares = 0
  for (let r = 0; r < n; r++) squares += ((values[r] as number) - mean) ** 2
  return { mean, deviation: n < 2 ? Number.NaN : Math.sqrt(squares / (n - 1)) }
}
