/**
 * Median of numbers, or the number at which half their weight is reached.
 *
 * Without weights the mean of the two middle ones where there is an even number; with weights the least value whose
 * cumulative weight is at least half of all. NaN of nothing, or where no weight is above 0.
 *
 * @param weights  ≥ 0, one for each value
 */
export function weightedMedian(values: Float64Array, weights?: Float64Array): number {
  if (weights === undefined) return plainMedian(values)
  const order = Array.from(values.keys()).sort((a, b) => (values[a] as number) - (values[b] as number))
  const half = weights.reduce((sum, weight) => sum + weight, 0) / 2
  let reached = 0
  for (const i of order) {
    reached += weights[i] as number
    if ((weights[i] as number) > 0 && reached >= half) return values[i] as number
  }
  return Number.NaN
}

function plainMedian(values: Float64Array): number {
  const sorted = values.toSorted()
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}
